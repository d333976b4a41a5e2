"""Erases a person: profile, thread, tokens, whatever leads to them, and what was still being carried to it.

One script takes the contact and its thread; a mark stays that ends tokens and keeps what was under way from
writing. Visitors' threads that were on their way into it are finished as carries are: what they held is
dropped, as it would have been, but there is nobody any more to whom it is added.
"""

from __future__ import annotations

from typing import Protocol

from onethread.contacts.profile import Contact
from onethread.hub.carry import Carry
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import ATTEMPTS, Moved, StoreFailure
from onethread.hub.profiles import NOBODY, Unknown
from onethread.hub.sweep import SweepStore
from onethread.identity.ids import shard_of, thread_of
from onethread.identity.organization import Organization


class ErasureStore(SweepStore, Protocol):
    """What an erasure asks of the store."""

    async def erase(self, keys: ThreadKeys, version: int, contact: Contact) -> bool | Moved:
        """Erase the contact as it was read, with its thread; false if it was changed since.

        Every admission to the thread ends, on every hub, and every token of it.
        """


class Erasure:
    """Erases people of organizations. Raises StoreFailure: it may have happened; repeat it."""

    def __init__(self, store: ErasureStore) -> None:
        self._store = store

    async def check(self, organization: Organization, contact: str) -> None:
        """Tell whether there is such a contact. Raises Unknown."""
        await self._find(organization, contact)

    async def run(self, organization: Organization, contact: str) -> None:
        """Erase a contact by its id. Raises Unknown."""
        for _ in range(ATTEMPTS):
            keys, version, found = await self._find(organization, contact)
            erased = await self._store.erase(keys, version, found)
            if isinstance(erased, Moved):
                raise Unknown
            if erased:
                await self._finish_carries(organization, keys.thread)
                return
        raise StoreFailure(f"the contact was changed by others {ATTEMPTS} times in a row")

    async def _find(self, organization: Organization, contact: str) -> tuple[ThreadKeys, int, Contact]:
        try:
            keys = ThreadKeys(organization.org, thread_of(contact))
        except ValueError:
            raise Unknown from None
        found = await self._store.look_up(keys.org, shard_of(keys.thread), thread=keys.thread)
        if found is None or found.contact is None or found.moved:
            raise Unknown
        return keys, found.version, found.contact

    async def _finish_carries(self, organization: Organization, thread: str) -> None:
        carry = Carry(self._store, organization, NOBODY)
        for shard in range(organization.shards):
            for source, to in await self._store.unfinished(organization.org, shard):
                if to == thread:
                    await carry.run(source, to)
