"""Onethread's wire as protocol/README.md says, by an implementation that is not the server's: pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgpack  # type: ignore[import-untyped]
from msgspec.json import decode

from loadtest.dialect import Ack, Admitted, Caller, Event, Heard, Leaving, Position, Refused, Replay

Frame = dict[str, Any]

_DEMO: Final = {"org": "demo", "app_id": 1, "app_secret": "demo-secret"}

_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class Wire:
    """The dialect of Onethread: in MessagePack, or in JSON, which is text."""

    listens_first = False
    ordered = True

    def __init__(self, *, binary: bool = True) -> None:
        self.binary = binary
        codec = "msgpack" if binary else "json"
        self.headers: Mapping[str, str] = {"Sec-WebSocket-Protocol": f"onethread.v1.{codec}"}
        self._pack: Callable[[Frame], bytes] = msgpack.Packer().pack if binary else _json
        self._unpack: Callable[[bytes], Frame] = msgpack.unpackb if binary else decode

    def hello(self, caller: Caller) -> bytes:
        """`init`, with the resume point if there is one."""
        frame: Frame = {
            "t": "init",
            **_DEMO,
            "device": {"id": caller.device, "kind": "web"},
            "user": {"user_id": caller.user_id},
        }
        if caller.resume is not None:
            epoch, seq, event_id = caller.resume
            frame["resume"] = {"epoch": epoch, "seq": seq, **({"id": event_id} if seq else {})}
        return self._pack(frame)

    def send(self, cid: str, text: str) -> bytes:
        """`send`."""
        return self._pack({"t": "send", "cid": cid, "text": text})

    def hear(self, payload: bytes) -> Heard:
        """What a frame of the server means to a device."""
        return _heard(self._unpack(payload))


def _json(frame: Frame) -> bytes:
    return _compact(frame).encode()


def _heard(frame: Frame) -> Heard:
    match frame["t"]:
        case "event":
            event = frame["event"]
            return Event(event["seq"], event["id"], event["cid"], event["text"])
        case "ack":
            return Ack(frame["seq"], frame["id"], frame["cid"])
        case "replay":
            return _replay(frame)
        case "ready":
            return Admitted(frame["thread"])
        case "error":
            return Refused(f"error {frame['code']} {frame['reason']}")
        case "bye":
            return Leaving()
    return None


def _replay(frame: Frame) -> Replay:
    at = frame["at"]
    return Replay(
        [(event["seq"], event["id"], event["cid"]) for event in frame["events"]],
        Position(frame["epoch"], at["seq"], at.get("id", "")),
        frame.get("reset", False),
        frame["done"],
    )
