"""Lists an organization's contacts, newest first: a page at a time, over all of its shards.

A shard is asked for places: ids with an order that no other contact of the shard has. Their profiles are read
and checked, since an index only says where to look; what doesn't hold is passed over, and the next places are
asked for.
"""

import asyncio
import heapq
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

import msgspec
from msgspec import UNSET

from onethread.contacts.profile import Contact, agent_view
from onethread.contacts.search import Filter, email_term, holds, prefixes
from onethread.identity.ids import shard_of, thread_of
from onethread_protocol.people import ContactView, DevicePresence

SAME_EMAIL: Final = 20
"""Contacts named in `same_email`, the newest: whoever shares a mailbox with more is no person."""
CHECKED: Final = 2_000
"""A page ends early, even without a contact, when so many were read for it: their texts differ only beyond
what is filed of them."""
PAGE_BYTES: Final = 1024 * 1024
"""A page ends early when its profiles have so many bytes: one has up to 32 KiB of custom_data."""


class Place(NamedTuple):
    """Where a contact stands in the list: after those of a higher order, then those of lower shards."""

    order: int
    shard: int

    @property
    def rank(self) -> tuple[int, int]:
        """Sorts places as the list does."""
        return (-self.order, self.shard)


class Found(NamedTuple):
    """Some contacts of a shard with their orders, descending; `more`: the order below which to go on."""

    contacts: list[tuple[str, int]]
    more: int | None


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A contact as it is stored, with what is beside it. `seen_at` 0: never; `size` in bytes."""

    version: int
    contact: Contact
    seen_at: int
    devices: list[DevicePresence]
    size: int


class Listed(msgspec.Struct, frozen=True):
    """A page; `more` is the last one's place, if there may be others behind it."""

    profiles: list[Profile]
    more: Place | None


class ContactIndex(Protocol):
    """What a listing asks of the store, one shard at a time. Raises StoreFailure."""

    async def find(
        self, org: str, shard: int, prefixes: Sequence[str], below: int | None, limit: int
    ) -> Found:
        """Return contacts filed under a term that begins so (no prefix: all), newest first."""

    async def profiles(self, org: str, shard: int, contacts: Sequence[str]) -> list[Profile | None]:
        """Return what is stored of these contacts; None for one that isn't."""

    async def by_emails(self, org: str, shard: int, terms: Sequence[str], limit: int) -> list[list[str]]:
        """Return, for each term of an e-mail, the newest contacts that have it."""


class Listing:
    """Lists contacts of organizations."""

    def __init__(self, index: ContactIndex) -> None:
        self._index = index

    async def page(self, org: str, shards: int, wanted: Filter, after: Place | None, limit: int) -> Listed:
        """Return the next `limit` contacts behind a place (None: from the newest), or fewer with `more`."""
        found: list[Profile] = []
        size, checked, last = 0, 0, after
        while len(found) < limit and checked < CHECKED:
            asked = limit - len(found) + 1
            places = await self._places(org, shards, prefixes(wanted), last, asked)
            profiles = await self._read(org, places)
            for (_, place), profile in zip(places, profiles, strict=True):
                if len(found) == limit or size > PAGE_BYTES:
                    return Listed(found, last)
                last = place
                if profile is not None and holds(wanted, profile.contact):
                    found.append(profile)
                    size += profile.size
            if len(places) < asked:
                return Listed(found, None)
            checked += asked
        return Listed(found, last)

    async def one(self, org: str, contact: str) -> Profile | None:
        """Return a contact by its id; None if there is none."""
        try:
            shard = shard_of(thread_of(contact))
        except ValueError:
            return None
        return (await self._index.profiles(org, shard, [contact]))[0]

    async def views(self, org: str, shards: int, profiles: Sequence[Profile]) -> list[ContactView]:
        """Return contacts as agents and HTTP see them, with those who have the same e-mail."""
        emails = sorted({email_term(p.contact.email) for p in profiles if p.contact.email})
        same: dict[str, list[str]] = {}
        if emails:
            asked = (self._index.by_emails(org, shard, emails, SAME_EMAIL + 1) for shard in range(shards))
            for by_shard in await asyncio.gather(*asked):
                for term, ids in zip(emails, by_shard, strict=True):
                    same.setdefault(term, []).extend(ids)
        return [
            agent_view(profile.contact, profile.devices, profile.seen_at, _others(profile, same)[:SAME_EMAIL])
            for profile in profiles
        ]

    async def same_email(self, org: str, shards: int, contact: Contact) -> list[str]:
        """Return the ids of the newest other contacts that have this one's e-mail."""
        profile = Profile(version=0, contact=contact, seen_at=0, devices=[], size=0)
        [shown] = await self.views(org, shards, [profile])
        return [] if shown.same_email is UNSET else shown.same_email

    async def _places(
        self, org: str, shards: int, terms: Sequence[str], after: Place | None, limit: int
    ) -> list[tuple[str, Place]]:
        asked = (self._places_of(org, shard, terms, after, limit) for shard in range(shards))
        merged = heapq.merge(*await asyncio.gather(*asked), key=lambda found: found[1].rank)
        return [found for found, _ in zip(merged, range(limit), strict=False)]

    async def _places_of(
        self, org: str, shard: int, terms: Sequence[str], after: Place | None, limit: int
    ) -> list[tuple[str, Place]]:
        """Return a shard's next places: as many as are asked for, or all that are left."""
        below = None if after is None else after.order + (shard > after.shard)
        places: list[tuple[str, Place]] = []
        while True:
            found = await self._index.find(org, shard, terms, below, limit - len(places))
            places += [(contact, Place(order, shard)) for contact, order in found.contacts]
            below = found.more
            if below is None or len(places) >= limit:
                return places

    async def _read(self, org: str, places: Sequence[tuple[str, Place]]) -> list[Profile | None]:
        by_shard: dict[int, list[str]] = {}
        for contact, place in places:
            by_shard.setdefault(place.shard, []).append(contact)
        read: dict[str, Profile | None] = {}
        for shard, contacts in by_shard.items():
            read |= zip(contacts, await self._index.profiles(org, shard, contacts), strict=True)
        return [read[contact] for contact, _ in places]


def _others(profile: Profile, same: dict[str, list[str]]) -> list[str]:
    contact = profile.contact
    return (
        [id_ for id_ in same.get(email_term(contact.email), ()) if id_ != contact.id] if contact.email else []
    )
