"""What each frame of the server's changes in a session (WIRE.md section 4 to 7)."""

from __future__ import annotations

from dataclasses import replace

from onethread_client import admission
from onethread_client.changes import LoggedOut, Problem, Refreshed, State, StateChanged
from onethread_client.conversation import Conversation
from onethread_client.errors import BadFrame, ClientClosed
from onethread_client.events import Event
from onethread_client.frames import Ack, Arrival, Bye, Error, History, Ready, Replay, ServerFrame
from onethread_client.link import Phase
from onethread_client.live import Authed, Presence, Profile, Read, Typing
from onethread_client.session import Answered, Session


def received(session: Session, frame: ServerFrame, now: float) -> None:
    """Takes one frame. Raises `BadFrame` for what no server may send: the connection is then to be dropped.

    After `bye` frames still count, acks above all. After `Link.again` none does: another connection takes its
    place.
    """
    link = session.link
    if link.again or link.phase is Phase.OFFLINE:
        return
    match frame:
        case Error():
            _refused(session, frame, now)
        case Bye():
            _bye(session, frame)
        case Ready() if link.phase is Phase.OPENING:
            admission.admitted(session, frame, now)
        case _ if link.phase is not Phase.OPENING:
            _admitted(session, frame, now)
        case _:
            # Nothing else is promised before `ready`.
            return


def _admitted(session: Session, frame: ServerFrame, now: float) -> None:
    match frame:
        case Replay() | Arrival() | History() | Typing() | Read() | Profile():
            # An admission ended meanwhile may still echo; its thread is not the one shown.
            if frame.thread == session.conversation.thread:
                _of_thread(session, frame, now)
        case Ack():
            entry = session.kept.outbox.acked(frame, session.conversation.timeline.position.seq)
            if entry:
                session.settled(entry)
        case Presence():
            session.told.changes += session.conversation.presence(frame)
        case Authed():
            session.renewal.given(frame.expires_in_ms, now)
            _answer(session, frame.ref, frame)


def _of_thread(
    session: Session, frame: Replay | Arrival | History | Typing | Read | Profile, now: float
) -> None:
    conversation, told = session.conversation, session.told
    match frame:
        case Replay():
            _replayed(session, frame)
        case Arrival():
            told.changes += conversation.arrived(frame)
            _seen(session, [frame.event])
        case History():
            _paged(session, frame)
        case Typing():
            told.changes += conversation.typing(frame, now)
        case Read():
            told.changes += conversation.read_by(frame)
        case Profile():
            told.changes += conversation.profile(frame)
            _answer(session, frame.ref, frame)


def _replayed(session: Session, part: Replay) -> None:
    link, told, outbox = session.link, session.told, session.kept.outbox
    thread = part.thread
    if part.reset:
        if link.phase is Phase.LIVE:
            told.changes.append(StateChanged(State.REPLAYING))
        outbox.reset(thread)
        told.ends += session.requests.reset()
        told.changes.append(Refreshed())
    try:
        told.changes += session.conversation.replayed(part)
    except BadFrame:
        # Going on would hide a gap; the next init asks for all of it again.
        session.conversation.timeline.forget()
        raise
    _seen(session, part.events)
    if link.admitted:
        link.phase = Phase.LIVE if part.done else Phase.REPLAYING
    if part.done:
        told.changes += [StateChanged(State.LIVE)] if link.admitted else []
        for entry in outbox.relocate(thread, session.conversation.timeline.find):
            session.settled(entry)


def _seen(session: Session, events: tuple[Event, ...] | list[Event]) -> None:
    """Entries leave the outbox with their events, or when the position has passed their acks."""
    outbox, position = session.kept.outbox, session.conversation.timeline.position
    for event in events:
        entry = outbox.seen(event)
        if entry and not entry.ack:
            ack = Ack(entry.cid, session.conversation.thread or "", event.seq, event.id, event.at, dup=False)
            session.settled(replace(entry, ack=ack))
    outbox.passed(session.conversation.thread or "", position.seq)


def _paged(session: Session, page: History) -> None:
    request = session.requests.answered(page.ref)
    if request is None:
        return
    before = request.fields["before"]
    assert isinstance(before, int)  # noqa: S101 - commands.history put it there
    session.told.changes += session.conversation.paged(page, before)
    session.told.ends.append(Answered(request.ref, page))


def _answer(session: Session, ref: str | None, frame: ServerFrame) -> None:
    request = session.requests.answered(ref)
    if request:
        session.told.ends.append(Answered(request.ref, frame))


def _refused(session: Session, error: Error, now: float) -> None:
    """Gives the error to what it is about: the first frame, a command, a request, or nothing of these."""
    link = session.link
    if error.code == 401 or link.phase is Phase.OPENING:
        # If a close follows, this says why.
        link.error = error
    if error.cid is not None and session.kept.outbox.get(error.cid):
        failed = session.kept.outbox.refused(error, now)
        if failed:
            session.settled(failed)
    elif session.requests.knows(error.ref):
        _unmet(session, error, now)
    else:
        session.told.changes.append(Problem(error))
        if link.phase is Phase.OPENING:
            admission.refused(session, error, now)


def _unmet(session: Session, error: Error, now: float) -> None:
    is_auth = session.requests.is_auth(error.ref)
    unmet = session.requests.refused(error, now)
    if unmet:
        session.told.ends.append(unmet)
        if is_auth:
            session.renewal.failed(now)


def _bye(session: Session, bye: Bye) -> None:
    session.link.bye = bye
    session.link.phase = Phase.ENDING
    if bye.reason == "logout":
        forget(session)


def forget(session: Session) -> None:
    """Logged out: tokens, events and outbox of this device are deleted, here and in the storage."""
    session.link.phase = Phase.ENDING
    session.kept.wipe()
    session.conversation = Conversation(None)
    session.told.ends += session.requests.wipe(ClientClosed("logged out"))
    session.told.changes += [Refreshed(), LoggedOut()]
