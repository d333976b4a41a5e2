"""The wire as a client sees it: subprotocols, limits and the two codecs (WIRE.md section 1).

Frames are plain maps here. `frames` gives those of the server a type; nothing in this package imports the
server's code, so that the wire is never checked by the code that wrote it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Literal

import msgpack  # type: ignore[import-untyped]

from onethread_client.errors import BadFrame

Codec = Literal["msgpack", "json"]
Frame = dict[str, object]

SUBPROTOCOLS: dict[Codec, str] = {"msgpack": "onethread.v1.msgpack", "json": "onethread.v1.json"}

FRAME_BYTES = 256 * 1024
TEXT_LENGTH = 10_000
PAGE_LENGTH = 200


def pack(frame: Mapping[str, object], codec: Codec) -> bytes | str:
    """The frame as one WebSocket message: bytes for MessagePack, text for JSON.

    Raises `ValueError` for what the codec cannot encode, without quoting it.
    """
    try:
        if codec == "json":
            text = json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
            text.encode()
            return text
        packed: bytes = msgpack.packb(frame)
    except (TypeError, ValueError, OverflowError, RecursionError):
        # The cause would show the value, which may be a text or a secret.
        raise ValueError(f"a {frame.get('t')} frame holds a value that {codec} cannot encode") from None
    return packed


def unpack(payload: bytes | str) -> Frame:
    """The map in one WebSocket message, in the codec that the message's kind tells. Raises `BadFrame`."""
    try:
        data = json.loads(payload) if isinstance(payload, str) else msgpack.unpackb(payload)
    except (ValueError, RecursionError, msgpack.UnpackException):
        raise BadFrame("a frame that cannot be decoded") from None
    if not isinstance(data, dict) or not all(isinstance(name, str) for name in data):
        raise BadFrame("a frame that is no map with string keys")
    return data


def check_frame(frame: Mapping[str, object]) -> None:
    """Raises `ValueError` for a frame that MessagePack cannot encode or that is over 256 KiB, which would be
    cut off.
    """
    size = len(pack(frame, "msgpack"))
    if size > FRAME_BYTES:
        raise ValueError(f"a {frame.get('t')} frame of {size} bytes is over the wire's {FRAME_BYTES}")


def check_text(text: str) -> str:
    """The text of a message, unchanged. Raises `ValueError` when the server would refuse it, without quoting
    it.
    """
    if not 1 <= len(text) <= TEXT_LENGTH:
        raise ValueError(f"a text has 1 to {TEXT_LENGTH} characters, not {len(text)}")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("a text holds no lone surrogates")
    return text


def new_cid() -> str:
    """A random id of 128 bits for a command; WIRE.md section 2 asks for at least 96."""
    return secrets.token_urlsafe(16)
