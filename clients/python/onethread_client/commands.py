"""What a person or program does: each queues what is to be sent, whether there is a connection or not."""

from __future__ import annotations

from collections.abc import Mapping

from onethread_client import receiving
from onethread_client.changes import MessageChanged, pending
from onethread_client.entry import Entry
from onethread_client.errors import ClientClosed
from onethread_client.events import Position
from onethread_client.link import Phase
from onethread_client.requests import Request
from onethread_client.session import Session
from onethread_client.wire import PAGE_LENGTH, Frame, check_frame, check_text

# More than this waiting for one write means that the socket does not take them.
LOOSE = 100


def check_open(session: Session) -> None:
    """Raises `ClientClosed` after a logout: nothing may be kept on this device again."""
    if session.kept.wiped:
        raise ClientClosed("logged out")


def send(session: Session, text: str) -> Entry:
    """Queues a message for the conversation shown. Raises `ValueError` for a text that the server would
    refuse.
    """
    check_open(session)
    check_text(text)
    session.typing.on = False
    entry = session.kept.outbox.add("send", session.identity, session.conversation.thread, text=text)
    session.told.changes.append(MessageChanged(pending(entry)))
    return entry


def edit(session: Session, seq: int, text: str) -> Entry:
    """Queues a new text for the own message at `seq`. Raises `LookupError` if none is known, or as `send`."""
    check_open(session)
    target = _target(session, seq)
    check_text(text)
    thread = session.conversation.thread
    return session.kept.outbox.add("edit", session.identity, thread, text=text, target=target)


def delete(session: Session, seq: int) -> Entry:
    """Queues the deletion of the own message at `seq`. Raises `LookupError` if none is known."""
    check_open(session)
    thread = session.conversation.thread
    return session.kept.outbox.add("delete", session.identity, thread, target=_target(session, seq))


def _target(session: Session, seq: int) -> Position:
    """The own message at `seq`: one that is held, or one whose ack came before its event."""
    held = session.conversation.own_message(seq)
    if held:
        return Position(held.seq, held.id)
    for entry in session.kept.outbox.entries:
        here = entry.kind == "send" and session.is_here(entry.thread, entry.identity)
        if here and entry.ack and entry.ack.seq == seq:
            return Position(seq, entry.ack.id)
    raise LookupError(f"no own message is known at seq {seq}")


def typing(session: Session, on: bool) -> None:
    """Typing begins or ends. While it lasts it is told every 3 s; a `send` ends it."""
    session.typing.on = on


def read(session: Session, seq: int | None) -> None:
    """Everything up to `seq`, or all that is held, was seen. A lower one than before is nothing."""
    conversation = session.conversation
    head = conversation.timeline.position.seq
    up_to = head if seq is None else min(seq, head)
    changes = conversation.read("contact", up_to)
    if changes:
        session.told.changes += changes
        session.requests.add("read", {"seq": up_to}, conversation.thread)


def history(session: Session, limit: int) -> Request:
    """Asks for the page just older than what is held. Raises `ValueError` for a limit outside 1 to 200."""
    if not 1 <= limit <= PAGE_LENGTH:
        raise ValueError(f"a page has 1 to {PAGE_LENGTH} events, not {limit}")
    timeline = session.conversation.timeline
    return session.requests.add("history", {"before": timeline.before, "limit": limit}, timeline.thread)


def profile(session: Session, user: Mapping[str, object]) -> Request:
    """Changes profile fields; None clears one."""
    return session.requests.add("profile", {"user": dict(user)}, session.conversation.thread)


def prechat(session: Session, fields: Mapping[str, object]) -> Request:
    """Gives the pre-chat form."""
    return session.requests.add("prechat", dict(fields), session.conversation.thread)


def auth(session: Session, token: str) -> Request:
    """Gives a fresh JWT before the old one ends."""
    return session.requests.add("auth", {"token": token}, session.conversation.thread)


def page(session: Session, url: str, title: str | None) -> None:
    """Where the customer is now. Every later init says so, too."""
    where: Frame = {"url": url} if title is None else {"url": url, "title": title}
    check_frame(where)
    session.account.page = where
    if session.link.admitted:
        session.requests.add("page", where, session.conversation.thread)


def track(session: Session, name: str, data: Mapping[str, object] | None) -> bool:
    """Tells the agents what happened on the page, if they can be told now; never later. Whether it will be
    written.
    """
    frame: Frame = {"t": "track", "thread": session.conversation.thread, "name": name}
    if data is not None:
        frame["data"] = dict(data)
    check_frame(frame)
    told = session.link.admitted and len(session.loose) < LOOSE
    if told:
        session.loose.append(frame)
    return told


def logout(session: Session) -> bool:
    """Deletes everything of this device before any answer. True: the `logout` frame is to be written now."""
    tell = session.link.admitted
    if session.link.phase is not Phase.ENDING:
        receiving.forget(session)
    return tell
