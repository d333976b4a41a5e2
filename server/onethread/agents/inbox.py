"""The inbox: which threads a view shows, rows, and the places that pages go on from. Pure."""

import base64
from typing import Final

import msgspec
from msgspec import UNSET

from onethread_protocol.bounds import UNREAD_CAP, ThreadStatus, View
from onethread_protocol.errors import ProtocolError
from onethread_protocol.inbox import LastSaid, Row, RowContact
from onethread_protocol.people import Author, Named

PREVIEW: Final = 200
"""Characters of a message that its row shows: two lines of an inbox. With the whole text a page of 100 rows
would not fit into a frame."""


class Place(msgspec.Struct, frozen=True):
    """Where in the inbox a thread is: `assignee` is an agent's id, "" for nobody."""

    status: ThreadStatus
    assignee: str


class Spot(msgspec.Struct, frozen=True, array_like=True):
    """The last row of a page: the next one begins below it."""

    view: View
    active_at: int
    thread: str


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """The last message or note of a thread. `text` is None when it was deleted."""

    seq: int
    at: int
    note: bool
    author: Author
    text: str | None


def shows(view: View, agent: str, place: Place) -> bool:
    """Tell whether a view of this agent's has a thread; `mine` and `unassigned` are subsets of `open`."""
    match view:
        case "all":
            return True
        case "closed":
            return place.status == "closed"
        case "mine":
            return place.status == "open" and place.assignee == agent
        case "unassigned":
            return place.status == "open" and not place.assignee
    return place.status == "open"


def row(
    thread: str,
    rev: int,
    *,
    active_at: int,
    contact: RowContact,
    place: Place,
    assignee: Named | None,
    said: Said | None,
    unread: int,
    online: bool,
) -> Row:
    """Return the row of a listed thread."""
    return Row(
        thread=thread,
        rev=rev,
        active_at=active_at,
        contact=contact,
        status=place.status,
        assignee=assignee,
        last=UNSET if said is None else _last(said),
        unread=min(unread, UNREAD_CAP),
        online=online,
    )


def gone(thread: str, rev: int) -> Row:
    """Return the row of a thread that has left the view."""
    return Row(thread=thread, rev=rev, gone=True)


def spell(spot: Spot) -> str:
    """Return the cursor of a place."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(spot)).rstrip(b"=").decode()


def read_cursor(cursor: str, view: View) -> Spot:
    """Return the place of a cursor. ProtocolError 400: it is none, or another view's."""
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        spot = msgspec.msgpack.decode(packed, type=Spot)
    except (ValueError, msgspec.MsgspecError):
        spot = None
    if spot is None or spot.view != view:
        message = f'`cursor` must be one that a page of the view "{view}" ended with.'
        raise ProtocolError(400, "bad_field", message, field="cursor")
    return spot


def _last(said: Said) -> LastSaid:
    return LastSaid(
        seq=said.seq,
        at=said.at,
        kind="note" if said.note else "message",
        from_=said.author,
        text=UNSET if said.text is None else _preview(said.text),
    )


def _preview(text: str) -> str:
    return text if len(text) <= PREVIEW else text[: PREVIEW - 1] + "…"
