"""Contacts in a real store, written as hubs write them, and what searches among them are to find."""

import secrets
from typing import Any

from msgspec.structs import replace

from onethread.contacts.listing import Listing, Place
from onethread.contacts.profile import Contact
from onethread.contacts.search import Filter, holds
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Writing, Written
from onethread.identity.ids import new_epoch, new_thread
from onethread.store.carries import Carries
from onethread.store.contacts import Contacts
from onethread.store.link import Link

CREATED = 1_700_000_000_000


class People:
    """An organization of the test's own: its contacts as they were last written, and its listing."""

    def __init__(self, link: Link, shards: int = 1) -> None:
        self.link = link
        self.org = f"people-{secrets.token_hex(6)}"
        self.shards = shards
        self.store = Carries(link)
        self.listing = Listing(Contacts(link))
        self.contacts: dict[str, Contact] = {}
        self.versions: dict[str, int] = {}

    async def add(self, shard: int = 0, **fields: Any) -> Contact:
        """A new contact."""
        thread = new_thread(shard)
        contact = Contact(**{"thread": thread, "name": "Ana", "created_at": CREATED, **fields})
        await self._write(contact, None)
        return contact

    async def change(self, contact: Contact, **fields: Any) -> Contact:
        """The contact with other fields."""
        after = replace(contact, **fields)
        await self._write(after, contact)
        return after

    async def _write(self, contact: Contact, before: Contact | None) -> None:
        version = self.versions.get(contact.id, 0)
        writing = Writing(version=version, before=before, contact=contact, epoch=new_epoch())
        written = await self.store.write(ThreadKeys(self.org, contact.thread), writing)
        assert isinstance(written, Written)
        self.versions[contact.id] = written.version
        self.contacts[contact.id] = contact

    async def find(self, wanted: Filter, limit: int = 3) -> list[str]:
        """The ids of all that a search finds, page by page."""
        found: list[str] = []
        after: Place | None = None
        while True:
            page = await self.listing.page(self.org, self.shards, wanted, after, limit)
            assert len(page.profiles) <= limit
            found += [profile.contact.id for profile in page.profiles]
            after = page.more
            if after is None:
                return found

    def expected(self, wanted: Filter) -> list[str]:
        """The same from memory: the newest first."""
        return [id_ for id_, contact in reversed(self.contacts.items()) if holds(wanted, contact)]

    async def keys(self) -> dict[str, Any]:
        """All that is stored of the lists and terms, by key."""
        found = {}
        cursor = b"0"
        while True:
            cursor, keys = await self.link.command(
                "SCAN", cursor, "MATCH", f"{{{self.org}:*contacts*", "COUNT", 1000
            )
            for key in keys:
                found[key.decode().partition("}:")[2]] = await self.link.command("ZRANGE", key, 0, -1)
            if cursor == b"0":
                return found
