"""How frames are written to one kind of socket: a codec, and the framing its edge wants."""

from collections.abc import Callable

from onethread_protocol.codec import Codec
from onethread_protocol.frames import ServerFrame

Framing = Callable[[bytes], bytes]
"""Puts what a socket needs around an encoded frame (an RFC 6455 header, or nothing)."""


class Wire:
    """One codec and one framing; compared by identity, so that it can key what was packed once per wire.

    A hub has as many wires as ways to write a frame (a handful), not one a connection: bytes packed for
    a wire go unchanged to every peer that has it (server-to-client frames are unmasked, RFC 6455 5.1).
    """

    __slots__ = ("_encode", "_framing", "codec")

    def __init__(self, codec: Codec, framing: Framing) -> None:
        self.codec = codec
        self._encode = codec.encode
        self._framing = framing

    def pack(self, frame: ServerFrame) -> bytes:
        """The frame encoded and framed, ready for `Peer.write` of any peer with this wire."""
        return self._framing(self._encode(frame))
