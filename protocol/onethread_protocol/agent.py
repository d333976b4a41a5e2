"""Frames from agents (WIRE.md section 3)."""

from msgspec import UNSET, UnsetType

from onethread_protocol.bounds import (
    AgentState,
    Cid,
    Cursor,
    HistoryLimit,
    Id,
    InboxLimit,
    Org,
    Position,
    Seq,
    Tail,
    Text,
    ThreadStatus,
    Token,
    View,
)
from onethread_protocol.customer import Resume
from onethread_protocol.people import Device, UserEdit
from onethread_protocol.shape import Referable


class OfThread(Referable, frozen=True, kw_only=True):
    """A frame about one thread, which it names."""

    thread: Id


class AgentInit(Referable, frozen=True, kw_only=True, tag="agent_init"):
    """The first frame of an agent; `token` is left out when the handshake brought the session cookie."""

    org: Org
    token: Token | UnsetType = UNSET
    device: Device


class Inbox(Referable, frozen=True, kw_only=True, tag="inbox"):
    """Asks for a page of a view and watches that view from then on."""

    view: View
    limit: InboxLimit
    cursor: Cursor | UnsetType = UNSET


class Open(OfThread, frozen=True, kw_only=True, tag="open"):
    """Opens a thread: it is replayed, then live."""

    resume: Resume | UnsetType = UNSET
    tail: Tail | UnsetType = UNSET


class Leave(OfThread, frozen=True, kw_only=True, tag="leave"):
    """Ends what `open` began."""


class Send(OfThread, frozen=True, kw_only=True, tag="send"):
    """A message to the customer."""

    cid: Cid
    text: Text


class Edit(OfThread, frozen=True, kw_only=True, tag="edit"):
    """A new text for an own message or note."""

    cid: Cid
    target: Seq
    target_id: Id
    text: Text


class Delete(OfThread, frozen=True, kw_only=True, tag="delete"):
    """The text of an own message or note shall go."""

    cid: Cid
    target: Seq
    target_id: Id


class Typing(OfThread, frozen=True, kw_only=True, tag="typing"):
    """The agent writes, or has stopped; with `note`, something that customers don't see."""

    on: bool
    note: bool | UnsetType = UNSET


class Read(OfThread, frozen=True, kw_only=True, tag="read"):
    """The agents have read up to `seq`."""

    seq: Position


class History(OfThread, frozen=True, kw_only=True, tag="history"):
    """Asks for the newest `limit` events before `before`."""

    before: Position
    limit: HistoryLimit


class Note(OfThread, frozen=True, kw_only=True, tag="note"):
    """Something for agents only."""

    cid: Cid
    text: Text


class Assign(OfThread, frozen=True, kw_only=True, tag="assign"):
    """Gives the thread to an agent, or to nobody."""

    cid: Cid
    agent: Id | None


class Status(OfThread, frozen=True, kw_only=True, tag="status"):
    """Opens or closes the thread."""

    cid: Cid
    status: ThreadStatus


class Profile(OfThread, frozen=True, kw_only=True, tag="profile"):
    """Changes the contact's profile."""

    user: UserEdit


class Presence(Referable, frozen=True, kw_only=True, tag="presence"):
    """The agent's own state."""

    state: AgentState


class Ping(Referable, frozen=True, kw_only=True, tag="ping"):
    """Asks for a `pong`."""
