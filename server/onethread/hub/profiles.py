"""Contacts as those write them who are not their customer: backends over HTTP, imports, agents.

Whoever writes reads first, decides, and writes over the version read; who was overtaken begins again. The
thread's connections, on every hub, are told of a changed profile.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import msgspec

from onethread.contacts.profile import Contact
from onethread.hub.clock import now_ms
from onethread.hub.entry import Entry
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import ATTEMPTS, Moved, StoreFailure, ThreadStore, Writing, Written
from onethread.identity.ids import (
    new_epoch,
    new_event_id,
    new_thread,
    shard_for_user,
    shard_of,
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


class Change(msgspec.Struct, frozen=True):
    """What becomes of a contact, whose admissions end with it (ending.py), and what is told in the thread."""

    contact: Contact
    ends: Sequence[str] = ()
    events: Sequence[Entry] = ()


Decide: TypeAlias = Callable[[Contact], Change]


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
            written = await self._write(organization, contact.thread, 0, None, Change(contact))
            if isinstance(written, Written):
                return contact
        raise StoreFailure(f"the contact was made by others {ATTEMPTS} times in a row")

    async def change(self, organization: Organization, contact: str, decide: Decide) -> Contact:
        """Change a contact by its id, as `decide` has it; what is as it was is not written again.

        Raises Unknown, and what `decide` raises: then nothing is changed.
        """
        try:
            thread = thread_of(contact)
        except ValueError:
            raise Unknown from None
        for _ in range(ATTEMPTS):
            found = await self._store.look_up(organization.org, shard_of(thread), thread=thread)
            if found is None or found.contact is None or found.moved:
                raise Unknown
            change = decide(found.contact)
            if change == Change(found.contact):
                return found.contact
            written = await self._write(organization, thread, found.version, found.contact, change)
            if isinstance(written, Written):
                return change.contact
        raise StoreFailure(f"the contact was changed by others {ATTEMPTS} times in a row")

    async def _write(
        self, organization: Organization, thread: str, version: int, before: Contact | None, change: Change
    ) -> Written | Moved | None:
        writing = Writing(
            version=version,
            before=before,
            contact=change.contact,
            epoch=new_epoch(),
            ends=change.ends,
            events=[(new_event_id(), entry) for entry in change.events],
            teller=NOBODY,
        )
        return await self._store.write(ThreadKeys(organization.org, thread), writing)
