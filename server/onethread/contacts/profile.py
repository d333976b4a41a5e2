"""A contact's profile: what is stored of it, and what its customer, its tokens and its agents may change."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NoReturn, TypeAlias

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from onethread.identity.decision import Admit
from onethread.identity.ids import suffix_of
from onethread.identity.names import random_name
from onethread.identity.proofs import Claims
from onethread_protocol.custom_data import check_custom_data
from onethread_protocol.customer import Prechat
from onethread_protocol.errors import ProtocolError
from onethread_protocol.people import ContactView, DevicePresence, User, UserEdit
from onethread_protocol.shape import Misfit
from onethread_protocol.wording import given, shown

Scalar: TypeAlias = str | int | float | bool | None

FIELDS: Final = ("name", "email", "phone", "company")

NUL: Final = "\0"
"""Taken nowhere in a profile: an export could not be imported again, and many readers end a text there."""


class Contact(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A visitor's or contact's entry, as stored; an empty string is a field that nobody gave.

    Stored as an array: new fields go to the end, with a default, and none is ever taken out. More than seven
    fields, because it is one row of the store. `locked` names fields, and keys as "custom_data.KEY", that
    only tokens, agents and HTTP may change; `pin` is the pinned hash in its stored form; `signed`: was
    admitted as signed before; `form`: has given the pre-chat form; `wrote`: sent a message while it was a
    visitor; `carried`: the last threads carried into this one; `import_key`: by which an import without a
    user_id finds it again.
    """

    thread: str
    name: str
    created_at: int
    user_id: str | None = None
    random_name: bool = False
    email: str = ""
    phone: str = ""
    company: str = ""
    custom_data: dict[str, Scalar] = {}
    locked: tuple[str, ...] = ()
    pin: str | None = None
    signed: bool = False
    form: bool = False
    wrote: bool = False
    authenticated: bool = False
    carried: tuple[str, ...] = ()
    import_key: str | None = None

    @property
    def id(self) -> str:
        """The contact's id, which its thread's implies (`thread_of` leads back)."""
        return f"ct_{self.thread[3:]}"

    def __repr__(self) -> str:
        """Leave the person and the pin out: a repr ends up in logs and exception texts."""
        return f"Contact(thread={self.thread!r})"


def visit(contact: Contact | None, user: User, thread: str, now_ms: int) -> Contact:
    """Return a visitor's entry after an init with these fields; without one (None), a new one for `thread`.

    For a clean chat give an empty `User()`: nothing that a refused client says gets in (WIRE.md section 8).
    ProtocolError 400 `bad_field`: a text has a NUL, or custom_data would be too large.
    """
    _refuse_nul(user, "user.")
    contact = contact or _new(thread, now_ms)
    return _change(contact, _fields(user), _data(user), "user.custom_data")


def admit(contact: Contact | None, admission: Admit, user: User, thread: str, now_ms: int) -> Contact:
    """Return the entry of an admitted user_id; without one (None), a new one for `thread`.

    Given fields are stored, missing ones kept, custom_data merged by key. A token's fields override the
    frame's and are locked for good; what is locked already is passed over in the frame. A new pin and a
    signed mark are in it. ProtocolError 400 `bad_field`: a text has a NUL, or custom_data would be too large.
    """
    _refuse_nul(user, "user.")
    contact = contact or _new(thread, now_ms)
    fields = {name: value for name, value in _fields(user).items() if name not in contact.locked}
    data = {key: value for key, value in _data(user).items() if _path(key) not in contact.locked}
    locked, blamed = set(contact.locked), "user.custom_data"
    if admission.claims is not None:
        _refuse_nul(admission.claims, "token.")
        claimed, claimed_data = _fields(admission.claims), _data(admission.claims)
        fields |= claimed
        data |= claimed_data
        locked |= {*claimed, *map(_path, claimed_data)}
        if claimed_data and _excess(_merge(contact, claimed_data), "token.custom_data"):
            blamed = "token.custom_data"
    return replace(
        _change(contact, fields, data, blamed),
        user_id=admission.user_id,
        locked=tuple(sorted(locked)),
        pin=admission.pin_now or contact.pin,
        signed=contact.signed or admission.mark_signed,
        authenticated=True,
    )


def edit(contact: Contact, user: UserEdit, *, by_customer: bool = True, within: str = "user.") -> Contact:
    """Return the entry after a `profile` frame: given fields are set, null clears a field or custom_data key.

    ProtocolError 403 `field_locked`: a customer may not change what a token set. 400 `bad_field`: a text has
    a NUL, or custom_data would be too large. Either way nothing of the frame is stored. `within` goes before
    the names of fields in errors.
    """
    _refuse_nul(user, within)
    fields, data = _fields(user), _data(user)
    if by_customer:
        _refuse_locked(contact, (*fields, *map(_path, data)), within)
    return _change(contact, fields, data, f"{within}custom_data")


def register(user: User, thread: str, now_ms: int, *, within: str = "") -> Contact:
    """Return the entry of a person whom the organization itself brings in: authenticated from the start.

    ProtocolError 400 `bad_field`: a text has a NUL, or custom_data is too large; `within` goes before the
    names of fields.
    """
    _refuse_nul(user, within)
    contact = _change(_new(thread, now_ms), _fields(user), _data(user), f"{within}custom_data")
    return replace(contact, user_id=None if user.user_id is UNSET else user.user_id, authenticated=True)


def fill(contact: Contact, form: Prechat) -> Contact:
    """Return the entry with a pre-chat form's fields in it. ProtocolError as `edit`."""
    _refuse_nul(form, "")
    fields = _fields(form)
    _refuse_locked(contact, fields)
    return _change(contact, fields, {}, "custom_data")


def view(contact: Contact) -> ContactView:
    """Return the contact as customers see it: their own profile, without custom_data."""
    return ContactView(
        id=contact.id,
        name=contact.name,
        email=contact.email or UNSET,
        phone=contact.phone or UNSET,
        company=contact.company or UNSET,
        user_id=contact.user_id or UNSET,
        authenticated=contact.authenticated,
    )


def agent_view(
    contact: Contact, devices: list[DevicePresence], seen_at: int, same_email: list[str]
) -> ContactView:
    """Return the contact as agents see it: with custom_data, its devices, when it was there (0: never), and
    who else has its e-mail."""
    return replace(
        view(contact),
        thread=contact.thread,
        custom_data=contact.custom_data,
        devices=devices,
        created_at=contact.created_at,
        seen_at=seen_at or UNSET,
        same_email=same_email or UNSET,
    )


def role(contact: Contact) -> Literal["visitor", "contact"]:
    """Return the role that `ready` tells: a visitor turns into a contact when it is authenticated."""
    return "contact" if contact.authenticated else "visitor"


def refuse_nul_in(data: Mapping[str, Scalar], field: str = "custom_data") -> None:
    """Raise ProtocolError 400 `bad_field` for the first key or text with a NUL in what `field` names."""
    for key, value in data.items():
        if NUL in key:
            _refuse(field, key, "a key with ")
        if isinstance(value, str) and NUL in value:
            _refuse(f"{field}.{key}", value)


def _refuse_locked(contact: Contact, paths: Iterable[str], prefix: str = "") -> None:
    for path in paths:
        if path in contact.locked:
            field = f"{prefix}{path}"
            raise ProtocolError(403, "field_locked", f"`{field}` can't be changed here.", field=field)


def _refuse_nul(source: User | UserEdit | Claims | Prechat, within: str) -> None:
    """Raise ProtocolError 400 `bad_field` for the first text of a profile that has a NUL."""
    for name in ("user_id", "sub", *FIELDS):
        value = getattr(source, name, None)
        if isinstance(value, str) and NUL in value:
            _refuse(f"{within}{name}", value)
    if not isinstance(source, Prechat):
        refuse_nul_in(_data(source), f"{within}custom_data")


def _refuse(field: str, text: str, what: str = "") -> NoReturn:
    sentence = f"`{shown(field)}` has {what}a NUL character: {given(text, quoted=True)}."
    raise ProtocolError(400, "bad_field", sentence, field=field)


def _new(thread: str, now_ms: int) -> Contact:
    name = random_name(suffix_of(thread))
    return Contact(thread=thread, name=name, random_name=True, created_at=now_ms)


def _fields(source: User | UserEdit | Claims | Prechat) -> dict[str, str | None]:
    given = ((name, getattr(source, name)) for name in FIELDS)
    return {name: value for name, value in given if value is not UNSET}


def _data(source: User | UserEdit | Claims) -> dict[str, Scalar]:
    return {} if source.custom_data is UNSET else source.custom_data


def _path(key: str) -> str:
    return f"custom_data.{key}"


def _change(
    contact: Contact, fields: Mapping[str, str | None], data: Mapping[str, Scalar], blamed: str
) -> Contact:
    """Set fields and merge data, where None clears; `blamed` is named if the result is too large."""
    merged = _merge(contact, data)
    if excess := _excess(merged, blamed):
        raise ProtocolError(400, "bad_field", excess, field=blamed)
    changes: dict[str, object] = {name: value or "" for name, value in fields.items()}
    if "name" in fields:
        # Without any name it goes by its random one again: the thread's id implies it, so it is the same one.
        changes["name"] = fields["name"] or random_name(suffix_of(contact.thread))
        changes["random_name"] = not fields["name"]
    return replace(contact, custom_data=merged, **changes)


def _merge(contact: Contact, data: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {key: value for key, value in {**contact.custom_data, **data}.items() if value is not None}


def _excess(data: Mapping[str, Scalar], field: str) -> str:
    """Return the sentence that says by what custom_data is too large; "" if it is not."""
    try:
        check_custom_data(data, field)
    except Misfit as misfit:
        return f"{misfit}."
    return ""
