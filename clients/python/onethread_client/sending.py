"""What is to be written now, and when to ask again. Nothing but init before `ready`, nothing after `bye`
(WIRE.md section 6, 10).
"""

from __future__ import annotations

from collections.abc import Iterator

from onethread_client.link import Phase
from onethread_client.session import Session
from onethread_client.wire import Frame


def outgoing(session: Session, now: float) -> list[Frame]:
    """The frames to write now, in this order; each is then on its way. Typing that has lasted too long ends
    here, too.
    """
    session.told.changes += session.conversation.expired(now)
    link = session.link
    if link.phase is Phase.OPENING and link.repeat_at is not None and now >= link.repeat_at:
        link.repeat_at = None
        return [link.first]
    return list(_frames(session, now)) if link.admitted else []


def _frames(session: Session, now: float) -> Iterator[Frame]:
    thread = session.conversation.thread or ""
    loose, session.loose = session.loose, []
    yield from loose
    # The pre-chat form before the message that was written after it.
    while request := session.requests.next(thread, now):
        yield request.frame()
    typing = session.typing.due(now)
    if typing is not None:
        yield {"t": "typing", "thread": thread, "on": typing}
    while entry := session.kept.outbox.next(thread, now):
        yield entry.frame()


def deadline(session: Session) -> float | None:
    """The time at which to ask `outgoing` again though nothing was heard or done."""
    times = [session.conversation.typists.deadline()]
    if session.link.phase is Phase.OPENING:
        times.append(session.link.repeat_at)
    if session.link.admitted:
        thread = session.conversation.thread or ""
        times += [
            session.requests.deadline(thread),
            session.kept.outbox.deadline(thread),
            session.typing.deadline(),
            session.renewal.deadline(),
        ]
    return min((time for time in times if time is not None), default=None)
