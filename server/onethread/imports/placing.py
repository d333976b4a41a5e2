"""Puts one row into the contacts."""

from typing import Final

import msgspec

from onethread.contacts.csv.decision import Decided, Outcome, decide
from onethread.contacts.csv.rows import Draft, Skip
from onethread.hub.clock import now_ms
from onethread.hub.entry import Entry
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import ATTEMPTS, Found, Moved, StoreFailure, Writing
from onethread.hub.profiles import NOBODY
from onethread.hub.rewriting import identified, system_entry
from onethread.identity.decision import Means
from onethread.identity.ids import (
    derived_thread,
    new_epoch,
    new_event_id,
    shard_for_user,
    shard_of,
    thread_of,
)
from onethread.identity.organization import Organization
from onethread.identity.tokens import TokenMint
from onethread.imports.ledger import People

_REPINNED: Final[tuple[Means, ...]] = ("open", "pinned")
"""Whoever was admitted by these means has not shown the hash that is pinned now."""


class Place(msgspec.Struct, frozen=True):
    """What is stored of the contact that a row is about, and what the row makes of it."""

    thread: str
    found: Found | None
    decided: Decided


class Placing:
    """Finds and writes contacts for the rows of one import."""

    def __init__(self, organization: Organization, people: People, mint: TokenMint, seed: str) -> None:
        self._organization = organization
        self._people = people
        self._mint = mint
        self._seed = seed

    async def place(self, number: int, row: Draft) -> Place:
        """Look up whom the row is about and decide what it does. Raises Skip, StoreFailure."""
        thread = derived_thread(self._shard(row, number), self._seed, number)
        return self._decide(row, thread, await self._find(row))

    async def put(self, number: int, row: Draft, place: Place) -> Outcome:
        """Write what was decided, and decide again as often as somebody else wrote first.

        Raises Skip, StoreFailure: the row may be in then.
        """
        for _ in range(ATTEMPTS):
            if place.decided.outcome == "unchanged":
                return "unchanged"
            keys = ThreadKeys(self._organization.org, place.thread)
            written = await self._people.write(keys, self._writing(place))
            if isinstance(written, Moved):
                raise Skip("", "the contact was carried into another one at this moment")
            if written is not None:
                return place.decided.outcome
            place = await self._again(number, row, place)
        raise StoreFailure(f"the contact was changed by others {ATTEMPTS} times in a row")

    async def _again(self, number: int, row: Draft, place: Place) -> Place:
        if row.user_id or row.import_key:
            return await self.place(number, row)
        # Only an earlier run of this row can have made the contact of its thread.
        found = await self._by_thread(place.thread)
        return self._decide(row, place.thread, found)

    async def _find(self, row: Draft) -> Found | None:
        org, shards = self._organization.org, self._organization.shards
        if row.user_id:
            return await self._people.look_up(org, shard_for_user(row.user_id, shards), user_id=row.user_id)
        if not row.import_key:
            return None
        thread = _thread_named(row.import_key, shards)
        found = await self._by_thread(thread) if thread else None
        if found is not None and found.moved:
            raise Skip("", "this contact was carried into another one")
        if found is not None and found.contact is not None:
            return found
        return await self._people.look_up(org, self._shard(row, 0), import_key=row.import_key)

    async def _by_thread(self, thread: str) -> Found | None:
        return await self._people.look_up(self._organization.org, shard_of(thread), thread=thread)

    def _decide(self, row: Draft, thread: str, found: Found | None) -> Place:
        before = found.contact if found else None
        pin = (
            self._mint.pin(self._organization.org, row.user_id, row.security_hash)
            if row.security_hash
            else None
        )
        thread = found.thread if found else thread
        return Place(thread, found, decide(before, row, thread, now_ms(), pin))

    def _writing(self, place: Place) -> Writing:
        found, decided = place.found, place.decided
        before = found.contact if found else None
        events: list[tuple[str, Entry]] = []
        if before is not None and decided.repinned:
            events.append((new_event_id(), system_entry(self._organization, "pinned")))
        if before is not None and not before.authenticated:
            events.append((new_event_id(), identified(self._organization, decided.contact)))
        return Writing(
            version=found.version if found else 0,
            before=before,
            contact=decided.contact,
            epoch=(found.epoch if found else "") or new_epoch(),
            ends=_REPINNED if before is not None and decided.repinned else (),
            events=events,
            teller=NOBODY if before is not None else "",
        )

    def _shard(self, row: Draft, number: int) -> int:
        """Return where a new contact goes: by its key, else spread."""
        key = row.user_id or row.import_key
        return shard_for_user(key or f"{self._seed} {number}", self._organization.shards)


def _thread_named(import_key: str, shards: int) -> str:
    """Return the thread of the contact whose id this is, "" if it is none."""
    try:
        thread = thread_of(import_key)
    except ValueError:
        return ""
    return thread if shard_of(thread) < shards else ""
