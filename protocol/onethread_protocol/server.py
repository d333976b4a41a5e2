"""Frames from the server (WIRE.md section 4). Those that can answer a client's frame carry its `ref`."""

from typing import Literal

from msgspec import UNSET, UnsetType

from onethread_protocol.bounds import (
    Cid,
    Count,
    Cursor,
    Id,
    Identity,
    Millis,
    Name,
    Org,
    Position,
    ProfileField,
    Ref,
    Role,
    Sentence,
    Seq,
    Side,
    ThreadStatus,
    Token,
    Unread,
)
from onethread_protocol.custom_data import CustomData
from onethread_protocol.events import Event
from onethread_protocol.inbox import Row
from onethread_protocol.people import (
    AgentPresence,
    AgentView,
    Author,
    ContactView,
    CurrentPage,
    DevicePresence,
    Named,
)
from onethread_protocol.shape import Frame, Misfit, Referable, Shape


class AskedField(Shape, frozen=True, kw_only=True):
    """A field of the pre-chat form."""

    name: ProfileField
    required: bool


class PrechatForm(Shape, frozen=True, kw_only=True):
    """The pre-chat form still to be given: its fields in order, and what is known of them already."""

    fields: list[AskedField]
    values: dict[ProfileField, str]


class ReadPositions(Shape, frozen=True, kw_only=True):
    """How far each side has read."""

    contact: Position
    agents: Position


class LogPosition(Shape, frozen=True, kw_only=True):
    """A place in the log that can be resumed from; `id` is left out at 0."""

    seq: Position
    id: Id | UnsetType = UNSET


OF_A_THREAD = ("thread", "contact", "identity", "prechat", "epoch", "head", "read", "unread", "devices")


class Ready(Referable, frozen=True, kw_only=True, tag="ready"):
    """Admitted. Customers get the fields of their thread, agents `agent` in place of them."""

    session: Id
    org: Org
    role: Role
    agents_online: Count
    heartbeat_ms: Millis
    thread: Id | UnsetType = UNSET
    contact: ContactView | UnsetType = UNSET
    identity: Identity | UnsetType = UNSET
    refused: bool | UnsetType = UNSET
    visitor: Token | UnsetType = UNSET
    clean: Token | UnsetType = UNSET
    carried_from: list[Id] | UnsetType = UNSET
    expires_in_ms: Millis | UnsetType = UNSET
    prechat: PrechatForm | UnsetType | None = UNSET
    epoch: Id | UnsetType = UNSET
    head: Position | UnsetType = UNSET
    read: ReadPositions | UnsetType = UNSET
    unread: Unread | UnsetType = UNSET
    devices: list[DevicePresence] | UnsetType = UNSET
    agent: AgentView | UnsetType = UNSET

    def __post_init__(self) -> None:
        is_agent = self.role == "agent"
        if (self.agent is not UNSET) is not is_agent:
            raise Misfit("agent", "is for agents, and always there for them")
        for name in OF_A_THREAD:
            if (getattr(self, name) is UNSET) is not is_agent:
                raise Misfit(name, "is for visitors and contacts, and always there for them")


class Replay(Frame, frozen=True, kw_only=True, tag="replay"):
    """A part of a replay, up to `at`. `more`, `read` and `unread` come beside `reset` true."""

    thread: Id
    epoch: Id
    events: list[Event]
    at: LogPosition
    done: bool
    reset: bool
    more: bool | UnsetType = UNSET
    read: ReadPositions | UnsetType = UNSET
    unread: Unread | UnsetType = UNSET


class EventFrame(Frame, frozen=True, kw_only=True, tag="event"):
    """One new event."""

    thread: Id
    event: Event


class Ack(Referable, frozen=True, kw_only=True, tag="ack"):
    """What a command appended, or what the first one with this cid did: `dup`."""

    cid: Cid
    thread: Id
    seq: Seq
    id: Id
    at: Millis
    dup: bool


class History(Referable, frozen=True, kw_only=True, tag="history"):
    """A page of older events, ascending."""

    thread: Id
    events: list[Event]
    more: bool


class Typing(Frame, frozen=True, kw_only=True, tag="typing", rename={"from_": "from"}):
    """Somebody writes; it ends after 6 s without another."""

    thread: Id
    from_: Author
    on: bool
    note: bool | UnsetType = UNSET


class Read(Frame, frozen=True, kw_only=True, tag="read"):
    """A side has read up to `seq`; `unread` goes to that side."""

    thread: Id
    side: Side
    by: Named | None
    seq: Position
    unread: Unread | UnsetType = UNSET


class Profile(Referable, frozen=True, kw_only=True, tag="profile"):
    """The contact as it is now; `prechat` null: the form has been given."""

    thread: Id
    contact: ContactView
    prechat: PrechatForm | UnsetType | None = UNSET


class Presence(Referable, frozen=True, kw_only=True, tag="presence"):
    """Who is there: of a thread its devices; or how many agents (to customers); or which (to agents)."""

    thread: Id | UnsetType = UNSET
    devices: list[DevicePresence] | UnsetType = UNSET
    viewers: list[Named] | UnsetType = UNSET
    page: CurrentPage | UnsetType = UNSET
    agents_online: Count | UnsetType = UNSET
    agents: list[AgentPresence] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.thread is UNSET) is not (self.devices is UNSET):
            raise Misfit("devices", "comes with `thread`, and `thread` with it")
        subjects = (self.thread, self.agents_online, self.agents)
        if sum(subject is not UNSET for subject in subjects) != 1:
            raise Misfit("thread", "or `agents_online` or `agents` must be there, one of them")


class Track(Frame, frozen=True, kw_only=True, tag="track"):
    """Something that the customer did."""

    thread: Id
    name: Name
    data: CustomData | UnsetType = UNSET
    at: Millis


class Opened(Referable, frozen=True, kw_only=True, tag="opened"):
    """The thread that an agent opened; `replay` follows."""

    thread: Id
    contact: ContactView
    epoch: Id
    head: Position
    read: ReadPositions
    status: ThreadStatus
    assignee: Named | None
    devices: list[DevicePresence]
    viewers: list[Named]
    unread: Unread


class InboxPage(Referable, frozen=True, kw_only=True, tag="inbox_page"):
    """A page of the watched view; with `cursor` there are more."""

    rows: list[Row]
    cursor: Cursor | UnsetType = UNSET


class InboxRow(Frame, frozen=True, kw_only=True, tag="inbox_row"):
    """A row that entered, changed in or left the watched view."""

    row: Row


class Gone(Frame, frozen=True, kw_only=True, tag="gone"):
    """A thread that an agent has open is no more."""

    thread: Id
    reason: Literal["moved", "erased"]
    to: Id | UnsetType = UNSET


class Authed(Referable, frozen=True, kw_only=True, tag="authed"):
    """The fresh token counts, until `exp`."""

    exp: Millis
    expires_in_ms: Millis


class Pong(Referable, frozen=True, kw_only=True, tag="pong"):
    """The server's time."""

    at: Millis


class Error(Frame, frozen=True, kw_only=True, tag="error"):
    """A frame was refused; codes.ERRORS has the reasons."""

    code: Count
    reason: Id
    message: Sentence
    cid: Cid | UnsetType = UNSET
    ref: Ref | UnsetType = UNSET
    thread: Id | UnsetType = UNSET
    to: Id | UnsetType = UNSET
    retry_after_ms: Millis | UnsetType = UNSET


class Bye(Referable, frozen=True, kw_only=True, tag="bye"):
    """The last frame before a close."""

    reason: Literal["logout", "restart"]
    reconnect: bool
    after_ms: Millis
