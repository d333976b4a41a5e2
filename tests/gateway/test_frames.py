"""Frames as bytes, and our reading of them against the library's."""

import asyncio
import random
import socket
import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from onethread.gateway.edge import Edge
from onethread.gateway.frames import BINARY, FIN, TEXT, close_frame, frame, framing, next_frame, opener
from onethread.gateway.ready import ReadyProtocol
from onethread.gateway.rules import Rules
from onethread.hub.wire import Wire
from onethread_protocol.bounds import FRAME_BYTES
from onethread_protocol.codec import JSON, MSGPACK
from tests.gateway import client

FIRST = FIN | BINARY


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, FRAME_BYTES])
def test_framing_is_the_library_s(size: int) -> None:
    """Around a payload of any length stands the library's header: unmasked, in its shortest form."""
    payload = bytes(size)
    assert framing(MSGPACK)(payload) == Frame(Opcode.BINARY, payload).serialize(mask=False)
    assert framing(JSON)(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


def test_opener_is_fin_and_the_codec_s_opcode() -> None:
    """A codec's messages begin with FIN and their opcode."""
    assert (opener(MSGPACK), opener(JSON)) == (FIN | BINARY, FIN | TEXT)


@pytest.mark.parametrize("reason", ["", "bye", "x" * 123])
def test_close_frame_is_the_library_s(reason: str) -> None:
    """A close frame holds code and reason as the library would write them."""
    payload = Close(4401, reason).serialize()
    assert close_frame(4401, reason) == Frame(Opcode.CLOSE, payload).serialize(mask=False)


@pytest.mark.parametrize("reason", ["x" * 124, "x" * 122 + "ü", "🦆" * 100])
def test_long_close_reason_is_cut_between_characters(reason: str) -> None:
    """A reason that a control frame cannot hold is cut to at most 123 bytes of whole characters."""
    written = close_frame(1000, reason)
    assert len(written) <= 127
    assert reason.startswith(written[4:].decode())


def test_whole_frame_is_read_with_its_payload() -> None:
    """A whole frame of the wanted kind gives its end and its payload, wherever it stands."""
    data = b"??" + client.frame(b"hello") + client.frame(b"next")
    assert next_frame(data, 2, FIRST, 100) == (13, b"hello")
    assert next_frame(bytearray(data), 13, FIRST, 100) == (len(data), b"next")


@pytest.mark.parametrize("size", [0, 1, 125, 126, 70_000])
def test_half_frame_waits(size: int) -> None:
    """Of a frame that is not whole nothing is taken, wherever it is cut."""
    whole = client.frame(bytes(size))
    for cut in {*range(min(size, 20) + 6), len(whole) // 2, len(whole) - 1}:
        assert next_frame(whole[:cut], 0, FIRST, FRAME_BYTES) == (0, None)
    assert next_frame(whole, 0, FIRST, FRAME_BYTES) == (len(whole), bytes(size))


def test_frame_of_another_kind_is_handed_on_whole() -> None:
    """A control frame, a fragment or another opcode is given out as it is, without what follows."""
    for other in (
        client.frame(b"p", client.PING),
        client.frame(b"f", fin=False),
        client.frame(b"t", client.TEXT),
        client.frame(b"r", rsv=1),
    ):
        assert next_frame(other + client.frame(b"x"), 0, FIRST, 100) == (len(other), None)
        assert next_frame(other[:-1], 0, FIRST, 100) == (0, None)


@pytest.mark.parametrize(
    "head",
    [
        client.frame(b"", masked=False),
        client.frame(b"", 3),
        client.frame(b"", 15),
        client.frame(b"", claimed=101)[:2],
        client.frame(b"", claimed=200)[:4],
        client.frame(b"", claimed=2**63)[:10],
    ],
    ids=["not masked", "opcode 3", "opcode 15", "101 bytes", "200 bytes", "2**63 bytes"],
)
def test_wrong_header_is_handed_on_at_once(head: bytes) -> None:
    """A header that breaks a rule already is given out with all there is, as soon as it can be told."""
    assert next_frame(head, 0, FIRST, 100) == (len(head), None)
    assert next_frame(head + b"rest", 0, FIRST, 100) == (len(head) + 4, None)


def test_broken_header_ends_the_rules_at_once() -> None:
    """What is handed on because of its header is refused by the library without waiting for more."""
    for head, code in (
        (client.frame(b"", masked=False)[:2], 1002),
        (client.frame(b"", 3)[:2], 1002),
        (client.frame(b"", claimed=FRAME_BYTES + 1)[:10], 1009),
    ):
        turn = Rules().feed(head)
        assert (turn.code, turn.broken) == (code, True)
        assert struct.unpack("!H", turn.reply[2:4])[0] == code


def test_dropped_rules_need_no_collection() -> None:
    """The library's objects are freed when dropped, in whatever state."""
    import gc
    import weakref

    gc.disable()
    try:
        for piece in (client.frame(b"p", 9), client.frame(b"a", fin=False), client.close(1000), b"\x00\x00"):
            rules = Rules()
            rules.feed(piece)
            gone = weakref.ref(rules._protocol)
            rules.drop()
            del rules
            assert gone() is None
    finally:
        gc.enable()


class Recorded:
    """Keeps what it receives."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    def received(self, payload: bytes) -> None:
        self.messages.append(payload)

    def lost(self, code: int) -> None:
        """Not looked at."""


def by_the_library(stream: bytes, step: int) -> tuple[list[bytes], bytes]:
    """The messages in a stream of frames and the bytes of the answer, all by the library, fed in steps.

    A text frame, which the codec does not take, is answered as the endpoint has it: 1003, and nothing more.
    """
    rules = ServerProtocol(state=OPEN, max_size=FRAME_BYTES)
    messages: list[bytes] = []
    parts: list[bytes] = []
    answer = b""
    for start in range(0, len(stream), step):
        rules.receive_data(stream[start : start + step])
        answer += b"".join(rules.data_to_send())
        for event in rules.events_received():
            assert isinstance(event, Frame)
            if event.opcode is Opcode.TEXT:
                return messages, answer + close_frame(1003)
            if event.opcode in (Opcode.BINARY, Opcode.CONT):
                parts.append(bytes(event.data))
                if event.fin:
                    messages.append(b"".join(parts))
                    parts.clear()
    return messages, answer


def by_our_protocol(stream: bytes, cuts: list[int]) -> tuple[list[bytes], bytes]:
    """The same by ReadyProtocol over a real socket, fed in pieces."""

    async def feed() -> bytes:
        ours, theirs = socket.socketpair()
        loop = asyncio.get_running_loop()
        edge = Edge(bound=2**24, heartbeat=3_600, connections_per_address=0, close_wait=10)
        peer = ReadyProtocol(edge, Wire(MSGPACK, framing(MSGPACK)), "192.0.2.1", None)
        transport, _ = await loop.connect_accepted_socket(lambda: peer, ours)
        peer.open(recorded, b"")
        bounds = [0, *cuts, len(stream)]
        for start, end in pairwise(bounds):
            peer.data_received(stream[start:end])
        peer.flush()
        await asyncio.sleep(0)
        transport.close()
        theirs.setblocking(False)
        answer = b""
        while piece := await loop.sock_recv(theirs, 65_536):
            answer += piece
        theirs.close()
        await asyncio.sleep(0)
        return answer

    recorded = Recorded()
    answer = asyncio.run(feed())
    return recorded.messages, answer


KINDS = st.sampled_from(
    [
        lambda payload: client.frame(payload),
        lambda payload: client.frame(payload, length_bytes=8),
        lambda payload: client.frame(payload, fin=False),
        lambda payload: client.frame(payload, client.CONTINUATION),
        lambda payload: client.frame(payload, client.CONTINUATION, fin=False),
        lambda payload: client.frame(payload, client.PING),
        lambda payload: client.frame(payload, client.PONG),
        lambda payload: client.close(1000, payload[:20]),
        lambda payload: client.frame(payload, client.CLOSE),
        lambda payload: client.frame(payload, rsv=2),
        lambda payload: client.frame(payload, masked=False),
        lambda payload: client.frame(payload, claimed=FRAME_BYTES + 1),
        lambda payload: payload,
    ]
)


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[int]]:
    """A stream of frames, right ones and wrong ones, and where to cut it."""
    payloads = st.one_of(st.binary(max_size=20), st.binary(min_size=120, max_size=130))
    # Mostly whole messages and control frames, as wrong ones end the stream.
    stream = b"".join(kind(draw(payloads)) for kind in draw(st.lists(KINDS, max_size=12)))
    cuts = draw(st.lists(st.integers(0, len(stream)), max_size=6))
    return stream, sorted(cuts)


@given(streams())
def test_any_stream_in_any_cut_is_read_as_the_library_reads_it(case: tuple[bytes, list[int]]) -> None:
    """Messages and answers are the library's, whatever frames come and however the stream is cut."""
    stream, cuts = case
    assert by_our_protocol(stream, cuts) == by_the_library(stream, 1)


def test_long_random_conversation_is_read_as_the_library_reads_it() -> None:
    """The same for a long conversation of right frames, cut at random."""
    rng = random.Random(7)
    pieces: list[bytes] = []
    for _ in range(300):
        payload = rng.randbytes(rng.choice((0, 3, 125, 126, 300, 70_000)))
        match rng.randrange(4):
            case 0:
                pieces += [client.frame(payload, fin=False), client.frame(b"", client.PING)]
                pieces += [client.frame(payload, client.CONTINUATION)]
            case 1:
                pieces.append(client.frame(payload[:125], client.PING))
            case _:
                pieces.append(client.frame(payload))
    stream = b"".join(pieces)
    cuts = sorted(rng.randrange(len(stream)) for _ in range(2_000))
    assert by_our_protocol(stream, cuts) == by_the_library(stream, len(stream))


def test_frame_with_any_first_byte() -> None:
    """`frame` writes the first byte as given."""
    assert frame(0x89, b"") == b"\x89\x00"
