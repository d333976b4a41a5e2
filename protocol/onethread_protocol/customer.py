"""Frames from customers (WIRE.md section 2)."""

from msgspec import UNSET, UnsetType

from onethread_protocol.bounds import (
    Cid,
    Email,
    HistoryLimit,
    Id,
    Int,
    Name,
    Org,
    Phone,
    Position,
    Secret,
    Seq,
    Tail,
    Text,
    Title,
    Token,
    Url,
)
from onethread_protocol.custom_data import CustomData, check_custom_data
from onethread_protocol.people import Device, FirstPage, User, UserEdit
from onethread_protocol.shape import Referable, Shape


class Resume(Shape, frozen=True, kw_only=True):
    """The resume point: the last event held of the log `epoch`. `id` is left out at seq 0."""

    epoch: Id
    seq: Position
    id: Id | UnsetType = UNSET


class InThread(Referable, frozen=True, kw_only=True):
    """Any frame after `init`: with `thread`, it counts for that thread or is refused with `not_admitted`."""

    thread: Id | UnsetType = UNSET


class Init(Referable, frozen=True, kw_only=True, tag="init"):
    """The first frame: who is there, on what device, and what it holds already."""

    org: Org
    app_id: Int
    app_secret: Secret
    device: Device
    user: User | UnsetType = UNSET
    token: Token | UnsetType = UNSET
    visitor: Token | UnsetType = UNSET
    clean: Token | UnsetType = UNSET
    resume: Resume | UnsetType = UNSET
    tail: Tail | UnsetType = UNSET
    page: FirstPage | UnsetType = UNSET


class Prechat(InThread, frozen=True, kw_only=True, tag="prechat"):
    """The pre-chat form, filled in."""

    name: Name | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    company: Name | UnsetType = UNSET


class Send(InThread, frozen=True, kw_only=True, tag="send"):
    """A message."""

    cid: Cid
    text: Text


class Edit(InThread, frozen=True, kw_only=True, tag="edit"):
    """A new text for an own message."""

    cid: Cid
    target: Seq
    target_id: Id
    text: Text


class Delete(InThread, frozen=True, kw_only=True, tag="delete"):
    """The text of an own message shall go."""

    cid: Cid
    target: Seq
    target_id: Id


class Typing(InThread, frozen=True, kw_only=True, tag="typing"):
    """The customer writes, or has stopped."""

    on: bool


class Read(InThread, frozen=True, kw_only=True, tag="read"):
    """The customer has read up to `seq`."""

    seq: Position


class History(InThread, frozen=True, kw_only=True, tag="history"):
    """Asks for the newest `limit` events before `before`."""

    before: Position
    limit: HistoryLimit


class Profile(InThread, frozen=True, kw_only=True, tag="profile"):
    """Changes the customer's own profile."""

    user: UserEdit


class Page(InThread, frozen=True, kw_only=True, tag="page"):
    """Where the customer is now."""

    url: Url
    title: Title | UnsetType = UNSET


class Track(InThread, frozen=True, kw_only=True, tag="track"):
    """Something that the customer did, shown to agents."""

    name: Name
    data: CustomData | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.data is not UNSET:
            check_custom_data(self.data, "data")


class Auth(InThread, frozen=True, kw_only=True, tag="auth"):
    """A fresh JWT, before the old one expires."""

    token: Token


class Logout(InThread, frozen=True, kw_only=True, tag="logout"):
    """Ends every connection of this device in this thread, and the thread's tokens."""


class Ping(InThread, frozen=True, kw_only=True, tag="ping"):
    """Asks for a `pong`."""
