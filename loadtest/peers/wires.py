"""What the peers' clients send and hear: Socket.IO over a bare WebSocket, and plain JSON. Pure.

Socket.IO (protocol 5) rides in Engine.IO (protocol 4): a text message is an Engine.IO type, `4` a message,
and in that a Socket.IO type, a number that pairs an ack with what it acks, and JSON. The server speaks first,
and pings.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any

from msgspec.json import decode

from loadtest.dialect import Ack, Answer, Caller, Event, Heard, Opened, Position, Refused, Replay

Frame = dict[str, Any]

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
"""As `JSON.stringify` writes."""


class SocketIo:
    """The dialect of a Socket.IO server. Nothing promises order: its handlers run side by side."""

    headers: Mapping[str, str] = {}
    binary = False
    listens_first = True
    ordered = False

    def __init__(self) -> None:
        self._numbers = itertools.count()

    def hello(self, caller: Caller) -> bytes:
        """CONNECT to the main namespace, with `auth`."""
        auth = {"userId": caller.user_id, "deviceId": caller.device}
        return b"40" + _encode(auth).encode()

    def send(self, cid: str, text: str) -> bytes:
        """EVENT `send`, to be acked."""
        return f"42{next(self._numbers)}{_encode(['send', {'cid': cid, 'text': text}])}".encode()

    def hear(self, payload: bytes) -> Heard:
        """What a packet of the server means to a device."""
        match payload[:2]:
            case b"42":
                name, data = decode(payload[payload.index(b"[") :])
                return _event(data) if name == "event" else _replay(data)
            case b"43":
                return _ack(decode(payload[payload.index(b"[") :])[0])
            case b"44" | b"41":
                return Refused(f"refused: {payload[2:100].decode()}")
            case _ if payload[:1] == b"0":
                return Opened()
            case b"2":
                return Answer(b"3")
        return None


class PlainJson:
    """The dialect of a WebSocket server that a team wrote for itself: JSON maps with a `type`."""

    headers: Mapping[str, str] = {}
    binary = False
    listens_first = False

    def __init__(self, *, ordered: bool) -> None:
        self.ordered = ordered

    def hello(self, caller: Caller) -> bytes:
        """`init`."""
        return _encode({"type": "init", "user_id": caller.user_id, "device_id": caller.device}).encode()

    def send(self, cid: str, text: str) -> bytes:
        """`send`."""
        return _encode({"type": "send", "cid": cid, "text": text}).encode()

    def hear(self, payload: bytes) -> Heard:
        """What a frame of the server means to a device."""
        frame = decode(payload)
        match frame["type"]:
            case "event":
                return _event(frame["event"])
            case "ack":
                return _ack(frame)
            case "replay":
                return _replay(frame)
            case "error":
                return Refused(f"error {frame['reason']}")
        return None


def _event(event: Frame) -> Event:
    # The peers give events no id; a cid is as unique in its thread.
    return Event(event["seq"], event["cid"], event["cid"], event["text"])


def _ack(ack: Frame) -> Heard:
    if "error" in ack:
        return Refused(f"error {ack['error']}")
    return Ack(ack["seq"], ack["cid"], ack["cid"])


def _replay(replay: Frame) -> Replay:
    events = [(event["seq"], event["cid"], event["cid"]) for event in replay["events"]]
    seq, event_id, _ = events[-1] if events else (0, "", "")
    return Replay(events, Position("", seq, event_id))
