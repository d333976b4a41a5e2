"""Agents' commands that append an event: written in the order sent, acked when they are in the log (P1)."""

import time
from typing import Final, NamedTuple, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from onethread.hub.clock import now_ms
from onethread.hub.console import Console
from onethread.hub.entry import Entry
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Appended, Duplicate, Moved, Refusal, StoreFailure
from onethread.hub.opening import UNKNOWN, keys_of, moved
from onethread.identity.ids import new_event_id
from onethread_protocol import agent, server
from onethread_protocol.errors import ProtocolError

Writing: TypeAlias = agent.Send | agent.Note | agent.Edit | agent.Delete | agent.Assign | agent.Status

_REFUSALS: Final = {
    "unknown": UNKNOWN,
    "unknown_target": ProtocolError(
        404, "unknown_target", "There is no such message, or it can't be changed any more."
    ),
    "not_yours": ProtocolError(403, "not_yours", "That message is somebody else's."),
}


class Underway(msgspec.Struct, gc=False):
    """A command that the store has not answered yet; `began` is the monotonic clock's when it came."""

    console: Console
    keys: ThreadKeys
    frame: Writing
    event_id: str
    entry: Entry
    began: float

    def done(self, result: Appended) -> None:
        """Answer the command with what the store made of it."""
        connection, frame = self.console.connection, self.frame
        connection.answered()
        try:
            outcome = outcome_of(result, self.event_id, self.entry)
        except ProtocolError as error:
            connection.refuse(error, frame=frame)
        except StoreFailure:
            connection.unavailable(frame)
        else:
            if not outcome.dup:
                counters = self.console.desk.office.counters
                counters.sends += 1
                counters.ack_latency.observe(time.monotonic() - self.began)
            connection.write(outcome.ack(frame.cid, frame.thread, frame.ref))


class Outcome(NamedTuple):
    """The event that a command appended, or, `dup`, that the first one with its cid did."""

    seq: int
    id: str
    at: int
    dup: bool

    def ack(self, cid: str, thread: str, ref: str | UnsetType = UNSET) -> server.Ack:
        """Return the command's ack."""
        return server.Ack(cid=cid, thread=thread, seq=self.seq, id=self.id, at=self.at, dup=self.dup, ref=ref)


def outcome_of(result: Appended, event_id: str, entry: Entry) -> Outcome:
    """Return what the store made of a command. ProtocolError: it is refused; StoreFailure: nobody knows."""
    match result:
        case int():
            return Outcome(result, event_id, entry.at, dup=False)
        case Duplicate() if _is_repeat(result, entry):
            return Outcome(result.seq, result.id, result.entry.at, dup=True)
        case Duplicate():
            message = f"`cid` {entry.cid!r} was used for something else."
            raise ProtocolError(409, "cid_conflict", message, field="cid")
        case Moved(to):
            raise moved(to)
        case Refusal(reason):
            raise _REFUSALS[reason]
    raise result


def begin(console: Console, frame: Writing, kind: str, text: str = "", extra: object = "") -> Underway | None:
    """Return the command on its way to the store, which counts it from now on; None: it was refused."""
    now = time.monotonic()
    if not console.connection.may_send(frame):
        return None
    try:
        keys = keys_of(console, frame.thread)
    except ProtocolError as error:
        console.connection.refuse(error, frame=frame)
        return None
    author, device = console.account, console.device.id
    entry = Entry(now_ms(), kind, "agent", author.id, author.name, device, frame.cid, text, extra=extra)
    if isinstance(frame, agent.Edit | agent.Delete):
        entry.target, entry.target_id = frame.target, frame.target_id
    console.connection.sent()
    return Underway(console, keys, frame, new_event_id(), entry, now)


def _is_repeat(known: Duplicate, entry: Entry) -> bool:
    # A second deletion is noted under the first one's event, so the cids may differ: kind and target may not.
    return known.entry.kind == entry.kind and known.entry.target_id == entry.target_id
