"""From no connection to an admitted one and back: the init frame, what `ready` decides, and what the end of
it leaves.
"""

from __future__ import annotations

from onethread_client.changes import Refreshed, State, StateChanged
from onethread_client.conversation import Conversation
from onethread_client.entry import Entry, Failure
from onethread_client.errors import RequestRefused
from onethread_client.frames import Error, Ready
from onethread_client.identity import identity_of
from onethread_client.link import Link, Phase
from onethread_client.session import Session
from onethread_client.wire import Frame, pack

TOO_LONG = 1009


def opening(session: Session, token: str | None) -> Frame:
    """The init frame of a new connection, with this fresh JWT if there is one."""
    session.become(identity_of(session.account.user, token))
    resume = session.conversation.timeline.resume()
    first = session.account.init(token, session.kept.tokens.opening(session.identity), resume)
    session.link = Link(phase=Phase.OPENING, first=first)
    return first


def refused(session: Session, error: Error, now: float) -> None:
    """Takes an error before `ready` (WIRE.md section 6, 6). What else may come is a close, or the `ready` of
    a clean chat.
    """
    if error.code == 503:
        wait = session.backoff.next() if error.retry_after_ms is None else error.retry_after_ms / 1000
        session.link.repeat_at = now + wait
    elif error.code == 400:
        session.link.rejected = True


def admitted(session: Session, ready: Ready, now: float) -> None:
    """Takes `ready`: keeps its token, and finds out what was queued for this thread (WIRE.md section 8)."""
    if not session.kept.tokens.admitted(ready, session.identity):
        session.link.phase, session.link.again = Phase.ENDING, True
        return
    session.link.phase, session.link.ready_at = Phase.REPLAYING, now
    session.backoff.reset()
    session.renewal.given(ready.expires_in_ms, now)
    told = session.told
    if session.conversation.thread != ready.thread:
        session.save()
        session.conversation = Conversation(ready.thread)
        told.changes.append(Refreshed())
    told.changes += [*session.conversation.ready(ready), StateChanged(State.REPLAYING)]
    for entry in _sort(session, ready):
        session.settled(entry)
    told.ends += session.requests.admitted(ready.thread, ready.carried_from, refused=ready.refused)


def _sort(session: Session, ready: Ready) -> list[Entry]:
    """Gives queued entries their thread; answers those that have none any more."""
    outbox = session.kept.outbox
    outbox.admitted()
    previous = session.kept.threads.take(session.identity, ready)
    if not ready.refused:
        outbox.settle(session.identity, ready.thread)
        outbox.carry(ready.carried_from, ready.thread)
    # Nothing is left under a thread whose entries were carried.
    return outbox.strand(previous) if previous and previous != ready.thread else []


def disconnected(session: Session, code: int) -> None:
    """The connection is over. What was on its way is queued again, but for the frame that was too long (close
    1009).
    """
    outbox = session.kept.outbox
    entry = outbox.get(outbox.disconnected() or "")
    if code == TOO_LONG:
        _drop_longest(session, entry)
    session.told.ends += session.requests.disconnected()
    session.typing.disconnected()
    session.loose.clear()
    session.link.phase = Phase.OFFLINE


def _drop_longest(session: Session, entry: Entry | None) -> None:
    """Of what was written and has no answer, the longest is the frame that the server would not take."""
    message = "the server does not take a frame of this length"
    written = {request.ref: len(pack(request.frame(), "msgpack")) for request in session.requests.written()}
    longest = max(written, key=lambda ref: written[ref], default="")
    if entry and len(pack(entry.frame(), "msgpack")) >= written.get(longest, 0):
        if dropped := session.kept.outbox.fail(entry.cid, Failure(TOO_LONG, "frame_too_long", message)):
            session.settled(dropped)
    elif unmet := session.requests.fail(longest, RequestRefused(TOO_LONG, "frame_too_long", message)):
        session.told.ends.append(unmet)
