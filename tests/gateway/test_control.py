"""Control frames and broken rules on the real endpoint, over both edges (RFC 6455 sections 5.2 to 5.5)."""

import asyncio

import pytest

from tests.gateway.client import BINARY, CLOSE, CONTINUATION, PATIENCE, PING, PONG, frame
from tests.gateway.harness import Running, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("payload", [b"", b"12345678", bytes(range(125))])
async def test_ping_is_answered_with_its_payload(running: Running, payload: bytes) -> None:
    """Each ping gets a pong with the same payload, and messages around it are unharmed (5.5.2, 5.5.3)."""
    client, session = await running.open()
    client.send(frame(b"a"), frame(payload, PING), frame(b"b"))
    seen = [await client.frame() for _ in range(3)]
    assert {(got.opcode, got.payload) for got in seen} == {(BINARY, b"a"), (PONG, payload), (BINARY, b"b")}
    assert session.received_payloads == [b"a", b"b"]
    await client.leave()


async def test_unasked_pongs_are_ignored(running: Running) -> None:
    """A pong that answers nothing is no error and gets no answer (5.5.3)."""
    client, _ = await running.open()
    client.send(*(frame(b"%d" % i, PONG) for i in range(100)), frame(b"still here"))
    assert await client.payload() == b"still here"
    await client.leave()


async def test_a_thousand_pings_are_each_answered(running: Running) -> None:
    """Pings in one read are each answered, in order."""
    client, _ = await running.open()
    client.send(*(frame(b"%d" % i, PING) for i in range(1_000)))
    assert [(await client.frame()).payload for _ in range(1_000)] == [b"%d" % i for i in range(1_000)]
    await client.leave()


BROKEN = {
    "unmasked message": [frame(b"x", masked=False)],
    "unmasked ping": [frame(b"", PING, masked=False)],
    "unmasked close": [frame(b"", CLOSE, masked=False)],
    "rsv1": [frame(b"x", rsv=4)],
    "rsv2": [frame(b"x", rsv=2)],
    "rsv3": [frame(b"x", rsv=1)],
    "rsv1 on a ping": [frame(b"", PING, rsv=4)],
    **{f"opcode {opcode}": [frame(b"x", opcode)] for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    "fragmented ping": [frame(b"", PING, fin=False)],
    "long ping": [frame(b"x" * 126, PING)],
    "long close": [frame(b"\x03\xe8" + b"x" * 124, CLOSE)],
    "continuation of nothing": [frame(b"x", CONTINUATION)],
    "continuation of nothing, more to come": [frame(b"x", CONTINUATION, fin=False)],
    "message within a message": [frame(b"a", fin=False), frame(b"b")],
    "second beginning of a message": [frame(b"a", fin=False), frame(b"b", fin=False)],
    "continuation after the end": [
        frame(b"a", fin=False),
        frame(b"b", CONTINUATION),
        frame(b"c", CONTINUATION),
    ],
}


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_rule_closes_1002(running: Running, name: str) -> None:
    """What RFC 6455 forbids is answered with 1002, and the connection ends."""
    client, session = await running.open()
    client.send(*BROKEN[name])
    assert await client.close_code() == 1002
    assert await session.ended() == 1002
    await client.leave()


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_rule_after_half_a_message_closes_1002(ready: Running, name: str) -> None:
    """The same, when the frame before is cut in two on its way, which is delivered."""
    client, session = await ready.open()
    whole = frame(b"before")
    before = ready.edge.traffic.bytes_in
    client.send(whole[:7])
    await until(lambda: ready.edge.traffic.bytes_in == before + 7)
    client.send(whole[7:], *BROKEN[name])
    assert await client.close_code() == 1002
    await session.ended()
    assert session.received_payloads[:1] == [b"before"]
    await client.leave()


async def test_input_after_a_broken_rule_is_dropped(running: Running) -> None:
    """After 1002 the peer may go on sending: nothing is delivered, and it still sees the close frame."""
    client, session = await running.open()
    client.send(frame(b"x", rsv=4), *(frame(b"y" * 1_000) for _ in range(200)))
    assert await client.close_code() == 1002
    await session.ended()
    assert session.received_payloads == []
    await client.leave()


async def test_sender_in_full_flow_is_not_reset(ready: Running) -> None:
    """Megabytes after a broken rule are read and dropped, not answered by a reset: some systems' kernels
    would throw the close frame away with it."""
    client, session = await ready.open()
    client.send(frame(b"x", rsv=4), *(frame(b"y" * 60_000) for _ in range(50)))
    assert (await client.frame()).code == 1002
    async with asyncio.timeout(PATIENCE):
        await client.writer.drain()
        assert await client.reader.read() == b""
    client.writer.close()
    assert await session.ended() == 1002
    await client.leave()
