"""No byte is lost on the way from uvicorn's protocols to ours, wherever the stream is cut."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.gateway.client import CONTINUATION, PING, PONG, Client, Frame, frame, request
from tests.gateway.harness import Running, serve, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

MESSAGES = [b"first", b"x" * 130, b"one two", b"", b"last"]
STREAM = b"".join(
    (
        frame(MESSAGES[0]),
        frame(MESSAGES[1]),
        frame(b"one ", fin=False),
        frame(b"!", PING),
        frame(b"two", CONTINUATION),
        frame(MESSAGES[3]),
        frame(MESSAGES[4]),
    )
)


@pytest_asyncio.fixture(params=["ready", "swapped"], scope="module", loop_scope="module")
async def ready(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    """Our server, and how it takes an unusual handshake."""
    async with serve(request.param) as server:
        yield server


async def echoes(client: Client) -> list[bytes]:
    """The messages that come back, and a pong among them."""
    frames: list[Frame] = [await client.frame() for _ in range(len(MESSAGES) + 1)]
    assert [got.payload for got in frames if got.opcode == PONG] == [b"!"]
    return [got.payload for got in frames if got.opcode != PONG]


async def test_messages_in_one_segment_with_the_handshake(ready: Running) -> None:
    """A client that does not wait for the 101 loses nothing."""
    client = await Client.dial(ready.port)
    client.send(request(), STREAM)
    assert (await client.response())[0] == 101
    assert await echoes(client) == MESSAGES
    await client.leave()


async def test_handshake_and_messages_cut_at_every_byte(ready: Running) -> None:
    """In two segments, cut anywhere: in the request, between it and the frames, in a header, in a mask."""
    head = request()
    stream = head + STREAM
    for cut in range(1, len(stream)):
        client = await Client.dial(ready.port)
        client.send(stream[:cut])
        await asyncio.sleep(0.001)
        client.send(stream[cut:])
        assert (await client.response())[0] == 101
        assert await echoes(client) == MESSAGES, cut
        await client.leave()


async def test_handshake_in_one_turn_messages_cut_in_the_next(ready: Running) -> None:
    """The first frame's beginning before the 101 and its end after it, at every byte."""
    for cut in range(1, len(STREAM)):
        client = await Client.dial(ready.port)
        client.send(request(), STREAM[:cut])
        assert (await client.response())[0] == 101
        client.send(STREAM[cut:])
        assert await echoes(client) == MESSAGES, cut
        await client.leave()


async def test_messages_byte_by_byte(running: Running) -> None:
    """A stream of frames that comes in single bytes is read as one that comes whole."""
    client, session = await running.open()
    for i in range(len(STREAM)):
        client.send(STREAM[i : i + 1])
        # Lets the server read before the next byte.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert await echoes(client) == MESSAGES
    assert session.received_payloads == MESSAGES
    await client.leave()


async def test_messages_cut_at_every_byte(ready: Running) -> None:
    """After the handshake likewise: the second half comes only when the first has been read."""
    client, session = await ready.open()
    traffic = ready.edge.traffic
    for cut in range(1, len(STREAM)):
        before = traffic.bytes_in
        client.send(STREAM[:cut])
        await until(lambda expected=before + cut: traffic.bytes_in == expected)  # type: ignore[misc]
        client.send(STREAM[cut:])
        assert await echoes(client) == MESSAGES, cut
    assert session.received_payloads == MESSAGES * (len(STREAM) - 1)
    await client.leave()


async def test_more_early_data_than_is_kept_waits_in_the_socket() -> None:
    """Megabytes sent without waiting for the 101 are neither lost nor all held."""
    async with serve("ready", bound=2**24) as running:
        client = await Client.dial(running.port)
        payloads = [bytes((i,)) * 100_000 for i in range(30)]
        client.send(request(), *(frame(payload) for payload in payloads))
        assert (await client.response())[0] == 101
        assert [await client.payload() for _ in payloads] == payloads
        await client.leave()
