"""Events: the entries of a thread's log, one struct a kind (WIRE.md section 5)."""

from typing import TypeAlias

from msgspec import UNSET, UnsetType

from onethread_protocol.bounds import Cid, Count, DeviceId, Id, Millis, Seq, Text, ThreadStatus
from onethread_protocol.people import Author, ContactView, Named
from onethread_protocol.shape import Misfit, Shape


class EventBase(Shape, frozen=True, kw_only=True, tag_field="kind", rename={"from_": "from"}):
    """What every event has. `cid` is given to its author's side only; `device` is the device's id."""

    seq: Seq
    id: Id
    at: Millis
    from_: Author
    device: DeviceId | UnsetType = UNSET
    cid: Cid | UnsetType = UNSET


class Said(EventBase, frozen=True, kw_only=True):
    """A message or a note; changed, with `rev`, the seq of its last change, and its new text or `deleted`."""

    text: Text | UnsetType = UNSET
    rev: Seq | UnsetType = UNSET
    deleted: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.text is UNSET) is not (self.deleted is True):
            raise Misfit("text", "is always there, but not with `deleted`")


class Message(Said, frozen=True, kw_only=True, tag="message"):
    """Something said to the other side."""


class Note(Said, frozen=True, kw_only=True, tag="note"):
    """Something an agent wrote for agents; hidden from customers."""


class Edited(EventBase, frozen=True, kw_only=True, tag="edited"):
    """The event at `target` has this text now; none in an edit that another change has overtaken."""

    target: Seq
    target_id: Id
    text: Text | UnsetType = UNSET


class Deleted(EventBase, frozen=True, kw_only=True, tag="deleted"):
    """The text of the event at `target` is gone."""

    target: Seq
    target_id: Id


class Status(EventBase, frozen=True, kw_only=True, tag="status"):
    """The thread was opened or closed."""

    status: ThreadStatus


class Assigned(EventBase, frozen=True, kw_only=True, tag="assigned"):
    """The thread was given to an agent, or to nobody; hidden from customers."""

    agent: Named | None


class Merged(EventBase, frozen=True, kw_only=True, tag="merged"):
    """`count` events of the visitor's thread `thread` were carried into this one."""

    thread: Id
    count: Count


class Identified(EventBase, frozen=True, kw_only=True, tag="identified"):
    """The visitor became this authenticated contact."""

    contact: ContactView


class Pinned(EventBase, frozen=True, kw_only=True, tag="pinned"):
    """A security hash was pinned to the contact; hidden from customers."""


Event: TypeAlias = Message | Note | Edited | Deleted | Status | Assigned | Merged | Identified | Pinned
