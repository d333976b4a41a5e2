"""What telling asks of the store: the interface, and the answers. Implemented by `onethread.store.outbox`.

What is to be told is written down by the scripts that store what happened, so that nothing is lost between
the two, and read when it is told. Everything raises only StoreFailure.
"""

from collections.abc import Sequence
from typing import Final, Literal, Protocol, TypeAlias

import msgspec

from onethread.contacts.profile import Contact
from onethread.webhooks.record import EventType, Webhook

LEASE_MS: Final = 10_000
"""How long after its hub's last word a lane waits for another hub."""
TAKEN_MS: Final = 30_000
"""How long a record that was taken is nobody else's: longer than any try. Then what a killed hub was telling
is told again."""


class Lane(msgspec.Struct, frozen=True):
    """A webhook's part of one shard: what one hub at a time tells."""

    org: str
    shard: int
    webhook: str


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """The first record of a thread, with what it is about as the store has it now.

    `till` is when it stops being this hub's, `tries` how often it was tried in vain. `at` is when it
    happened, `number` the event's seq or the contact's version. `element` is the log's, b"" of a contact's;
    `contact` is None when it is gone. Times are the store's, in milliseconds.
    """

    thread: str
    till: int
    tries: int
    now: int
    at: int
    type: EventType
    number: int
    id: str
    element: bytes = b""
    contact: Contact | None = None
    status: str = ""
    assignee: str = ""


Came: TypeAlias = Literal["told", "dropped", "again", "later", "dead"]
"""Told; there was nothing to be told any more; to be tried again at once, or later; given up."""


class Outcome(msgspec.Struct, frozen=True):
    """What came of it: `delay_ms` until the next try, and why it failed."""

    came: Came
    delay_ms: int = 0
    why: str = ""


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """What was given up at `failed_at`, after so many tries, the last of which failed for `why`."""

    thread: str
    id: str
    type: EventType
    at: int
    failed_at: int
    tries: int
    why: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with a lane. Times are 0 for never; `why` is of the last failure."""

    waiting: int
    dead: int
    told_at: int
    failed_at: int
    why: str


class OutboxStore(Protocol):
    """Lanes of all organizations."""

    async def announce(self, org: str, shard: int, version: int, webhooks: Sequence[Webhook]) -> None:
        """Have the shard's scripts write down what these want to hear, unless it knows of a later version."""

    async def take(self, lane: Lane, hub: str, limit: int) -> list[Due] | None:
        """Take what is due, of each thread the first record; None if another hub has the lane.

        Nobody else is given them for TAKEN_MS, and the lane stays this hub's for LEASE_MS.
        """

    async def settle(self, lane: Lane, due: Due, outcome: Outcome) -> None:
        """Note what came of it, unless it is another's by now or was erased."""

    async def release(self, lane: Lane, hub: str) -> None:
        """Give the lane back."""

    async def discard(self, lane: Lane) -> None:
        """Drop all that the lane holds."""

    async def standing(self, lane: Lane) -> Standing:
        """Return how it stands with the lane."""

    async def letters(self, lane: Lane, before: int | None, limit: int) -> list[DeadLetter]:
        """Return the newest that were given up before a time, newest first; no two have the same time."""

    async def revive(self, lane: Lane, thread: str, id_: str) -> bool:
        """Have one that was given up told again, after what its thread has waiting; false: there is none."""

    async def revive_all(self, lane: Lane) -> int:
        """Have all that were given up told again, and all that wait tried now; how many were given up."""
