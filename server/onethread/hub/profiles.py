"""Contacts as those write them who are not their customer: backends over HTTP, imports, agents.

The thread's connections, on every hub, are told of a changed profile.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, TypeAlias

from onethread.contacts.profile import Contact
from onethread.hub.clock import now_ms
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import ATTEMPTS, Moved, StoreFailure, ThreadStore, Writing, Written
from onethread.hub.rewriting import Change, write_over
from onethread.identity.ids import (
    new_epoch,
    new_thread,
    shard_for_user,
    thread_of,
)
from onethread.identity.organization import Organization

NOBODY: Final = "-" * 16
"""Stands for the session whose doing it is, when it is no session's: everybody is told."""


class Unknown(Exception):
    """There is no such contact."""


class Taken(Exception):
    """There is a contact with this user_id already: `contact` is its id."""

    def __init__(self, contact: str) -> None:
        super().__init__(contact)
        self.contact = contact


Decide: TypeAlias = Callable[[Contact], Change]
"""Given the contact as it is stored, what becomes of it; it may be asked again."""


class Profiles:
    """Creates and changes contacts. Everything raises StoreFailure as well."""

    def __init__(self, store: ThreadStore) -> None:
        self._store = store

    async def of_user(self, org: str, shard: int, user_id: str) -> str | None:
        """Return the id of the contact that has this user_id, which lies in this shard; None: nobody has."""
        found = await self._store.look_up(org, shard, user_id=user_id)
        return found.contact.id if found is not None and found.contact is not None else None

    async def create(
        self, organization: Organization, user_id: str | None, make: Callable[[str, int], Contact]
    ) -> Contact:
        """Store a new contact, made by `make` for a thread and a time in milliseconds. Raises Taken."""
        if user_id is None:
            shard = random.randrange(organization.shards)  # noqa: S311 - spreads load
        else:
            shard = shard_for_user(user_id, organization.shards)
        for _ in range(ATTEMPTS):
            if user_id is not None and (known := await self.of_user(organization.org, shard, user_id)):
                raise Taken(known)
            contact = make(new_thread(shard), now_ms())
            writing = Writing(version=0, before=None, contact=contact, epoch=new_epoch())
            written = await self._store.write(ThreadKeys(organization.org, contact.thread), writing)
            if isinstance(written, Written):
                return contact
        raise StoreFailure(f"the contact was made by others {ATTEMPTS} times in a row")

    async def change(self, organization: Organization, contact: str, decide: Decide) -> Contact:
        """Change a contact by its id, as `decide` has it; what is as it was is not written again.

        Raises Unknown, and what `decide` raises: then nothing is changed.
        """

        def known(before: Contact | None) -> Change:
            if before is None:
                raise Unknown
            return decide(before)

        try:
            keys = ThreadKeys(organization.org, thread_of(contact))
        except ValueError:
            raise Unknown from None
        written = await write_over(self._store, keys, new_epoch(), known, NOBODY)
        if isinstance(written, Moved):
            raise Unknown
        return written[1]
