"""The contacts of a dry run: those of the store, and before them what the run would have written."""

import sqlite3
from typing import Any

import msgspec

from onethread.contacts.profile import Contact
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Found, Moved, Writing, Written
from onethread.imports.ledger import People

_contact = msgspec.msgpack.Decoder(Contact)


class Rehearsal:
    """Reads from the store and writes into a file of its own, gone when it is closed.

    So a dry run decides what a real one would, about rows of one file that are about the same person too,
    in bounded memory, and nothing of it reaches the store.
    """

    def __init__(self, people: People) -> None:
        self._people = people
        self._written = sqlite3.connect("", isolation_level=None)  # on disk, what doesn't fit its cache
        self._written.execute(
            "CREATE TABLE contact (thread TEXT PRIMARY KEY, version INT, epoch TEXT, blob BLOB)"
        )
        self._written.execute("CREATE TABLE known (key TEXT PRIMARY KEY, thread TEXT) WITHOUT ROWID")
        self._written.execute("BEGIN")

    def close(self) -> None:
        """Forget everything."""
        self._written.close()

    async def look_up(
        self, org: str, shard: int, *, user_id: str = "", import_key: str = "", thread: str = ""
    ) -> Found | None:
        """Return what would be stored; see People."""
        key = f"u{user_id}" if user_id else f"k{import_key}"
        if not thread and (known := self._one("SELECT thread FROM known WHERE key = ?", key)):
            thread = known[0]
        if thread and (
            written := self._one("SELECT version, epoch, blob FROM contact WHERE thread = ?", thread)
        ):
            version, epoch, blob = written
            return Found(thread, version, _contact.decode(blob), epoch, adm=0, moved="", ended=False)
        return await self._people.look_up(org, shard, user_id=user_id, import_key=import_key, thread=thread)

    async def write(self, keys: ThreadKeys, writing: Writing) -> Written | Moved | None:
        """Note what would be written; see People."""
        contact, version = writing.contact, writing.version + 1
        row = (contact.thread, version, writing.epoch, msgspec.msgpack.encode(contact))
        self._written.execute("INSERT OR REPLACE INTO contact VALUES (?, ?, ?, ?)", row)
        for key in (f"u{contact.user_id or ''}", f"k{contact.import_key or ''}"):
            if len(key) > 1:
                self._written.execute("INSERT OR REPLACE INTO known VALUES (?, ?)", (key, contact.thread))
        return Written(version, 0)

    def _one(self, question: str, value: str) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._written.execute(question, (value,)).fetchone()
        return found
