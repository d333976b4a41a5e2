"""Data frames on the real endpoint, over both edges (RFC 6455 sections 5 and 8.1; WIRE.md section 1)."""

import json

import pytest

from onethread_protocol.bounds import FRAME_BYTES
from tests.gateway.client import BINARY, CONTINUATION, PING, PONG, TEXT, Client, frame
from tests.gateway.harness import Running

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIZES = (0, 1, 125, 126, 127, 65_535, 65_536, FRAME_BYTES)
"""Around each form of the header's length, and the limit."""


@pytest.mark.parametrize("size", SIZES)
async def test_message_of_any_length_is_echoed(running: Running, size: int) -> None:
    """A message of any length up to 256 KiB arrives unmasked, and what is written reaches the client."""
    payload = bytes(i % 251 for i in range(size))
    client, session = await running.open()
    client.send(frame(payload))
    assert await client.payload() == payload
    assert session.received_payloads == [payload]
    await client.leave()


@pytest.mark.parametrize("words", ["plain", "Grüße 🦆"])
async def test_text_codec_takes_and_gives_text_frames(running: Running, words: str) -> None:
    """Without a subprotocol the codec is JSON, in text frames both ways."""
    client, session = await running.open(sec_websocket_protocol=None)
    text = json.dumps({"t": "ping", "ref": words}, ensure_ascii=False).encode()
    client.send(frame(text, TEXT))
    answer = await client.frame()
    assert (answer.opcode, answer.payload) == (TEXT, text)
    assert session.received_payloads == [text]
    await client.leave()


async def test_thousands_of_frames_in_one_read_arrive_in_order(running: Running) -> None:
    """Many frames that the kernel hands over together are each delivered once, in order."""
    client, session = await running.open()
    payloads = [b"%d" % i for i in range(5_000)]
    client.send(*(frame(payload) for payload in payloads))
    assert [await client.payload() for _ in payloads] == payloads
    assert session.received_payloads == payloads
    await client.leave()


@pytest.mark.parametrize("length_bytes", [2, 8])
async def test_longer_length_form_than_needed_is_taken(running: Running, length_bytes: int) -> None:
    """A length in more bytes than it needs is read as the library reads it: as the length."""
    client, _ = await running.open()
    client.send(frame(b"short", length_bytes=length_bytes), frame(b"next"))
    assert [await client.payload(), await client.payload()] == [b"short", b"next"]
    await client.leave()


@pytest.mark.parametrize("parts", [[b"a", b"b"], [b"", b"", b""], [b"x" * 70_000, b"", b"y" * 200, b"z"]])
async def test_fragments_are_joined(running: Running, parts: list[bytes]) -> None:
    """A fragmented message is delivered once, whole, and whole messages around it are unharmed."""
    client, session = await running.open()
    client.send(frame(b"before"), *fragments(parts), frame(b"after"))
    expected = [b"before", b"".join(parts), b"after"]
    assert [await client.payload() for _ in expected] == expected
    assert session.received_payloads == expected
    await client.leave()


async def test_control_frames_between_fragments_are_answered(running: Running) -> None:
    """A ping within a fragmented message is answered at once, and the message is not torn."""
    client, session = await running.open()
    first, middle, last = fragments([b"one ", b"two ", b"three"])
    client.send(first, frame(b"alive?", PING), middle)
    pong = await client.frame()
    assert (pong.opcode, pong.payload) == (PONG, b"alive?")
    client.send(frame(b"unasked", PONG), last)
    assert await client.payload() == b"one two three"
    assert session.received_payloads == [b"one two three"]
    await client.leave()


async def test_hundred_fragmented_messages_in_a_row(running: Running) -> None:
    """Fragmented messages can follow each other; nothing of one is left for the next."""
    client, _ = await running.open()
    for i in range(100):
        client.send(*fragments([b"%d" % i, b"-", b"%d" % i]), frame(b"whole"))
    for i in range(100):
        assert await client.payload() == b"%d-%d" % (i, i)
        assert await client.payload() == b"whole"
    await client.leave()


async def test_text_split_within_a_character_is_joined(running: Running) -> None:
    """UTF-8 is judged on the whole message: a fragment may end within a character (RFC 6455 8.1)."""
    client, session = await running.open(sec_websocket_protocol=None)
    text = '"🦆ü"'.encode()
    client.send(*fragments([text[i : i + 1] for i in range(len(text))], TEXT))
    assert await client.payload() == text
    assert session.received_payloads == [text]
    await client.leave()


BAD_TEXT = (
    b"\xff",
    b"ok \xc3",  # half a character
    b"\xed\xa0\x80",  # a surrogate
    b"\xf4\x90\x80\x80",  # beyond U+10FFFF
    b"\xc0\xaf",  # overlong
)


@pytest.mark.parametrize("text", BAD_TEXT)
@pytest.mark.parametrize("pieces", [1, 2])
async def test_text_that_is_no_utf8_closes_1007(running: Running, text: bytes, pieces: int) -> None:
    """A text message that is not valid UTF-8 is not delivered and closes with 1007, fragmented or not."""
    client, session = await running.open(sec_websocket_protocol=None)
    client.send(*fragments([text[:1], text[1:]] if pieces == 2 else [text], TEXT))
    assert await client.close_code() == 1007
    assert session.received_payloads == []
    await session.ended()
    await client.leave()


async def test_binary_messages_may_hold_any_bytes(running: Running) -> None:
    """Only text is held to UTF-8."""
    client, _ = await running.open()
    client.send(frame(b"\xff\xfe"), *fragments([b"\xff", b"\xc3"]))
    assert await client.payload() == b"\xff\xfe"
    assert await client.payload() == b"\xff\xc3"
    await client.leave()


@pytest.mark.parametrize("pieces", [1, 2])
@pytest.mark.parametrize(("protocol", "opcode"), [("onethread.v1.msgpack", TEXT), (None, BINARY)])
async def test_wrong_frame_type_closes_1003(
    running: Running, protocol: str | None, opcode: int, pieces: int
) -> None:
    """A text frame to MessagePack, or a binary one to JSON, is not delivered and closes with 1003."""
    client, session = await running.open(sec_websocket_protocol=protocol)
    client.send(*fragments([b"{}"] if pieces == 1 else [b"{", b"}"], opcode))
    assert await client.close_code() == 1003
    assert await session.ended() == 1003
    assert session.received_payloads == []
    await client.leave()


LONG = (
    [frame(b"x" * (FRAME_BYTES + 1))],
    [frame(b"", claimed=FRAME_BYTES + 1)],
    [frame(b"", claimed=2**40)],
    [frame(b"", claimed=2**64 - 1)],
    [frame(b"x" * FRAME_BYTES, fin=False), frame(b"", CONTINUATION, claimed=1)],
    [frame(b"x" * 1_000, fin=False), frame(b"", CONTINUATION, claimed=FRAME_BYTES - 999)],
)


@pytest.mark.parametrize("frames", LONG, ids=[f"long{i}" for i in range(len(LONG))])
async def test_message_beyond_256_kib_closes_1009(running: Running, frames: list[bytes]) -> None:
    """A message over 256 KiB, in fragments too, closes with 1009; a header that promises one is enough."""
    client, session = await running.open()
    client.send(*frames)
    assert await client.close_code() == 1009
    await session.ended()
    assert session.received_payloads == []
    await client.leave()


async def test_fragments_of_256_kib_together_are_taken(running: Running) -> None:
    """The limit counts the whole message: exactly 256 KiB in fragments are delivered."""
    client, session = await running.open()
    client.send(*fragments([b"x" * (FRAME_BYTES - 10), b"y" * 10]))
    assert len(await client.payload()) == FRAME_BYTES
    assert len(session.received_payloads) == 1
    await client.leave()


async def test_messages_before_an_error_are_delivered(ready: Running) -> None:
    """What came whole before a broken frame, in the same read, still counts; what follows does not.

    (uvicorn's own protocol, under the fallback, drops it.)
    """
    client, session = await ready.open()
    client.send(frame(b"good"), frame(b"bad", masked=False), frame(b"late"))
    assert await client.close_code() == 1002
    await session.ended()
    assert session.received_payloads == [b"good"]
    await client.leave()


def fragments(parts: list[bytes], opcode: int = BINARY) -> list[bytes]:
    """One message in as many frames as there are parts."""
    last = len(parts) - 1
    return [frame(part, opcode if i == 0 else CONTINUATION, fin=i == last) for i, part in enumerate(parts)]


async def test_two_clients_do_not_mix(running: Running) -> None:
    """Half a message of one connection is not touched by another's."""
    ann, _ = await running.open()
    ben, _ = await running.open()
    a, b = fragments([b"ann ", b"ann"]), fragments([b"ben ", b"ben"])
    ann.send(a[0])
    ben.send(b[0])
    ann.send(frame(b"", PING))
    assert (await ann.frame()).opcode == PONG
    ben.send(b[1])
    ann.send(a[1])
    assert await ann.payload() == b"ann ann"
    assert await ben.payload() == b"ben ben"
    for client in (ann, ben):
        await Client.leave(client)
