"""What a customer's frames do, one function each (WIRE.md section 2).

A function that returns None has done all it will, or has handed a script to the store and left the answer to
its reply. One that returns a coroutine has to wait in the middle: frames behind it are held back until it
ends.
"""

import time
from collections.abc import Callable, Coroutine
from typing import Any, Final, cast

import msgspec
from msgspec import UNSET

from onethread.hub import people
from onethread.hub.admission import Admission
from onethread.hub.clock import now_ms
from onethread.hub.connection import Connection
from onethread.hub.entry import Entry
from onethread.hub.log import Appended, Duplicate, Moved, Refusal
from onethread.hub.replay import history as read_history
from onethread.hub.replay import up_to_date
from onethread.hub.signals import TypingSignal, typing_signal
from onethread.hub.thread import Thread
from onethread.identity.ids import new_event_id
from onethread_protocol import customer, server
from onethread_protocol.errors import ProtocolError
from onethread_protocol.events import Event

Work = Coroutine[Any, Any, object]
Command = Callable[[Connection, Any], Work | None]
Writing = customer.Send | customer.Edit | customer.Delete

AUTHOR: Final = "c"
"""The contact, as a cid's author and as a side."""
_REFUSALS: Final = {
    "unknown": (404, "unknown_thread", "There is no such thread."),
    "unknown_target": (404, "unknown_target", "There is no such message, or it can't be changed any more."),
    "not_yours": (403, "not_yours", "That message is somebody else's."),
}


def send(session: Connection, frame: customer.Send) -> None:
    """Append a message; the ack comes when it is in the log (P1)."""
    if not session.may_send(frame):
        return
    admission = _admission(session)
    thread, entry, event_id = (
        admission.thread,
        _entry(admission, "message", frame, frame.text),
        new_event_id(),
    )
    underway = Underway(session, thread, frame, event_id, entry, time.monotonic())
    session.sent()
    creation, system = None if thread.stored else people.creation(thread), thread.organization.name
    session.reception.store.append(thread.keys, AUTHOR, event_id, entry, system, creation, underway.done)


def edit(session: Connection, frame: customer.Edit) -> None:
    """Give an own message a new text."""
    _revise(session, frame, "edited", frame.text)


def delete(session: Connection, frame: customer.Delete) -> None:
    """Take an own message's text away."""
    _revise(session, frame, "deleted", "")


def _revise(session: Connection, frame: customer.Edit | customer.Delete, kind: str, text: str) -> None:
    if not session.may_send(frame):
        return
    admission = _admission(session)
    thread, entry, event_id = admission.thread, _entry(admission, kind, frame, text), new_event_id()
    entry.target, entry.target_id = frame.target, frame.target_id
    underway = Underway(session, thread, frame, event_id, entry, time.monotonic())
    session.sent()
    session.reception.store.revise(thread.keys, AUTHOR, event_id, entry, underway.done)


def _entry(admission: Admission, kind: str, frame: Writing, text: str) -> Entry:
    contact = admission.thread.contact
    return Entry(now_ms(), kind, "contact", contact.id, contact.name, admission.device.id, frame.cid, text)


# A Struct, as it is made in a quarter of a partial's time; gc=False: it dies with the reply.
class Underway(msgspec.Struct, gc=False):
    """A command that the store has not answered yet; `began` is the monotonic clock's when it came."""

    session: Connection
    thread: Thread
    frame: Writing
    event_id: str
    entry: Entry
    began: float

    def done(self, result: Appended) -> None:
        """Answer the command with what the store made of it."""
        session, frame, entry = self.session, self.frame, self.entry
        session.answered()
        match result:
            case int():
                counters = session.reception.counters
                counters.sends += 1
                counters.ack_latency.observe(time.monotonic() - self.began)
                self._ack(result, self.event_id, entry.at)
            case Duplicate():
                if not _is_repeat(result, entry):
                    message = f"`cid` {frame.cid!r} was used for something else."
                    session.refuse(ProtocolError(409, "cid_conflict", message, field="cid"), frame=frame)
                    return
                self._ack(result.seq, result.id, result.entry.at, dup=True)
            case Moved():
                session.refuse(ProtocolError(409, "moved", "The thread moved into another one."), frame=frame)
                return
            case Refusal():
                self._refused(result)
                return
            case _:
                session.unavailable(frame)
                return
        if entry.kind == "message" and not self.thread.contact.authenticated:
            people.wrote(session, self.thread)

    def _ack(self, seq: int, event_id: str, at: int, *, dup: bool = False) -> None:
        frame, thread = self.frame, self.thread.keys.thread
        self.session.write(
            server.Ack(cid=frame.cid, thread=thread, seq=seq, id=event_id, at=at, dup=dup, ref=frame.ref)
        )

    def _refused(self, refusal: Refusal) -> None:
        session, frame, reason = self.session, self.frame, refusal.reason
        if reason == "unknown" and self.thread.stored:
            # The log that this connection was told of is gone: it has to begin anew.
            session.unavailable(frame)
            self.thread.doubt()
            return
        if reason == "unknown" and isinstance(frame, customer.Edit | customer.Delete):
            reason = "unknown_target"
        code, name, message = _REFUSALS[reason]
        session.refuse(ProtocolError(code, name, message), frame=frame)


def _is_repeat(known: Duplicate, entry: Entry) -> bool:
    # A second deletion is noted under the first one's event, so the cids may differ: kind and target may not.
    return known.entry.kind == entry.kind and known.entry.target_id == entry.target_id


def typing(session: Connection, frame: customer.Typing) -> Work | None:
    """Tell the others that the customer writes; an unstored visitor has no others yet."""
    admission = _admission(session)
    if not admission.thread.stored or not session.may_act(frame):
        return None
    contact = admission.thread.contact
    return session.reception.store.publish(
        admission.thread.keys,
        typing_signal(session.id, TypingSignal("contact", contact.id, contact.name, frame.on)),
    )


def read(session: Connection, frame: customer.Read) -> Work | None:
    """Move the customer's read position forward."""
    if not session.may_act(frame):
        return None
    thread = _admission(session).thread
    return session.reception.store.read(
        thread.keys, AUTHOR, frame.seq, session.id, (thread.contact.id, thread.contact.name)
    )


async def history(session: Connection, frame: customer.History) -> None:
    """Answer with a page; the next frame is taken when it has left the buffer, so that pages never pile
    up."""
    thread = _admission(session).thread
    reader, head = await up_to_date(session.reception.store, thread)
    newest = min(frame.before - 1, head)
    events, more = await read_history(reader, session.peer.wire.codec, "customer", newest, frame.limit)
    session.write(
        server.History(thread=thread.id, events=cast("list[Event]", events), more=more, ref=frame.ref)
    )
    await session.peer.drained()


def page(session: Connection, frame: customer.Page) -> Work | None:
    """Keep where the customer is now; an unstored visitor's page is live only."""
    thread = _admission(session).thread
    if not thread.stored or not session.may_act(frame):
        return None
    return session.reception.store.note_page(thread.keys, frame.url, frame.title or "")


def track(session: Connection, frame: customer.Track) -> Work | None:
    """Keep what the customer did."""
    if not session.may_send(frame):
        return None
    thread = _admission(session).thread
    data = {} if frame.data is UNSET else frame.data
    return session.reception.store.track(thread.keys, frame.name, data, now_ms())


def ping(session: Connection, frame: customer.Ping) -> None:
    """Answer at once."""
    session.write(server.Pong(at=now_ms(), ref=frame.ref))


def _admission(session: Connection) -> Admission:
    if session.admission is None:
        raise AssertionError("commands come after init")
    return session.admission


COMMANDS: Final[dict[type, Command]] = {
    customer.Send: send,
    customer.Edit: edit,
    customer.Delete: delete,
    customer.Typing: typing,
    customer.Read: read,
    customer.History: history,
    customer.Page: page,
    customer.Track: track,
    customer.Ping: ping,
    customer.Prechat: people.prechat,
    customer.Profile: people.profile,
    customer.Auth: people.auth,
    customer.Logout: people.logout,
}
