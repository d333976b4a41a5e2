"""What the hub asks of the store about threads for agents: the interface, and the answers.

Every method is one script, and atomic. All raise only StoreFailure.
"""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import msgspec

from onethread.contacts.profile import Contact
from onethread.hub.entry import Entry
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Appended, Joined, Moved


class Viewing(msgspec.Struct, frozen=True, kw_only=True):
    """An agent that opens a thread at a hub; `tail` newest events are wanted, at most `size` bytes of them.

    Without an `agent` it is only a look, and nobody is told.
    """

    hub: str
    agent: str = ""
    tail: int = 0
    size: int = 0


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """A thread as an agent finds it. `assignee` and `viewers` are ids, "" for nobody; `seen_at` is 0 if no
    device ever came; `page` is packed, b"" if none is known."""

    joined: Joined
    version: int
    contact: Contact
    seen_at: int
    page: bytes
    status: Literal["open", "closed"]
    assignee: str
    viewers: list[str]


class AgentThreadStore(Protocol):
    """Threads as agents work on them. Implemented by `onethread.store.agent_threads`."""

    async def open(self, keys: ThreadKeys, viewing: Viewing) -> Looked | Moved | None:
        """Note a viewer and return the thread's state; None if the thread is not stored."""

    async def watch(
        self, keys: ThreadKeys, hub: str, stay: Sequence[str], left: Sequence[str] = ()
    ) -> list[str]:
        """Keep a hub's viewers, take off those that left; every hub is told of a change. Returns who is left.

        A thread that is not stored has none.
        """

    def place(
        self,
        keys: ThreadKeys,
        author: str,
        event_id: str,
        entry: Entry,
        field: Literal["status", "assignee"],
        value: str,
        done: Callable[[Appended], None],
    ) -> None:
        """Append a change of status or assignee ("" for nobody) and refile the thread; once per author and
        cid, in order with `ThreadStore.append`."""
