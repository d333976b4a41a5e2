"""Frames as protocol/README.md says, by an implementation that is not the server's: pure.

The text of a message begins with when it was due, so that whoever receives it, in any process of this
machine, knows how long it took.
"""

from __future__ import annotations

import secrets
import time
from typing import Any, Final

import msgpack  # type: ignore[import-untyped]

Frame = dict[str, Any]

SUBPROTOCOL: Final = "onethread.v1.msgpack"
_DEMO: Final = {"org": "demo", "app_id": 1, "app_secret": "demo-secret"}
_DIGITS: Final = 16
"""Hexadecimal digits of a time in nanoseconds at the start of a text."""

pack = msgpack.Packer().pack


def unpack(payload: bytes) -> Frame:
    """The frame in a WebSocket message."""
    frame: Frame = msgpack.unpackb(payload)
    return frame


def new_cid() -> str:
    """A fresh cid of 32 characters: 128 random bits."""
    return secrets.token_hex(16)


def init(user_id: str, device: str, resume: Frame | None) -> bytes:
    """The first frame of a device of this user, with a resume point if it has one."""
    frame = {"t": "init", **_DEMO, "device": {"id": device, "kind": "web"}, "user": {"user_id": user_id}}
    return bytes(pack({**frame, "resume": resume} if resume else frame))


def send(cid: str, due_ns: int, length: int) -> bytes:
    """A message of `length` characters that was due at this time of the monotonic clock."""
    text = f"{due_ns:0{_DIGITS}x}".ljust(length, ".")
    return bytes(pack({"t": "send", "cid": cid, "text": text}))


def latency_us(text: str) -> int:
    """Microseconds since the message with this text was due."""
    return (time.monotonic_ns() - int(text[:_DIGITS], 16)) // 1000
