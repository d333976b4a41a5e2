"""Agents' commands that append an event: written in the order sent, acked when they are in the log (P1)."""

import time
from typing import Final, TypeAlias

import msgspec

from onethread.hub.clock import now_ms
from onethread.hub.console import Console
from onethread.hub.entry import Entry
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Appended, Duplicate, Moved, Refusal
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
        connection, frame, entry = self.console.connection, self.frame, self.entry
        connection.answered()
        match result:
            case int():
                counters = self.console.desk.office.counters
                counters.sends += 1
                counters.ack_latency.observe(time.monotonic() - self.began)
                self._ack(result, self.event_id, entry.at, dup=False)
            case Duplicate() if _is_repeat(result, entry):
                self._ack(result.seq, result.id, result.entry.at, dup=True)
            case Duplicate():
                message = f"`cid` {frame.cid!r} was used for something else."
                connection.refuse(ProtocolError(409, "cid_conflict", message, field="cid"), frame=frame)
            case Moved(to):
                connection.refuse(moved(to), frame=frame)
            case Refusal(reason):
                connection.refuse(_REFUSALS[reason], frame=frame)
            case _:
                connection.unavailable(frame)

    def _ack(self, seq: int, event_id: str, at: int, *, dup: bool) -> None:
        frame = self.frame
        self.console.connection.write(
            server.Ack(
                cid=frame.cid, thread=frame.thread, seq=seq, id=event_id, at=at, dup=dup, ref=frame.ref
            )
        )


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
