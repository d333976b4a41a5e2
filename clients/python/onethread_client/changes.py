"""What a program that shows a conversation is told: one value for each thing that changed, and the messages
themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from onethread_client.entry import Entry, Failure
from onethread_client.events import Author, Event
from onethread_client.frames import Error


class State(StrEnum):
    """Of the connection. `LIVE`: everything up to now is here, and what follows comes as it happens."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    REPLAYING = "replaying"
    LIVE = "live"
    WAITING = "waiting"
    STOPPED = "stopped"
    CLOSED = "closed"


class Tick(StrEnum):
    """How far an own message got. `QUEUED`: not known to be in the log yet. `READ`: by the agents."""

    QUEUED = "queued"
    ACKED = "acked"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to show. `seq`, `id` and `at` (milliseconds) are None until the server has given them.

    `author` is None for one that is still in the outbox. `tick` is None for others' messages. A deleted one
    has no text.
    """

    mine: bool
    text: str | None = field(repr=False)
    author: Author | None = None
    seq: int | None = None
    id: str | None = None
    at: int | None = None
    cid: str | None = None
    device: str | None = None
    edited: bool = False
    deleted: bool = False
    tick: Tick | None = None
    failure: Failure | None = None


def shown(event: Event, read_by_agents: int) -> Message:
    """The message of a `message` event, as it is now."""
    mine = event.author.type == "contact"
    tick = (Tick.READ if event.seq <= read_by_agents else Tick.ACKED) if mine else None
    return Message(
        mine=mine,
        text=event.text,
        author=event.author,
        seq=event.seq,
        id=event.id,
        at=event.at,
        cid=event.cid,
        device=event.device,
        edited=event.rev is not None and not event.deleted,
        deleted=event.deleted,
        tick=tick,
    )


def pending(entry: Entry) -> Message:
    """The message of a `send` that is still in the outbox."""
    ack = entry.ack
    tick = Tick.FAILED if entry.failure else Tick.ACKED if ack else Tick.QUEUED
    return Message(
        mine=True,
        text=entry.text,
        seq=ack.seq if ack else None,
        id=ack.id if ack else None,
        at=ack.at if ack else None,
        cid=entry.cid,
        tick=tick,
        failure=entry.failure,
    )


@dataclass(frozen=True, slots=True)
class StateChanged:
    """`retry_in` seconds for `WAITING`; `reason` for `WAITING` and `STOPPED`."""

    state: State
    reason: str = ""
    retry_in: float | None = None


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Look at everything again: another thread, a replaced log, or more changes than were fetched."""


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """A message came, or is not what it was: acked, edited, deleted, failed."""

    message: Message


@dataclass(frozen=True, slots=True)
class EventHappened:
    """An event of any kind entered the log, in `seq` order, live or in a replay; unknown kinds too."""

    event: Event


@dataclass(frozen=True, slots=True)
class CommandSettled:
    """A command of the outbox has its `entry.ack`, or an `entry.failure` that is for good."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class TypingChanged:
    """Somebody else began or ended typing: another device of the customer's, or an agent."""

    author: Author
    on: bool


@dataclass(frozen=True, slots=True)
class ReadChanged:
    """A side (`contact` or `agents`) has read up to `seq`."""

    side: str
    seq: int


@dataclass(frozen=True, slots=True)
class UnreadChanged:
    """How many of the other side's messages are unread; 100 means "or more"."""

    unread: int


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """The contact's profile or the pre-chat form (None: there is none to give)."""

    contact: Mapping[str, Any] = field(repr=False)
    prechat: Mapping[str, Any] | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """Which of the customer's devices are online, and how many agents."""

    devices: tuple[Mapping[str, Any], ...]
    agents_online: int


@dataclass(frozen=True, slots=True)
class Problem:
    """An error of the server's that belongs to no command or request: a refused identity, a `track` that was
    too long.
    """

    error: Error


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """Tokens, events and outbox of this device are gone, and the client with them."""


Change = (
    StateChanged
    | Refreshed
    | MessageChanged
    | EventHappened
    | CommandSettled
    | TypingChanged
    | ReadChanged
    | UnreadChanged
    | PersonChanged
    | PresenceChanged
    | Problem
    | LoggedOut
)
