"""Carry: a visitor's thread goes into the thread of the contact that the visitor turned out to be.

    seal      the source takes no more; its connections end (the first destination wins, for good)
    append    its events follow in runs, each run once: the destination notes the place it has come to
    settle    `merged`, profile, read positions, status; the destination notes that this source is done
    clear     what the source held is dropped; the mark where it went stays as long as a token may live

Every step may be repeated, and the next one starts from what the store says: so a carry that was interrupted
anywhere is finished by running it again, by a later init with the token or by the sweep (WIRE.md section 8,
Carry).
"""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from onethread.contacts.carry import absorb
from onethread.contacts.profile import Contact
from onethread.hub.clock import now_ms
from onethread.hub.entry import Entry
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import ATTEMPTS, Found, StoreFailure
from onethread.identity.ids import new_event_id, shard_of
from onethread.identity.organization import Organization

RUN: Final = 128 * 1024
"""Bytes of events carried at a time: a millisecond or two of the store, so that others don't wait for a long
thread."""
END: Final = 2**31
"""More than a log can hold."""


class Sealed(msgspec.Struct, frozen=True):
    """A sealed source. `stored` false: nothing is left to carry, or never was."""

    to: str
    stored: bool
    status: str
    assignee: str
    read_by_contact: bool
    read_by_agents: bool


class Settling(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a carry, at its destination: `contact` over the `version` read (`before`), and `merged`."""

    source: str
    sealed: Sealed
    version: int
    before: Contact
    contact: Contact
    event_id: str
    merged: Entry
    teller: str


class CarryStore(Protocol):
    """The steps, each one script and atomic. StoreFailure: it may have happened; repeat it."""

    async def look_up(self, org: str, shard: int, *, user_id: str = "", thread: str = "") -> Found | None:
        """Return what is stored of a thread and its contact."""

    async def range(self, keys: ThreadKeys, first: int, last: int, size: int) -> list[bytes]:
        """Return elements of a log."""

    async def seal(self, keys: ThreadKeys, to: str) -> Sealed | None:
        """Seal a thread, or say where it was sealed to before; None: it was ended, there is nothing to
        carry."""

    async def carry(
        self, keys: ThreadKeys, source: str, first: int, contact: Contact, elements: Sequence[bytes]
    ) -> int | None:
        """Append the source's elements from its seq `first` on; the next one to carry. None: settled before.

        If another place is due, nothing is appended and that place is given.
        """

    async def settle(self, keys: ThreadKeys, settling: Settling) -> bool:
        """End the carry at its destination, once; false if the contact was written by somebody else
        meanwhile."""

    async def clear(self, keys: ThreadKeys, to: str, visitor: Contact) -> None:
        """Drop what the source held, its `visitor` among it."""


class Carry:
    """Carries threads of an organization; `teller` is the session whose doing it is."""

    def __init__(self, store: CarryStore, organization: Organization, teller: str) -> None:
        self._store = store
        self._organization = organization
        self._teller = teller

    async def run(self, source: str, to: str) -> str:
        """Carry `source` into `to`, or to where it was sealed before; all steps, or those that are left.

        Returns where it went; "" if it was ended and goes nowhere.
        """
        org = self._organization.org
        keys = ThreadKeys(org, source)
        sealed = await self._store.seal(keys, to)
        if sealed is None:
            return ""
        # Without its contact the source was cleared since: somebody else has just finished the same carry.
        if sealed.stored and (visitor := await self._look_up(keys)).contact is not None:
            destination = ThreadKeys(org, sealed.to)
            there = self._contact(await self._look_up(destination))
            contact = absorb(there, visitor.contact) if there else visitor.contact
            await self._append(keys, destination, contact)
            await self._settle(destination, sealed, visitor.contact)
            await self._store.clear(keys, sealed.to, visitor.contact)
        return sealed.to

    async def _append(self, keys: ThreadKeys, destination: ThreadKeys, contact: Contact) -> None:
        following: int | None = 1
        while following is not None:
            elements = await self._store.range(keys, following, END, RUN)
            if not elements:
                return
            following = await self._store.carry(destination, keys.thread, following, contact, elements)

    async def _settle(self, destination: ThreadKeys, sealed: Sealed, visitor: Contact) -> None:
        for _ in range(ATTEMPTS):
            found = await self._look_up(destination)
            before = self._contact(found)
            if before is None:
                return
            merged = Entry(now_ms(), "merged", "system", "system", self._organization.name)
            settling = Settling(
                source=visitor.thread,
                sealed=sealed,
                version=found.version,
                before=before,
                contact=absorb(before, visitor),
                event_id=new_event_id(),
                merged=merged,
                teller=self._teller,
            )
            if await self._store.settle(destination, settling):
                return
        raise StoreFailure("the carry could not be settled")

    async def _look_up(self, keys: ThreadKeys) -> Found:
        found = await self._store.look_up(keys.org, shard_of(keys.thread), thread=keys.thread)
        if found is None:
            raise AssertionError("only a user_id can be unknown")
        return found

    @staticmethod
    def _contact(found: Found) -> Contact | None:
        """Return a destination's contact; None of one that was erased: then nothing is left to carry to."""
        if found.contact is None and not found.ended:
            raise StoreFailure("a carry's destination has no contact")
        return found.contact
