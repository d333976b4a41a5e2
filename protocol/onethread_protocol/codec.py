"""The two codecs of the wire, chosen by WebSocket subprotocol (WIRE.md section 1).

A frame costs one typed decode or one encode. Only a frame that fails is read a second time, by careful.read.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar, get_args

import msgspec

from onethread_protocol import careful
from onethread_protocol.frames import AgentFrame, CustomerFrame, FirstFrame, ServerFrame
from onethread_protocol.nodes import UNREADABLE, JsonNodes, MessagePackNodes, Nodes

FrameT = TypeVar("FrameT", bound=msgspec.Struct)
DecoderFor = Callable[[Any], Callable[[bytes], Any]]


class _Union(Generic[FrameT]):
    """One union's reading in one encoding."""

    __slots__ = ("_decode", "_encoding", "_kinds", "_nodes")

    def __init__(self, union: Any, decoder_for: DecoderFor, nodes: Nodes, encoding: str) -> None:
        self._decode: Callable[[bytes], FrameT] = decoder_for(union)
        self._kinds: Mapping[str, type[FrameT]] = {cls.__struct_config__.tag: cls for cls in get_args(union)}
        self._nodes = nodes
        self._encoding = encoding

    def decode(self, payload: bytes) -> FrameT:
        try:
            return self._decode(payload)
        except UNREADABLE:
            return careful.read(payload, self._kinds, self._nodes, self._encoding)


class Codec:
    """One encoding of frames. `binary` tells the WebSocket frame type: binary, or text.

    `encode(frame)` gives the frame's bytes; it checks no bounds, and a msgspec.Raw inside is copied as it is.
    Every `decode_…` gives a frame of its union or raises ProtocolError and nothing else, whatever the bytes.
    """

    # One attribute a union: they are looked up for each frame.
    __slots__ = (
        "binary",
        "decode_agent",
        "decode_customer",
        "decode_first",
        "decode_server",
        "encode",
        "name",
        "subprotocol",
    )

    def __init__(
        self,
        name: str,
        *,
        binary: bool,
        encode: Callable[[object], bytes],
        decoder_for: DecoderFor,
        nodes: Nodes,
    ) -> None:
        self.name: Final = name
        self.subprotocol: Final = f"onethread.v1.{name}"
        self.binary: Final = binary
        self.encode: Final = encode
        shown = "MessagePack" if binary else "JSON"
        self.decode_first: Final = _Union[FirstFrame](FirstFrame, decoder_for, nodes, shown).decode
        self.decode_customer: Final = _Union[CustomerFrame](CustomerFrame, decoder_for, nodes, shown).decode
        self.decode_agent: Final = _Union[AgentFrame](AgentFrame, decoder_for, nodes, shown).decode
        self.decode_server: Final = _Union[ServerFrame](ServerFrame, decoder_for, nodes, shown).decode


MSGPACK: Final = Codec(
    "msgpack",
    binary=True,
    encode=msgspec.msgpack.Encoder().encode,
    decoder_for=lambda union: msgspec.msgpack.Decoder(union).decode,
    nodes=MessagePackNodes(),
)
JSON: Final = Codec(
    "json",
    binary=False,
    encode=msgspec.json.Encoder().encode,
    decoder_for=lambda union: msgspec.json.Decoder(union).decode,
    nodes=JsonNodes(),
)
CODECS: Final = (MSGPACK, JSON)


def by_subprotocol(name: str) -> Codec:
    """The codec of a subprotocol's name; KeyError if it is none of ours."""
    for codec in CODECS:
        if codec.subprotocol == name:
            return codec
    raise KeyError(name)
