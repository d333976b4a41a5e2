"""The log's entries: how an event is stored, and who may see it.

`visible` is the one gate by which anything of a thread reaches a person: live, replay, resume, history and
carry all pass it (DESIGN.md section 4, WIRE.md section 5 "Hidden").
"""

from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET

from onethread_protocol import events
from onethread_protocol.people import Author, ContactView, Named

Audience: TypeAlias = Literal["customer", "agent"]

HEAD = 24
"""Bytes of an element before the body: two running counts (8) and the event's id (16)."""

_HIDDEN_KINDS = frozenset({"note", "assigned", "pinned"})
_HIDDEN = "hidden"


class Entry(msgspec.Struct, array_like=True):
    """The body of a log's element. Empty strings and zeros are fields that the event has not.

    Scripts read and rewrite it (scripts/lib/log.lua names the same fields): new ones go to the end. `extra`
    is the status, the agent, the merged thread and count, the identified contact; or "hidden" in a change of
    a note.
    """

    at: int
    kind: str
    from_type: str
    from_id: str
    from_name: str
    device: str = ""
    cid: str = ""
    text: str = ""
    rev: int = 0
    deleted: int = 0
    target: int = 0
    target_id: str = ""
    extra: Any = ""

    @property
    def hidden(self) -> bool:
        """Whether customers must never see it."""
        return self.kind in _HIDDEN_KINDS or (self.target > 0 and self.extra == _HIDDEN)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Entry).decode


def pack(entry: Entry) -> bytes:
    """Return the body to be appended."""
    return _encode(entry)


def unpack(element: bytes) -> tuple[str, Entry]:
    """Return the event id and the entry of a log's element."""
    return element[8:HEAD].decode(), _decode(element[HEAD:])


def visible(seq: int, event_id: str, entry: Entry, audience: Audience) -> events.Event | None:
    """Return the event as this audience sees it; None if it is hidden from it.

    The cid goes to its author's side only.
    """
    for_customer = audience == "customer"
    from_type = entry.from_type
    own = (from_type == "contact") is for_customer
    author = Author(type=from_type, id=entry.from_id, name=entry.from_name)  # type: ignore[arg-type]
    device, cid = entry.device or UNSET, (entry.cid or UNSET) if own else UNSET
    if entry.kind == "message" and not entry.rev:  # first: nearly all that is ever told, and never hidden
        return events.Message(
            seq=seq, id=event_id, at=entry.at, from_=author, device=device, cid=cid, text=entry.text
        )
    if for_customer and entry.hidden:
        return None
    return _event(
        entry, {"seq": seq, "id": event_id, "at": entry.at, "from_": author, "device": device, "cid": cid}
    )


def _event(entry: Entry, common: dict[str, Any]) -> events.Event:
    match entry.kind:
        case "message" | "note":
            return _said(events.Message if entry.kind == "message" else events.Note, entry, common)
        case "edited" | "deleted":
            return _change(entry, common)
        case "status":
            return events.Status(**common, status=entry.extra)
        case "assigned":
            return events.Assigned(**common, agent=Named(**entry.extra) if entry.extra else None)
        case "merged":
            return events.Merged(**common, **entry.extra)
        case "identified":
            return events.Identified(**common, contact=msgspec.convert(entry.extra, ContactView))
        case _:
            return events.Pinned(**common)


def _said(kind: type[events.Message | events.Note], entry: Entry, common: dict[str, Any]) -> events.Event:
    if entry.deleted:
        return kind(**common, rev=entry.rev, deleted=True)
    return kind(**common, text=entry.text, rev=entry.rev or UNSET)


def _change(entry: Entry, common: dict[str, Any]) -> events.Event:
    common |= {"target": entry.target, "target_id": entry.target_id}
    if entry.kind == "deleted":
        return events.Deleted(**common)
    return events.Edited(**common, text=entry.text or UNSET)
