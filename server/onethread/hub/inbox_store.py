"""What the hub asks of the store about the inbox: the interface, and the answers.

A shard's inbox is asked by itself; every method is one script, or one for each batch. All raise only
StoreFailure.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from onethread.agents.inbox import Place, Spot
from onethread.contacts.profile import Contact
from onethread_protocol.bounds import View


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A thread as the inbox lists it. `last` is the seq and element of its newest message or note."""

    thread: str
    rev: int
    active_at: int
    place: Place
    contact: Contact
    last: tuple[int, bytes] | None
    unread: int
    online: bool


class Unlisted(msgspec.Struct, frozen=True):
    """A thread that the inbox does not list: without a message, moved, or not stored."""

    thread: str
    rev: int


class RowState(msgspec.Struct, frozen=True):
    """What tells whether a row is another than it was. `rev` -1: it is listed no more."""

    rev: int
    online: bool


class InboxStore(Protocol):
    """The inbox of an organization's shards. Implemented by `onethread.store.inbox`."""

    async def listed(
        self, org: str, shard: int, view: View, agent: str, below: Spot | None, limit: int
    ) -> list[Listed]:
        """Return the newest threads of a view, those below a place; newest first."""

    async def assignees(self, org: str, shard: int) -> list[str]:
        """Return the agents that have, or had, open threads."""

    async def rows(self, org: str, shard: int, threads: Sequence[str]) -> list[Listed | Unlisted]:
        """Return these threads as they are now."""

    async def states(self, org: str, shard: int, threads: Sequence[str]) -> list[RowState]:
        """Return what tells whether these rows are others than they were."""

    async def recent(self, org: str, shard: int, since: int) -> list[str]:
        """Return the threads that were active, or moved between views, since then (milliseconds)."""
