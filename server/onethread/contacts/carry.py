"""What a visitor's profile gives to the contact its thread is carried into (WIRE.md section 8, Carry)."""

from collections.abc import Mapping

from msgspec.structs import replace

from onethread.contacts.profile import FIELDS, Contact, Scalar
from onethread_protocol.bounds import CARRIED_FROM
from onethread_protocol.custom_data import check_custom_data
from onethread_protocol.shape import Misfit


def absorb(contact: Contact, visitor: Contact) -> Contact:
    """Return the contact with its empty fields filled from the visitor's, and its thread noted in `carried`.

    A random name counts as empty and fills nothing. What a token locked stays as it is, and custom_data
    that has no room is left behind. Repeated, it changes nothing.
    """
    fillable = FIELDS if not visitor.random_name else FIELDS[1:]
    fills = {name: getattr(visitor, name) for name in fillable if _is_open(contact, name)}
    carried = tuple(thread for thread in contact.carried if thread != visitor.thread)
    return replace(
        contact,
        **fills,
        random_name=contact.random_name and "name" not in fills,
        custom_data=_filled(contact, visitor.custom_data),
        carried=(*carried, visitor.thread)[-CARRIED_FROM:],
    )


def _is_open(contact: Contact, field: str) -> bool:
    empty = contact.random_name if field == "name" else not getattr(contact, field)
    return empty and field not in contact.locked


def _filled(contact: Contact, data: Mapping[str, Scalar]) -> dict[str, Scalar]:
    filled = dict(contact.custom_data)
    for key, value in data.items():
        if (
            key not in filled
            and f"custom_data.{key}" not in contact.locked
            and _has_room({**filled, key: value})
        ):
            filled[key] = value
    return filled


def _has_room(data: Mapping[str, Scalar]) -> bool:
    try:
        check_custom_data(data)
    except Misfit:
        return False
    return True
