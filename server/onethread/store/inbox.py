"""The hub's InboxStore over one link, one script a method."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from onethread.agents.inbox import Place, Spot
from onethread.contacts.profile import Contact
from onethread.hub.clock import now_ms
from onethread.hub.inbox_store import Listed, RowState, Unlisted
from onethread.hub.keys import prefix_of
from onethread.store.link import Link
from onethread.store.scripts import load
from onethread_protocol.bounds import View

ROWS: Final = 50
"""Rows read by one script, some 500 µs of the store, so that sends don't wait behind it."""
STATES: Final = 500
"""States read by one script, likewise."""
RECENT: Final = 2_000
"""Threads of one place that count as recent, the newest."""

_LIST, _ROWS, _STATES, _RECENT = load("list"), load("rows"), load("states"), load("recent")

_contact = msgspec.msgpack.Decoder(Contact)


class InboxRecords:
    """See InboxStore."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def listed(
        self, org: str, shard: int, view: View, agent: str, below: Spot | None, limit: int
    ) -> list[Listed]:
        """Return the newest threads of a view; see InboxStore."""
        prefix = prefix_of(org, shard)
        place = ("+inf", "") if below is None else (below.active_at, below.thread)
        args: list[Any] = [prefix, now_ms(), view, agent, *place, limit]
        reply = await self._link.run(_LIST, (f"{prefix}inbox",), args)
        found = (_row(row) for row in reply)
        return [row for row in found if isinstance(row, Listed)]

    async def assignees(self, org: str, shard: int) -> list[str]:
        """Return the agents that have, or had, open threads; see InboxStore."""
        key = f"{prefix_of(org, shard)}inbox:assignees"
        members = await self._link.command("SMEMBERS", key, idempotent=True)
        return sorted(member.decode() for member in members)

    async def rows(self, org: str, shard: int, threads: Sequence[str]) -> list[Listed | Unlisted]:
        """Return these threads as they are now; see InboxStore."""
        prefix = prefix_of(org, shard)
        found: list[Listed | Unlisted] = []
        for i in range(0, len(threads), ROWS):
            args: list[Any] = [prefix, now_ms(), *threads[i : i + ROWS]]
            found += map(_row, await self._link.run(_ROWS, (f"{prefix}inbox",), args))
        return found

    async def states(self, org: str, shard: int, threads: Sequence[str]) -> list[RowState]:
        """Return what tells whether these rows are others than they were; see InboxStore."""
        prefix = prefix_of(org, shard)
        found: list[RowState] = []
        for i in range(0, len(threads), STATES):
            args: list[Any] = [prefix, now_ms(), *threads[i : i + STATES]]
            reply = await self._link.run(_STATES, (f"{prefix}inbox",), args)
            found += (
                RowState(rev, bool(online)) for rev, online in zip(reply[::2], reply[1::2], strict=True)
            )
        return found

    async def recent(self, org: str, shard: int, since: int) -> list[str]:
        """Return the threads that were active, or moved between views; see InboxStore."""
        inbox = f"{prefix_of(org, shard)}inbox"
        return [thread.decode() for thread in await self._link.run(_RECENT, (inbox,), (since, RECENT))]


def _row(reply: list[Any]) -> Listed | Unlisted:
    thread, rev, *rest = reply
    if not rest:
        return Unlisted(thread.decode(), rev)
    active_at, status, assignee, blob, seq, element, unread, online = rest
    return Listed(
        thread=thread.decode(),
        rev=rev,
        active_at=int(active_at),
        place=Place(status.decode(), assignee.decode()),
        contact=_contact.decode(blob),
        last=(seq, element) if seq else None,
        unread=unread,
        online=bool(online),
    )
