"""The server's frames as WIRE.md section 4 and 5 give them, with what a test can do without filled in."""

from __future__ import annotations

from typing import Any

from onethread_client.frames import ServerFrame, parse

Frame = dict[str, Any]

THREAD = "th_0_aaaaaaaaaaaaaaaaaaaa"
OTHER = "th_0_bbbbbbbbbbbbbbbbbbbb"
EPOCH = "epoch-1"
ME = {"type": "contact", "id": "ct_0_aaaaaaaaaaaaaaaaaaaa", "name": "Giant Duck (anonym)"}
ANA = {"type": "agent", "id": "ag_1", "name": "Ana"}
SYSTEM = {"type": "system", "id": "system", "name": "Demo"}


def event_id(seq: int) -> str:
    """The id that the builders give the event at `seq`."""
    return f"ev-{seq:013d}"


def event(seq: int, kind: str = "message", **fields: Any) -> Frame:
    """An event of the agent's unless `from` says otherwise; a message has a text unless it is deleted."""
    built: Frame = {"seq": seq, "id": event_id(seq), "at": 1_700_000_000_000 + seq, "kind": kind, "from": ANA}
    if kind == "message" and not fields.get("deleted"):
        built["text"] = f"text {seq}"
    return built | fields


def mine(seq: int, cid: str = "", **fields: Any) -> Frame:
    """A message of the customer's."""
    own: Frame = {"from": ME} | ({"cid": cid} if cid else {})
    return event(seq, **(own | fields))


def edited(seq: int, target: int, text: str | None = "new", **fields: Any) -> Frame:
    """The edit of the message at `target`."""
    words = {} if text is None else {"text": text}
    return event(seq, "edited", **({"target": target, "target_id": event_id(target)} | words | fields))


def deleted(seq: int, target: int, **fields: Any) -> Frame:
    """The deletion of the message at `target`."""
    return event(seq, "deleted", **({"target": target, "target_id": event_id(target)} | fields))


def ready(**fields: Any) -> Frame:
    """The admission of an open contact to an empty thread."""
    return {
        "t": "ready",
        "session": "se_1",
        "org": "demo",
        "role": "contact",
        "thread": THREAD,
        "contact": {"id": ME["id"], "name": ME["name"], "authenticated": False},
        "identity": "open",
        "prechat": None,
        "epoch": EPOCH,
        "head": 0,
        "read": {"contact": 0, "agents": 0},
        "unread": 0,
        "devices": [],
        "agents_online": 0,
        "heartbeat_ms": 25_000,
    } | fields


def replay(*events: Frame, **fields: Any) -> Frame:
    """A whole replay, `reset: true` unless said otherwise, that ends at its last event."""
    seq = events[-1]["seq"] if events else 0
    at = {"seq": seq, "id": event_id(seq)} if seq else {"seq": 0}
    built: Frame = {
        "t": "replay",
        "thread": THREAD,
        "epoch": EPOCH,
        "events": list(events),
        "at": at,
        "done": True,
    }
    built |= {"reset": True} | fields
    if built["reset"]:
        built = {"more": False, "read": {"contact": 0, "agents": 0}, "unread": 0} | built
    return built


def at(seq: int) -> Frame:
    """The position at `seq`, for `replay` and `resume`."""
    return {"seq": seq, "id": event_id(seq)} if seq else {"seq": 0}


def arrival(one: Frame, thread: str = THREAD) -> Frame:
    """The `event` frame."""
    return {"t": "event", "thread": thread, "event": one}


def ack(cid: object, seq: int, thread: str = THREAD, *, dup: bool = False) -> Frame:
    """The ack of the event that the builders put at `seq`."""
    return {"t": "ack", "cid": cid, "thread": thread, "seq": seq, "id": event_id(seq), "at": 1, "dup": dup}


def error(code: int, reason: str, **fields: Any) -> Frame:
    """An error with a sentence."""
    return {"t": "error", "code": code, "reason": reason, "message": "A sentence."} | fields


def parsed(frame: Frame) -> ServerFrame:
    """The frame as the client's core takes it."""
    return parse(frame)


def kinds(frames: list[Frame]) -> list[object]:
    """The types of the frames."""
    return [frame["t"] for frame in frames]
