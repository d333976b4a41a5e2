"""What a device says and hears, whichever server it talks to. Pure.

The fleet keeps its books in these values; a dialect turns them into the payloads of one server's WebSocket
messages and back. The text of a message begins with when it was due, so that whoever receives it, in any
process of this machine, knows how long it took.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

_DIGITS: Final = 16
"""Hexadecimal digits of a time in nanoseconds at the start of a text."""


class Position(NamedTuple):
    """Where a device is in its thread's log; `event_id` is empty at seq 0."""

    epoch: str
    seq: int
    event_id: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who connects: a user's device, with the position to resume from, if it has one."""

    user_id: str
    device: str
    resume: Position | None = None


class Event(NamedTuple):
    """A message was delivered."""

    seq: int
    event_id: str
    cid: str
    text: str


class Ack(NamedTuple):
    """A message of this device was accepted, or had been before."""

    seq: int
    event_id: str
    cid: str


class Replay(NamedTuple):
    """A part of what the log holds, (seq, id, cid) each, up to a position; the last part is `done`.

    `reset`: it is a fresh tail, not what follows the position that was to be resumed from. A server without
    resume has no epoch: it is empty.
    """

    events: list[tuple[int, str, str]]
    at: Position
    reset: bool = True
    done: bool = True


class Admitted(NamedTuple):
    """The device is in this thread."""

    thread: str


class Refused(NamedTuple):
    """The server answered with an error."""

    what: str


class Opened:
    """The server has spoken first, and waits to hear who this is."""


class Answer(NamedTuple):
    """The server wants this payload back, now."""

    payload: bytes


class Leaving:
    """The server is about to close the connection, and says so."""


Heard = Event | Ack | Replay | Admitted | Refused | Opened | Answer | Leaving | None


class Dialect(Protocol):
    """How one kind of server is spoken to. One object serves all devices of a process.

    `headers` go with the upgrade; `binary` tells the type of the WebSocket messages. With `listens_first` a
    device says its hello only when it has heard Opened. With `ordered` the server promises each thread's
    events in seq order; of any other the fleet counts what came early, and asks only that all comes, once.
    """

    headers: Mapping[str, str]
    binary: bool
    listens_first: bool
    ordered: bool

    def hello(self, caller: Caller) -> bytes:
        """What says who this is, and from where to resume."""

    def send(self, cid: str, text: str) -> bytes:
        """A message of this text."""

    def hear(self, payload: bytes) -> Heard:
        """What a payload of the server means to a device; None: nothing."""


def new_cid() -> str:
    """A fresh cid of 32 characters: 128 random bits."""
    return secrets.token_hex(16)


def text_due(due_ns: int, length: int) -> str:
    """A text of `length` characters for a message that was due at this time of the monotonic clock."""
    return f"{due_ns:0{_DIGITS}x}".ljust(length, ".")


def latency_us(text: str) -> int:
    """Microseconds since the message with this text was due."""
    return (time.monotonic_ns() - int(text[:_DIGITS], 16)) // 1000
