"""What a row does to the contact that it is about; pure, so that a dry run decides the same."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from onethread.contacts.csv.rows import Draft, Skip, boolean, number
from onethread.contacts.profile import Contact, Scalar, edit, visit
from onethread_protocol.errors import ProtocolError
from onethread_protocol.people import User, UserEdit
from onethread_protocol.shape import Misfit

Outcome: TypeAlias = Literal["imported", "updated", "unchanged"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("imported", "updated", "unchanged")


class Decided(msgspec.Struct, frozen=True):
    """The contact as it is to be stored. `repinned`: who came with another hash, or none, is out."""

    contact: Contact
    outcome: Outcome
    repinned: bool = False


def decide(before: Contact | None, row: Draft, thread: str, now_ms: int, pin: str | None) -> Decided:
    """Return what becomes of a contact (None: a new one, for `thread`) by a row. Skip: it does not go in.

    What the row gives is set, custom_data merges by key, the rest stays; an import may change what a token
    locked. A text in custom_data stays text, unless the contact holds a number or a boolean there and the
    text is one. Whoever is imported is authenticated. `pin` is the row's security_hash in its stored form.
    """
    contact = before or visit(None, User(), thread, now_ms)
    data = {**{key: _like(contact.custom_data, key, text) for key, text in row.texts.items()}, **row.data}
    try:
        change = UserEdit(**{**row.fields, "custom_data": data or UNSET})  # type: ignore[arg-type]
        edited = edit(contact, change, by_customer=False, within="")
    except (ProtocolError, Misfit) as refused:
        raise Skip("", str(getattr(refused, "message", refused)).removesuffix(".")) from None
    by_key = not row.user_id and row.import_key != contact.id
    after = replace(
        edited,
        user_id=contact.user_id or row.user_id or None,
        import_key=contact.import_key or (row.import_key if by_key else "") or None,
        pin=pin or contact.pin,
        authenticated=True,
    )
    if before is None:
        return Decided(after, "imported", repinned=pin is not None)
    # Packed, because 1 equals True for Python.
    same = msgspec.msgpack.encode(after) == msgspec.msgpack.encode(before)
    return Decided(after, "unchanged" if same else "updated", repinned=after.pin != before.pin)


def _like(held: Mapping[str, Scalar], key: str, text: str) -> Scalar:
    value: Scalar = None
    match held.get(key):
        case bool():
            value = boolean(text)
        case int() | float():
            value = number(text)
    return text if value is None else value
