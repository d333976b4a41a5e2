"""What holds for any frame and any bytes."""

import json
import math
from typing import Any, get_args

import msgpack
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onethread_protocol import careful
from onethread_protocol.codec import CODECS, JSON, MSGPACK, Codec
from onethread_protocol.errors import ProtocolError
from onethread_protocol.frames import AgentFrame, CustomerFrame, ServerFrame
from onethread_protocol.nodes import UNREADABLE, JsonNodes, MessagePackNodes
from tests.protocol import strategies
from tests.protocol.reading import decode, vectors
from tests.protocol.shapes import UNIONS

both_codecs = pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
each_union = pytest.mark.parametrize("union", UNIONS)
KINDS = {cls.__struct_config__.tag: cls for cls in get_args(CustomerFrame)}
KNOWN = ["t", "cid", "text", "ref", "thread", "user", "device", "org", "app_id", "custom_data", "data", "seq"]
EXAMPLES = [vector["frame"] for union in UNIONS for vector in vectors(union)]
anything = settings(deadline=None)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
    st.text(max_size=8),
    st.text(st.characters(), max_size=4),
    st.sampled_from(sorted(KINDS)),
)
foreign = st.binary(max_size=4) | st.builds(msgpack.ExtType, st.integers(0, 127), st.binary(max_size=3))


def maps_of(leaves: st.SearchStrategy[Any], keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Maps with known names among their keys and lists and maps among their values."""
    names = st.sampled_from(KNOWN) | keys
    values = st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
        max_leaves=8,
    )
    return st.dictionaries(names, values, max_size=8)


@both_codecs
@anything
@given(frame=strategies.frames(CustomerFrame) | strategies.frames(AgentFrame))
def test_clients_frames_come_through_unchanged(codec: Codec, frame: Any) -> None:
    """Encode, then decode, is identity for every frame of a customer or agent."""
    union = "customer" if type(frame) in get_args(CustomerFrame) else "agent"
    again = decode(codec, union, codec.encode(frame))
    assert again == frame
    assert codec.encode(again) == codec.encode(frame)


@both_codecs
@anything
@given(frame=strategies.frames(ServerFrame))
def test_servers_frames_come_through_unchanged(codec: Codec, frame: Any) -> None:
    """Encode, then decode, is identity for every frame of the server."""
    again = codec.decode_server(codec.encode(frame))
    assert again == frame
    assert codec.encode(again) == codec.encode(frame)


@both_codecs
@anything
@given(frame=strategies.frames(ServerFrame))
def test_second_implementation_reads_the_same(codec: Codec, frame: Any) -> None:
    """What we write, `msgpack` and the standard library's `json` read as the same map."""
    data = codec.encode(frame)
    foreign_view = msgpack.unpackb(data) if codec.binary else json.loads(data)
    assert foreign_view == msgspec.to_builtins(frame)


@both_codecs
@each_union
@anything
@given(data=st.binary(max_size=200))
def test_no_bytes_raise_anything_else(codec: Codec, union: str, data: bytes) -> None:
    """Whatever the bytes: a frame or ProtocolError."""
    _taken(codec, union, data)


@both_codecs
@anything
@given(
    frame=st.sampled_from(EXAMPLES),
    position=st.integers(0, 10_000),
    byte=st.integers(0, 255),
    cut=st.booleans(),
)
def test_damaged_frames_raise_nothing_else(
    codec: Codec, frame: Any, position: int, byte: int, cut: bool
) -> None:
    """A real frame with one byte changed, or cut anywhere: a frame or ProtocolError."""
    data = bytearray(msgpack.packb(frame) if codec.binary else json.dumps(frame).encode())
    position %= len(data)
    data[position] = byte
    for union in (*UNIONS, "first"):
        _taken(codec, union, bytes(data[:position] if cut else data))


@anything
@given(frame=maps_of(scalars | foreign, st.text(max_size=3) | st.integers(0, 9) | st.binary(max_size=2)))
def test_arbitrary_maps_raise_nothing_else(frame: Any) -> None:
    """Any MessagePack map at all, with foreign values and keys: a frame or ProtocolError."""
    data = msgpack.packb(frame, unicode_errors="surrogatepass")
    for union in (*UNIONS, "first"):
        _taken(MSGPACK, union, data)


@anything
@given(frame=maps_of(scalars, st.text(st.characters(), max_size=3)), escaped=st.booleans())
def test_arbitrary_objects_raise_nothing_else(frame: Any, escaped: bool) -> None:
    """Any JSON object at all, with NaN and lone surrogates, escaped or not: a frame or ProtocolError."""
    data = json.dumps(frame, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    for union in (*UNIONS, "first"):
        _taken(JSON, union, data)


@both_codecs
@anything
@given(
    frame=st.sampled_from([vector["frame"] for vector in vectors("customer")]),
    key=st.sampled_from(KNOWN),
    value=scalars | maps_of(scalars, st.text(max_size=3)),
)
def test_careful_reading_agrees_with_the_typed_decode(codec: Codec, frame: Any, key: str, value: Any) -> None:
    """The second reading takes all that the first takes, as the same frame, and of the rest only what
    the first can't know: a lone surrogate in an unknown field."""
    changed = {**frame, key: value}
    if codec.binary:
        data = msgpack.packb(changed, unicode_errors="surrogatepass")
    else:
        data = json.dumps(changed).encode()
    typed = msgspec.msgpack.decode if codec.binary else msgspec.json.decode
    nodes = MessagePackNodes() if codec.binary else JsonNodes()
    try:
        expected = typed(data, type=CustomerFrame)
    except UNREADABLE:
        expected = None
    try:
        got = careful.read(data, KINDS, nodes, "bytes")
    except ProtocolError:
        got = None
    if expected is None and got is not None:
        assert not codec.binary
        assert b"\\ud" in data
    else:
        assert got == expected


def _taken(codec: Codec, union: str, data: bytes) -> None:
    """Decode; the frame, or the error's, is within the bounds: it comes through again and has no NaN."""
    try:
        frame = decode(codec, union, data)
    except ProtocolError as error:
        union, frame = "server", error.frame()
    again = decode(codec, union, codec.encode(frame))
    assert again == frame
    for value in _leaves(msgspec.to_builtins(frame)):
        assert not isinstance(value, float) or math.isfinite(value)
        assert not isinstance(value, str) or value.encode()


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    return [leaf for inner in value for leaf in _leaves(inner)] if isinstance(value, list) else [value]
