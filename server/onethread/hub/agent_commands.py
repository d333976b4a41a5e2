"""What an agent's frames do, one function each (WIRE.md section 3); returns as in commands.py."""

from collections.abc import Callable, Coroutine
from typing import Any, Final, Literal, cast

import msgspec

from onethread.contacts.profile import agent_view, edit
from onethread.hub import agent_writing
from onethread.hub.clock import now_ms
from onethread.hub.console import Console
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Moved, Refusal
from onethread.hub.opening import UNKNOWN, keys_of, look, moved, open_thread
from onethread.hub.replay import Reader, up_to_date
from onethread.hub.replay import history as read_history
from onethread.hub.rewriting import rewrite
from onethread.hub.signals import TypingSignal, presences, typing_signal
from onethread.hub.tail import Tail
from onethread_protocol import agent, server
from onethread_protocol.errors import ProtocolError
from onethread_protocol.events import Event
from onethread_protocol.people import Named

Work = Coroutine[Any, Any, None]
Command = Callable[[Console, Any], Work | None]


def inbox(console: Console, frame: agent.Inbox) -> Work | None:
    """Answer with a page of a view, and watch it from now on."""
    return console.desk.inbox.page(console, frame) if console.connection.may_act(frame) else None


def open_(console: Console, frame: agent.Open) -> Work | None:
    """Open a thread: it is replayed, then live."""
    return open_thread(console, frame) if console.connection.may_act(frame) else None


def leave(console: Console, frame: agent.Leave) -> None:
    """End what `open` began."""
    console.leave(frame.thread)


def send(console: Console, frame: agent.Send) -> None:
    """Append a message to the customer."""
    _append(console, agent_writing.begin(console, frame, "message", frame.text))


def note(console: Console, frame: agent.Note) -> None:
    """Append something for agents only."""
    _append(console, agent_writing.begin(console, frame, "note", frame.text))


def edit_(console: Console, frame: agent.Edit) -> None:
    """Give an own message or note a new text."""
    _revise(console, agent_writing.begin(console, frame, "edited", frame.text))


def delete(console: Console, frame: agent.Delete) -> None:
    """Take the text of an own message or note away."""
    _revise(console, agent_writing.begin(console, frame, "deleted"))


def assign(console: Console, frame: agent.Assign) -> Work | None:
    """Give the thread to an agent, or to nobody."""
    if frame.agent is not None and frame.agent not in console.desk.roster.accounts:
        return _assign_to_unknown(console, frame, frame.agent)
    _assign(console, frame)
    return None


def status(console: Console, frame: agent.Status) -> None:
    """Open or close the thread."""
    underway = agent_writing.begin(console, frame, "status", extra=frame.status)
    _place(console, underway, "status", frame.status)


async def typing(console: Console, frame: agent.Typing) -> None:
    """Tell the others that the agent writes; of a note, the agents."""
    if not console.connection.may_act(frame):
        return
    keys = await _known(console, frame.thread)
    told = TypingSignal("agent", console.account.id, console.account.name, frame.on, frame.note is True)
    await console.desk.office.store.publish(keys, typing_signal(console.connection.id, told))


async def read(console: Console, frame: agent.Read) -> None:
    """Move the agents' read position forward."""
    if not console.connection.may_act(frame):
        return
    keys, by = keys_of(console, frame.thread), (console.account.id, console.account.name)
    result = await console.desk.office.store.read(keys, "a", frame.seq, console.connection.id, by)
    match result:
        case Moved(to):
            raise moved(to)
        case Refusal():
            raise UNKNOWN


async def history(console: Console, frame: agent.History) -> None:
    """Answer with a page; the next frame is taken when it has left the buffer, so that pages never pile
    up."""
    opened, peer = console.opened.get(frame.thread), console.connection.peer
    store = console.desk.office.store
    if opened is not None:
        reader, head = await up_to_date(store, opened.thread)
    else:
        keys = keys_of(console, frame.thread)
        reader, head = Reader(store, keys, Tail()), (await look(console, keys)).joined.head.seq
    newest = min(frame.before - 1, head)
    events, more = await read_history(reader, peer.wire.codec, "agent", newest, frame.limit)
    console.connection.write(
        server.History(thread=frame.thread, events=cast("list[Event]", events), more=more, ref=frame.ref)
    )
    await peer.drained()


async def profile(console: Console, frame: agent.Profile) -> None:
    """Change the contact's profile; what a token locked is locked to customers, not to agents."""
    if not console.connection.may_send(frame):
        return
    keys, desk = keys_of(console, frame.thread), console.desk
    found = await look(console, keys)
    written = await rewrite(
        desk.office.store,
        desk.organization,
        keys,
        found.joined.epoch,
        lambda contact: edit(contact or found.contact, frame.user, by_customer=False),
        console.connection.id,
    )
    if isinstance(written, Moved):
        raise moved(written.to)
    same = await desk.same_email(written[1])
    shown = agent_view(written[1], presences(found.joined.devices), found.seen_at, same)
    console.connection.write(server.Profile(thread=frame.thread, contact=shown, ref=frame.ref))


async def presence(console: Console, frame: agent.Presence) -> None:
    """Note the agent's own state; the answer says who is there."""
    connection = console.connection
    if connection.may_act(frame):
        answer = await console.desk.set_state(console, frame.state)
        connection.write(msgspec.structs.replace(answer, ref=frame.ref))


def ping(console: Console, frame: agent.Ping) -> None:
    """Answer at once."""
    console.connection.write(server.Pong(at=now_ms(), ref=frame.ref))


def _append(console: Console, underway: agent_writing.Underway | None) -> None:
    if underway is not None:
        office, name = console.desk.office, console.desk.organization.name
        office.store.append(
            underway.keys, console.author, underway.event_id, underway.entry, name, None, underway.done
        )


def _revise(console: Console, underway: agent_writing.Underway | None) -> None:
    if underway is not None:
        console.desk.office.store.revise(
            underway.keys, console.author, underway.event_id, underway.entry, underway.done
        )


def _place(
    console: Console,
    underway: agent_writing.Underway | None,
    field: Literal["status", "assignee"],
    value: str,
) -> None:
    if underway is not None:
        console.desk.office.agents.place(
            underway.keys, console.author, underway.event_id, underway.entry, field, value, underway.done
        )


async def _assign_to_unknown(console: Console, frame: agent.Assign, wanted: str) -> None:
    """Look again: the agent may have been added a moment ago."""
    await console.desk.check()
    if wanted not in console.desk.roster.accounts:
        message = f'`agent` must be an agent of the organization or null, not "{wanted}".'
        raise ProtocolError(400, "bad_field", message, field="agent")
    _assign(console, frame)


def _assign(console: Console, frame: agent.Assign) -> None:
    named: Named | None = console.desk.named(frame.agent or "")
    extra = "" if named is None else {"id": named.id, "name": named.name}
    underway = agent_writing.begin(console, frame, "assigned", extra=extra)
    _place(console, underway, "assignee", frame.agent or "")


async def _known(console: Console, thread: str) -> ThreadKeys:
    """Return the keys of a thread that there is. ProtocolError: there is none, or it has moved."""
    opened = console.opened.get(thread)
    if opened is not None:
        return opened.thread.keys
    keys = keys_of(console, thread)
    await look(console, keys)
    return keys


COMMANDS: Final[dict[type, Command]] = {
    agent.Inbox: inbox,
    agent.Open: open_,
    agent.Leave: leave,
    agent.Send: send,
    agent.Note: note,
    agent.Edit: edit_,
    agent.Delete: delete,
    agent.Assign: assign,
    agent.Status: status,
    agent.Typing: typing,
    agent.Read: read,
    agent.History: history,
    agent.Profile: profile,
    agent.Presence: presence,
    agent.Ping: ping,
}
