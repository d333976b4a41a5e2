"""The server's frames (WIRE.md section 4) as frozen values, and `parse`, which reads them from a map of the
wire.

Fields that this package does not use are left out; frames it does not know, agents' among them, are
`Unknown`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from onethread_client.events import Event, Position, each, may, need
from onethread_client.live import Authed, Presence, Profile, Read, Typing


@dataclass(frozen=True, slots=True)
class Ready:
    """The connection is admitted to `thread`. Tokens are secrets and not in its repr."""

    thread: str
    role: str
    identity: str
    epoch: str
    head: int
    read_contact: int
    read_agents: int
    unread: int
    heartbeat_ms: int
    refused: bool = False
    visitor: str | None = field(default=None, repr=False)
    clean: str | None = field(default=None, repr=False)
    carried_from: tuple[str, ...] = ()
    expires_in_ms: int | None = None
    contact: Mapping[str, Any] = field(default_factory=dict, repr=False)
    prechat: Mapping[str, Any] | None = field(default=None, repr=False)
    devices: tuple[Mapping[str, Any], ...] = ()
    agents_online: int = 0

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Ready:
        """Reads the frame. Raises `BadFrame`, also for an agent's `ready`: this is a customer's client."""
        read = need(data, "read", dict)
        return cls(
            thread=need(data, "thread", str),
            role=need(data, "role", str),
            identity=need(data, "identity", str),
            epoch=need(data, "epoch", str),
            head=need(data, "head", int),
            read_contact=need(read, "contact", int),
            read_agents=need(read, "agents", int),
            unread=need(data, "unread", int),
            heartbeat_ms=need(data, "heartbeat_ms", int),
            refused=may(data, "refused", bool) or False,
            visitor=may(data, "visitor", str),
            clean=may(data, "clean", str),
            carried_from=each(may(data, "carried_from", list) or [], str),
            expires_in_ms=may(data, "expires_in_ms", int),
            contact=need(data, "contact", dict),
            prechat=may(data, "prechat", dict),
            devices=each(need(data, "devices", list), dict),
            agents_online=need(data, "agents_online", int),
        )


@dataclass(frozen=True, slots=True)
class Replay:
    """A part of a replay. `more`, `read_contact`, `read_agents` and `unread` come with `reset` only."""

    thread: str
    epoch: str
    events: tuple[Event, ...]
    at: Position
    done: bool
    reset: bool
    more: bool | None = None
    read_contact: int | None = None
    read_agents: int | None = None
    unread: int | None = None

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Replay:
        """Reads the frame. Raises `BadFrame`."""
        at, read = need(data, "at", dict), may(data, "read", dict) or {}
        return cls(
            thread=need(data, "thread", str),
            epoch=need(data, "epoch", str),
            events=_events(data),
            at=Position(need(at, "seq", int), may(at, "id", str)),
            done=need(data, "done", bool),
            reset=need(data, "reset", bool),
            more=may(data, "more", bool),
            read_contact=may(read, "contact", int),
            read_agents=may(read, "agents", int),
            unread=may(data, "unread", int),
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """The `event` frame: one new entry of the thread's log."""

    thread: str
    event: Event

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Arrival:
        """Reads the frame. Raises `BadFrame`."""
        return cls(need(data, "thread", str), Event.of(need(data, "event", dict)))


@dataclass(frozen=True, slots=True)
class Ack:
    """The command `cid` is in the log, with its event's `seq`, `id`, `at` (milliseconds); `dup`: a repeat."""

    cid: str
    thread: str
    seq: int
    id: str
    at: int
    dup: bool

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Ack:
        """Reads the frame. Raises `BadFrame`."""
        return cls(
            cid=need(data, "cid", str),
            thread=need(data, "thread", str),
            seq=need(data, "seq", int),
            id=need(data, "id", str),
            at=need(data, "at", int),
            dup=need(data, "dup", bool),
        )


@dataclass(frozen=True, slots=True)
class History:
    """A page of older events, ascending."""

    thread: str
    events: tuple[Event, ...]
    more: bool
    ref: str | None

    @classmethod
    def of(cls, data: Mapping[str, object]) -> History:
        """Reads the frame. Raises `BadFrame`."""
        return cls(need(data, "thread", str), _events(data), need(data, "more", bool), may(data, "ref", str))


@dataclass(frozen=True, slots=True)
class Error:
    """The server's refusal of one frame (WIRE.md section 7)."""

    code: int
    reason: str
    message: str
    cid: str | None = None
    ref: str | None = None
    retry_after_ms: int | None = None

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Error:
        """Reads the frame. Raises `BadFrame`."""
        return cls(
            code=need(data, "code", int),
            reason=need(data, "reason", str),
            message=need(data, "message", str),
            cid=may(data, "cid", str),
            ref=may(data, "ref", str),
            retry_after_ms=may(data, "retry_after_ms", int),
        )


@dataclass(frozen=True, slots=True)
class Bye:
    """The server is about to close; nothing may be sent any more."""

    reason: str
    reconnect: bool
    after_ms: int

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Bye:
        """Reads the frame. Raises `BadFrame`."""
        return cls(need(data, "reason", str), need(data, "reconnect", bool), need(data, "after_ms", int))


@dataclass(frozen=True, slots=True)
class Unknown:
    """A frame that means nothing to a customer's client, `pong` among them: hearing it was all."""

    t: str


ServerFrame = (
    Ready
    | Replay
    | Arrival
    | Ack
    | History
    | Typing
    | Read
    | Profile
    | Presence
    | Authed
    | Error
    | Bye
    | Unknown
)

_READERS: Mapping[str, Callable[[Mapping[str, object]], ServerFrame]] = MappingProxyType(
    {
        "ready": Ready.of,
        "replay": Replay.of,
        "event": Arrival.of,
        "ack": Ack.of,
        "history": History.of,
        "typing": Typing.of,
        "read": Read.of,
        "profile": Profile.of,
        "presence": Presence.of,
        "authed": Authed.of,
        "error": Error.of,
        "bye": Bye.of,
    }
)


def parse(data: Mapping[str, object]) -> ServerFrame:
    """The frame in a map of the wire; one of an unknown `t` is `Unknown`. Raises `BadFrame`."""
    t = need(data, "t", str)
    reader = _READERS.get(t)
    return Unknown(t) if reader is None else reader(data)


def _events(data: Mapping[str, object]) -> tuple[Event, ...]:
    return tuple(Event.of(event) for event in each(need(data, "events", list), dict))
