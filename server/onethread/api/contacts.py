"""`/v1/contacts`: people, as backends and agents list, bring in, change and vouch for them."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.responses import Response

from onethread.api import cursors
from onethread.api.operation import Call, Contract, Noun, answered, done
from onethread.api.problems import Problem
from onethread.contacts.listing import Listing, Place, Profile
from onethread.contacts.profile import Contact, edit, register
from onethread.contacts.search import ByAuthenticated, ByCustomData, ByEmail, ByPrefix, Everyone, Filter
from onethread.hub.profiles import Decide, Profiles, Taken, Unknown
from onethread.hub.rewriting import Change, system_entry
from onethread.identity.ids import shard_for_user
from onethread.identity.tokens import TokenMint
from onethread_protocol.bounds import MAX_INT, Cursor, Email, Name, Phone, Secret, UserId
from onethread_protocol.custom_data import CustomData, CustomKey, check_merge
from onethread_protocol.people import ContactView, User, UserEdit
from onethread_protocol.shape import Shape
from onethread_protocol.wording import shown as quoted

_ONE: Final = "/v1/contacts/{id}"
_PIN: Final = f"{_ONE}/security_hash"

Query = Annotated[str, Meta(min_length=1, max_length=320)]
Limit = Annotated[int, Meta(ge=1, le=200)]
CustomValue = Annotated[str, Meta(max_length=1_000)]


class ContactQuery(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which contacts, newest first: all, or by one filter."""

    query: Query | UnsetType = UNSET
    user_id: UserId | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    authenticated: Literal["true", "false"] | UnsetType = UNSET
    custom: dict[CustomKey, CustomValue] | UnsetType = UNSET
    cursor: Cursor | UnsetType = UNSET
    limit: Limit = 50


class ContactPage(Shape, frozen=True, kw_only=True):
    """Contacts, newest first; with `cursor` there are more."""

    items: list[ContactView]
    cursor: Cursor | UnsetType = UNSET


class NewContact(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person to be brought in."""

    user_id: UserId | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    company: Name | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.custom_data is not UNSET:
            check_merge(self.custom_data)


class ContactEdit(UserEdit, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields to set; null clears a field or a key of custom_data, which merges by key."""


class Pin(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret that this contact's devices have to bring from now on."""

    security_hash: Secret


class ContactOperations(Noun):
    """The rows of the table, and what they do."""

    def __init__(self, listing: Listing, profiles: Profiles, mint: TokenMint) -> None:
        self._listing = listing
        self._profiles = profiles
        self._mint = mint

    @Contract(
        method="GET",
        path="/v1/contacts",
        summary="List contacts, newest first: all, or those that one filter finds.",
        scope="read",
        query=ContactQuery,
        answers={200: ContactPage},
    )
    async def _list(self, call: Call) -> Response:
        query: ContactQuery = call.query
        organization = call.organization
        org, shards = organization.org, organization.shards
        wanted = _filter(query)
        if isinstance(wanted, str):
            profiles = await self._of_user(org, shards, wanted)
            return answered(ContactPage(items=await self._listing.views(org, shards, profiles)))
        after = None if query.cursor is UNSET else _place(query.cursor, shards)
        page = await self._listing.page(org, shards, wanted, after, query.limit)
        return answered(
            ContactPage(
                items=await self._listing.views(org, shards, page.profiles),
                cursor=UNSET if page.more is None else cursors.spell(page.more),
            )
        )

    async def _of_user(self, org: str, shards: int, user_id: str) -> list[Profile]:
        contact = await self._profiles.of_user(org, shard_for_user(user_id, shards), user_id)
        profile = await self._listing.one(org, contact) if contact else None
        return [] if profile is None else [profile]

    @Contract(
        method="POST",
        path="/v1/contacts",
        summary="Bring a contact in. `exists` names the one that has this `user_id`.",
        scope="write",
        body=NewContact,
        answers={201: ContactView},
        reasons=("exists",),
    )
    async def _create(self, call: Call) -> Response:
        given: NewContact = call.body
        user = User(**{name: getattr(given, name) for name in given.__struct_fields__})
        user_id = None if given.user_id is UNSET else given.user_id

        def make(thread: str, now_ms: int) -> Contact:
            return register(user, thread, now_ms)

        try:
            contact = await self._profiles.create(call.organization, user_id, make)
        except Taken as taken:
            detail = f"A contact has this `user_id` already: {taken.contact}."
            raise Problem("exists", detail, field="user_id", id=taken.contact) from None
        response = await self._shown(call, contact.id, 201)
        response.headers["Location"] = f"/v1/contacts/{contact.id}"
        return response

    @Contract(
        method="GET",
        path=_ONE,
        summary="Read a contact.",
        scope="read",
        answers={200: ContactView},
        reasons=("unknown_contact",),
    )
    async def _read(self, call: Call) -> Response:
        return await self._shown(call, call.path["id"])

    @Contract(
        method="PATCH",
        path=_ONE,
        summary="Change a contact's profile; its devices and agents see it at once.",
        scope="write",
        body=ContactEdit,
        takes=("application/json", "application/merge-patch+json"),
        answers={200: ContactView},
        reasons=("unknown_contact",),
    )
    async def _change(self, call: Call) -> Response:
        def decide(contact: Contact) -> Change:
            return Change(edit(contact, call.body, by_customer=False, within=""))

        await self._write(call, decide)
        return await self._shown(call, call.path["id"])

    @Contract(
        method="PUT",
        path=_PIN,
        summary="Pin a security hash ahead, or another one; connections without it are closed.",
        scope="write",
        body=Pin,
        answers={204: None},
        reasons=("unknown_contact",),
    )
    async def _pin(self, call: Call) -> Response:
        organization = call.organization

        def decide(contact: Contact) -> Change:
            if contact.user_id is None:
                sentence = "`security_hash` can be pinned only to a contact with a `user_id`."
                raise Problem("bad_field", sentence, field="security_hash")
            pin = self._mint.pin(organization.org, contact.user_id, call.body.security_hash)
            ends = ("open",) if pin == contact.pin else ("open", "pinned")
            pinned = system_entry(organization, "pinned")
            return Change(msgspec.structs.replace(contact, pin=pin), ends, [pinned])

        await self._write(call, decide)
        return done()

    @Contract(
        method="DELETE",
        path=_PIN,
        summary="Clear the pinned hash, and the mark that only proof admits (policy `sticky`).",
        scope="admin",
        answers={204: None},
        reasons=("unknown_contact",),
    )
    async def _unpin(self, call: Call) -> Response:
        await self._write(
            call, lambda contact: Change(msgspec.structs.replace(contact, pin=None, signed=False))
        )
        return done()

    async def _write(self, call: Call, decide: Decide) -> None:
        try:
            await self._profiles.change(call.organization, call.path["id"], decide)
        except Unknown:
            raise unknown_contact(call.path["id"]) from None

    async def _shown(self, call: Call, contact: str, status: int = 200) -> Response:
        org, shards = call.organization.org, call.organization.shards
        profile = await self._listing.one(org, contact)
        if profile is None:
            raise unknown_contact(contact)
        [shown] = await self._listing.views(org, shards, [profile])
        return answered(shown, status)


def _filter(query: ContactQuery) -> Filter | str:
    """Return what a query asks for; of a user_id the id itself."""
    names = ("query", "user_id", "email", "authenticated")
    given = [name for name in names if getattr(query, name) is not UNSET]
    given += [] if query.custom is UNSET else [f"custom.{quoted(key)}" for key in query.custom]
    if len(given) > 1:
        sentence = f"One filter at a time, not `{given[0]}` and `{given[1]}`."
        raise Problem("bad_field", sentence, field=given[1])
    if query.query is not UNSET:
        return ByPrefix(query.query)
    if query.email is not UNSET:
        return ByEmail(query.email)
    if query.authenticated is not UNSET:
        return ByAuthenticated(query.authenticated == "true")
    if query.custom is not UNSET:
        [(key, value)] = query.custom.items()
        return ByCustomData(key, value)
    return Everyone() if query.user_id is UNSET else query.user_id


def _place(cursor: str, shards: int) -> Place:
    place = cursors.read(cursor, Place)
    if not (0 < place.order <= MAX_INT and 0 <= place.shard < shards):
        raise cursors.unknown()
    return place


def unknown_contact(contact: str) -> Problem:
    """Return the problem of a contact that isn't there."""
    return Problem("unknown_contact", f"There is no contact {quoted(contact)!r}.")
