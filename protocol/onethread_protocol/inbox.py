"""The rows of the inbox, as agents list threads."""

from typing import Literal

from msgspec import UNSET, UnsetType

from onethread_protocol.bounds import Count, Email, Id, Millis, Name, Seq, Text, ThreadStatus, Unread
from onethread_protocol.people import Author, Named
from onethread_protocol.shape import Misfit, Shape


class RowContact(Shape, frozen=True, kw_only=True):
    """What an inbox row shows of its contact."""

    id: Id
    name: Name
    email: Email | UnsetType = UNSET
    authenticated: bool


class LastSaid(Shape, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The last message or note of a thread; a deleted one has no text."""

    seq: Seq
    at: Millis
    kind: Literal["message", "note"]
    from_: Author
    text: Text | UnsetType = UNSET


OF_A_LISTED_ROW = ("active_at", "contact", "status", "assignee", "unread", "online")


class Row(Shape, frozen=True, kw_only=True):
    """A thread as the inbox lists it or, with `gone`, that it left the view; `rev` rises with any change."""

    thread: Id
    rev: Count
    active_at: Millis | UnsetType = UNSET
    contact: RowContact | UnsetType = UNSET
    status: ThreadStatus | UnsetType = UNSET
    assignee: Named | UnsetType | None = UNSET
    last: LastSaid | UnsetType = UNSET
    unread: Unread | UnsetType = UNSET
    online: bool | UnsetType = UNSET
    gone: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        for name in OF_A_LISTED_ROW:
            if (getattr(self, name) is UNSET) is not (self.gone is True):
                raise Misfit(name, "is always there, but not with `gone`")
