"""RFC 6455 frames as bytes: those a hub writes, and the one kind it reads itself. Pure.

A hub reads whole, unfragmented data frames here, which is what clients send; everything else is left to
`rules.py`. Measured on a 100-byte message: 0.4 µs here, 3.2 µs there.
"""

import struct
from functools import partial
from typing import Final

from onethread.hub.wire import Framing
from onethread_protocol.codec import Codec

try:
    # The library's C extension: a third of the time of XOR on two big integers for 100 bytes, a fortieth
    # for 10,000.
    from websockets.speedups import apply_mask
except ImportError:
    from websockets.utils import apply_mask

FIN: Final = 0x80
TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
RESERVED: Final = frozenset({0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF})

MASKED: Final = 0x80
"""In a header's second byte, beside the length."""
_LONGER: Final = MASKED | 126
"""The length is in the two bytes that follow."""
_SHORT_HEAD: Final = struct.Struct("!BBH").unpack_from
_MIDDLE: Final = struct.Struct("!BBH").pack
_LONG: Final = struct.Struct("!BBQ").pack

REASON_BYTES: Final = 123
"""A close reason at most: a control frame's 125 bytes (RFC 6455 5.5) without the code."""


def opener(codec: Codec) -> int:
    """The first byte of a codec's whole, unfragmented frames: FIN, no RSV bit, the codec's opcode."""
    return FIN | (BINARY if codec.binary else TEXT)


def framing(codec: Codec) -> Framing:
    """The framing of this codec's messages from server to client, unmasked (RFC 6455 5.1)."""
    return partial(frame, opener(codec))


def frame(first: int, payload: bytes) -> bytes:
    """One unmasked frame with the shortest header for its length (RFC 6455 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65_536:
        return _MIDDLE(first, 126, size) + payload
    return _LONG(first, 127, size) + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """A close frame with code and reason, the reason cut to what a control frame holds (RFC 6455 5.5.1)."""
    text = reason.encode()[:REASON_BYTES].decode(errors="ignore").encode()
    return frame(FIN | CLOSE, struct.pack("!H", code) + text)


PING_FRAME: Final = frame(FIN | PING, b"")
"""The heartbeat's ping, the same bytes for every peer: any sign of life counts, so it needs no payload."""


def next_frame(data: bytes | bytearray, start: int, first: int, limit: int) -> tuple[int, bytes | None]:
    """Where the masked frame at `start` ends, and its payload if it opens with the byte `first`.

    - `(end, payload)`: a whole frame of the wanted kind, unmasked.
    - `(end, None)`: `data[start:end]` is for `rules.py`: either exactly one whole frame of another kind, or
      all there is, because its header breaks a rule already (no mask, reserved opcode, longer than `limit`).
    - `(start, None)`: the frame is not whole yet.
    """
    size = len(data)
    if size - start >= 8:
        # The usual frame, as a whole message is: read at once, in half the time.
        opening, length, longer = _SHORT_HEAD(data, start)
        if opening == first:
            if length == _LONGER:
                body = start + 8
                end = body + longer
            else:
                body = start + 6
                end = body + length - MASKED
            if MASKED <= length <= _LONGER and end <= size and end - body <= limit:
                return end, apply_mask(data[body:end], data[body - 4 : body])
    return _next_frame(data, start, first, limit)


def _next_frame(data: bytes | bytearray, start: int, first: int, limit: int) -> tuple[int, bytes | None]:
    size = len(data)
    if size - start < 2:
        return start, None
    opening = data[start]
    length = data[start + 1] - MASKED
    if length < 0 or opening & 0xF in RESERVED:
        return size, None
    body = start + 6
    if length == 126:
        body = start + 8
        if size < start + 4:
            return start, None
        length = data[start + 2] << 8 | data[start + 3]
    elif length == 127:
        body = start + 14
        if size < start + 10:
            return start, None
        length = int.from_bytes(data[start + 2 : start + 10], "big")
    if length > limit:
        return size, None
    end = body + length
    if end > size:
        return start, None
    if opening != first:
        return end, None
    return end, apply_mask(data[body:end], data[body - 4 : body])
