"""Threads for those without a connection: backends and agents over HTTP.

What they write goes the way of agents' frames: the same scripts, the same order, the same word to the hubs.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Final, Literal, Protocol

import msgspec

from onethread.agents.inbox import Spot
from onethread.hub.agent_store import AgentThreadStore, Looked, Viewing
from onethread.hub.agent_writing import Outcome, outcome_of
from onethread.hub.clock import now_ms
from onethread.hub.entry import Entry
from onethread.hub.inbox import list_view
from onethread.hub.inbox_store import InboxStore, Listed
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Appended, ThreadStore
from onethread.hub.opening import keys_in, look_at
from onethread.hub.replay import Reader, history
from onethread.hub.tail import Tail
from onethread.hub.watching import Viewpoint
from onethread.identity.ids import new_event_id
from onethread.identity.organization import Organization
from onethread_protocol.codec import JSON
from onethread_protocol.people import Author

API: Final = "asystem:"
"""The author of cids that come over HTTP, whoever's name is on the event: a request is known by its key."""
LOOK: Final = Viewing(hub="")
"""Only a look, which no hub hears of."""


class ClerkStore(AgentThreadStore, InboxStore, Protocol):
    """What the clerk asks of the store beside the logs."""


class Clerk:
    """Reads and writes threads of organizations.

    Everything raises ProtocolError (`unknown_thread`, `moved`) and StoreFailure.
    """

    def __init__(self, store: ThreadStore, agents: ClerkStore) -> None:
        self._store = store
        self._agents = agents

    async def listed(
        self, organization: Organization, viewpoint: Viewpoint, below: Spot | None, limit: int
    ) -> list[Listed]:
        """Return the newest threads of a view below a place."""
        return await list_view(self._agents, organization, viewpoint, below, limit)

    async def look(self, organization: Organization, thread: str) -> Looked:
        """Return a thread's state."""
        return await look_at(self._agents, keys_in(organization, thread), LOOK)

    async def history(
        self, organization: Organization, thread: str, before: int | None, limit: int
    ) -> tuple[list[msgspec.Raw], bool]:
        """Return the newest events before a seq (None: of all), as agents see them, ascending, as JSON.

        With it whether there are older ones; a page may hold fewer than `limit`.
        """
        keys = keys_in(organization, thread)
        head = (await look_at(self._agents, keys, LOOK)).joined.head.seq
        newest = head if before is None else min(before - 1, head)
        return await history(Reader(self._store, keys, Tail()), JSON, "agent", newest, limit)

    async def post(
        self, organization: Organization, thread: str, author: Author, cid: str, text: str
    ) -> Outcome:
        """Append a message, once per cid. ProtocolError `cid_conflict` as well."""
        keys, entry = keys_in(organization, thread), _entry(author, "message", cid, text=text)
        event_id, answer = new_event_id(), _answer()
        self._store.append(keys, API, event_id, entry, organization.name, None, answer.set_result)
        return outcome_of(await answer, event_id, entry)

    async def set_status(
        self, organization: Organization, thread: str, author: Author, status: Literal["open", "closed"]
    ) -> None:
        """Open or close a thread."""
        entry = _entry(author, "status", extra=status)
        await self._place(keys_in(organization, thread), entry, "status", status)

    async def assign(
        self,
        organization: Organization,
        thread: str,
        author: Author,
        assignee: dict[str, str] | None,
        cid: str = "",
    ) -> None:
        """Give a thread to an agent, by id and name, or to nobody; with a cid, once."""
        entry = _entry(author, "assigned", cid, extra=assignee or "")
        value = assignee["id"] if assignee else ""
        await self._place(keys_in(organization, thread), entry, "assignee", value)

    async def _place(
        self, keys: ThreadKeys, entry: Entry, field: Literal["status", "assignee"], value: str
    ) -> None:
        event_id, answer = new_event_id(), _answer()
        self._agents.place(keys, API, event_id, entry, field, value, answer.set_result)
        outcome_of(await answer, event_id, entry)


def new_cid() -> str:
    """Return a fresh cid: 128 random bits."""
    return secrets.token_urlsafe(16)


def _entry(author: Author, kind: str, cid: str = "", *, text: str = "", extra: object = "") -> Entry:
    return Entry(now_ms(), kind, author.type, author.id, author.name, "", cid or new_cid(), text, extra=extra)


def _answer() -> asyncio.Future[Appended]:
    return asyncio.get_running_loop().create_future()
