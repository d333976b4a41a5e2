"""The steps of a carry in the store, and erasure: hub/carry.py's CarryStore, hub/erasure.py's ErasureStore.

One script a method.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from onethread.contacts.profile import Contact
from onethread.contacts.search import terms
from onethread.hub.carry import Sealed, Settling
from onethread.hub.entry import HEAD, pack
from onethread.hub.keys import ThreadKeys, prefix_of
from onethread.hub.log import Moved
from onethread.identity.ids import shard_of
from onethread.store.contact_values import import_index, is_told, packed_filing, user_index
from onethread.store.scripts import load
from onethread.store.threads import TOKENS, Threads

_SEAL, _CARRY, _SETTLE, _CLEAR = load("seal"), load("carry"), load("settle"), load("clear")
_ERASE = load("erase")


class Carries(Threads):
    """Threads that can also be carried into one another, and erased."""

    async def seal(self, keys: ThreadKeys, to: str) -> Sealed | None:
        """Seal a thread, or say where it was sealed to before; see CarryStore."""
        names = (keys.meta, keys.inbox, _pending(keys.prefix), keys.log)
        reply = await self._link.run(_SEAL, names, (to, keys.thread, keys.channel, TOKENS))
        if not reply:
            return None
        to_, stored, status, assignee, by_contact, by_agents = reply
        return Sealed(
            to_.decode(), bool(stored), status.decode(), assignee.decode(), bool(by_contact), bool(by_agents)
        )

    async def carry(
        self, keys: ThreadKeys, source: str, first: int, contact: Contact, elements: Sequence[bytes]
    ) -> int | None:
        """Append a run of the source's elements; see CarryStore."""
        names = (
            keys.log,
            keys.meta,
            keys.cids,
            keys.of(f"carry:{source}"),
            keys.of("cuts:c"),
            keys.of("cuts:a"),
        )
        args: list[Any] = [source, first, keys.channel, contact.id, contact.name]
        for element in elements:
            args += [element[8:HEAD], element[HEAD:]]
        reply = await self._link.run(_CARRY, names, args)
        return None if reply[0] == b"done" else int(reply[1])

    async def settle(self, keys: ThreadKeys, settling: Settling) -> bool:
        """End a carry at its destination; see CarryStore."""
        sealed = settling.sealed
        names = (
            keys.log,
            keys.meta,
            keys.contact,
            keys.of(f"carry:{settling.source}"),
            keys.inbox,
            keys.contacts,
        )
        args = (
            settling.source,
            settling.version,
            msgspec.msgpack.encode(settling.contact),
            settling.event_id,
            pack(settling.merged),
            settling.merged.at,
            keys.thread,
            keys.channel,
            settling.merged.from_name,
            sealed.status,
            sealed.assignee,
            int(sealed.read_by_contact),
            int(sealed.read_by_agents),
            settling.teller,
            settling.contact.id,
            packed_filing(settling.before, settling.contact),
            int(is_told(settling.before, settling.contact)),
        )
        reply = await self._link.run(_SETTLE, names, args)
        return bool(reply[0] != b"overtaken")

    async def clear(self, keys: ThreadKeys, to: str, visitor: Contact) -> None:
        """Drop what a carried thread held; see CarryStore."""
        parts = ("log", "cids", "devices", "online", "cuts:c", "cuts:a")
        gone = [*map(keys.of, parts), keys.contact, f"{keys.contact}:tracks"]
        names = (keys.meta, _pending(keys.prefix), keys.contacts, *gone)
        packed = msgspec.msgpack.encode(sorted(terms(visitor)))
        await self._link.run(_CLEAR, names, (f"{keys.thread} {to}", visitor.id, TOKENS, packed))

    async def erase(self, keys: ThreadKeys, version: int, contact: Contact) -> bool | Moved:
        """Erase a person with its thread; see ErasureStore."""
        parts = ("cids", "devices", "online", "viewers", "cuts:c", "cuts:a")
        shard = shard_of(keys.thread)
        indexes = (
            user_index(keys.org, shard, contact.user_id) if contact.user_id else "",
            import_index(keys.org, shard, contact.import_key) if contact.import_key else "",
        )
        gone = [*map(keys.of, parts), f"{keys.contact}:tracks"]
        names = (keys.contact, keys.meta, keys.log, keys.inbox, keys.contacts, *indexes, *gone)
        packed = msgspec.msgpack.encode(sorted(terms(contact)))
        args = (version, keys.suffix, keys.thread, keys.channel, TOKENS, packed)
        match await self._link.run(_ERASE, names, args):
            case [b"moved", to]:
                return Moved(to.decode())
            case [b"ok"]:
                return True
        return False

    async def unfinished(self, org: str, shard: int) -> list[tuple[str, str]]:
        """Return the source and destination of every carry of this shard that is not finished."""
        members = await self._link.command("SMEMBERS", _pending(prefix_of(org, shard)), idempotent=True)
        pairs = (member.decode().split(" ") for member in members)
        return [(source, to) for source, to in pairs]


def _pending(prefix: str) -> str:
    return f"{prefix}carries"
