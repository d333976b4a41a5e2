"""Closing handshakes on the real endpoint, from both sides (RFC 6455 section 7; WIRE.md section 7)."""

import asyncio

import pytest

from tests.gateway.client import CLOSE, close, frame
from tests.gateway.harness import Running, packed, serve

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1007, 1011, 1013, 3000, 3999, 4000, 4999])
async def test_close_is_echoed(running: Running, code: int) -> None:
    """A client's close frame comes back with its code; the server ends the TCP connection (5.5.1, 7.1.1)."""
    client, session = await running.open()
    client.send(close(code, b"bye"))
    answer = await client.frame()
    assert (answer.opcode, answer.code) == (CLOSE, code)
    assert await client.end() == b""
    assert await session.ended() == code
    await client.leave()


async def test_close_without_a_code_is_echoed_without(running: Running) -> None:
    """An empty close frame is answered by an empty one and counts as 1005 (7.1.5)."""
    client, session = await running.open()
    client.send(close())
    answer = await client.frame()
    assert (answer.opcode, answer.payload) == (CLOSE, b"")
    assert await client.end() == b""
    assert await session.ended() == 1005
    await client.leave()


@pytest.mark.parametrize("code", [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2999, 5000, 65_535])
async def test_close_code_that_may_not_be_sent_is_1002(running: Running, code: int) -> None:
    """A code that RFC 6455 7.4 keeps out of close frames is a protocol error."""
    client, session = await running.open()
    client.send(close(code))
    assert await client.close_code() == 1002
    await session.ended()
    await client.leave()


async def test_close_payload_of_one_byte_is_1002(running: Running) -> None:
    """Half a code is a protocol error (5.5.1)."""
    client, session = await running.open()
    client.send(frame(b"\x03", CLOSE))
    assert await client.close_code() == 1002
    await session.ended()
    await client.leave()


async def test_close_reason_that_is_no_utf8_is_1007(running: Running) -> None:
    """A close reason is text too (5.5.1)."""
    client, session = await running.open()
    client.send(close(1000, b"\xff"))
    assert await client.close_code() == 1007
    await session.ended()
    await client.leave()


async def test_messages_before_a_close_are_delivered_and_answered(running: Running) -> None:
    """A message and a close in one segment: the message counts, and what follows the close does not."""
    client, session = await running.open()
    client.send(frame(b"last words"), close(1000), frame(b"ghost"))
    await session.ended()
    assert session.received_payloads == [b"last words"]
    await client.leave()


async def test_server_close_comes_after_what_was_written(running: Running) -> None:
    """`close` sends what was written, then code and reason; a second one and later writes do nothing."""
    client, session = await running.open()
    for i in range(3):
        session.peer.write(packed(session.peer, b"%d" % i))
    session.peer.close(4401, "no entry")
    session.peer.close(1000)
    session.peer.write(packed(session.peer, b"too late"))
    assert [await client.payload() for _ in range(3)] == [b"0", b"1", b"2"]
    answer = await client.frame()
    assert (answer.opcode, answer.code, answer.payload[2:]) == (CLOSE, 4401, b"no entry")
    client.send(frame(answer.payload, CLOSE))
    assert await client.end() == b""
    assert await session.ended() == 4401
    await client.leave()


async def test_nothing_is_received_after_close(running: Running) -> None:
    """From `close` on no message reaches the receiver, also those already read."""
    client, session = await running.open()
    session.on_message = lambda payload: session.peer.close(4400)
    client.send(*(frame(b"%d" % i) for i in range(100)))
    assert await client.close_code() == 4400
    assert await session.ended() == 4400
    assert session.received_payloads == [b"0"]
    await client.leave()


async def test_messages_on_their_way_do_not_hide_the_answer_to_a_close(running: Running) -> None:
    """After `close` the peer's messages are passed over until its close frame comes, in any cut."""
    client, session = await running.open()
    session.peer.close(4409)
    stream = frame(b"x" * 300) + frame(b"", 0x9) + frame(b"y", fin=False) + close(4409)
    for i in range(len(stream)):
        client.send(stream[i : i + 1])
        await asyncio.sleep(0)
    assert (await client.frame()).code == 4409
    await client.end()
    assert await session.ended() == 4409
    await client.leave()


async def test_receiver_that_raises_costs_only_its_own_connection(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """An error in a receiver closes that connection with 1011; the log has it without the message."""
    client, session = await running.open()
    other, _ = await running.open()

    def fail(payload: bytes) -> None:
        raise LookupError("a fault")

    session.on_message = fail
    client.send(frame(b"my secret"))
    assert await client.close_code() == 1011
    assert await session.ended() == 1011
    other.send(frame(b"still here"))
    assert await other.payload() == b"still here"
    assert "a fault" in caplog.text
    assert "my secret" not in caplog.text
    await client.leave()
    await other.leave()


async def test_abort_ends_without_a_close_frame(running: Running) -> None:
    """`abort` ends the connection at once; the peer sees no close frame, the receiver hears the code."""
    client, session = await running.open()
    session.peer.abort(4430)
    session.peer.write(packed(session.peer, b"too late"))
    session.peer.close(1000)
    assert await session.ended() == 4430
    # The fallback's server may send a close frame of its own; ours sends nothing.
    assert running.kind != "ready" or await client.end() == b""
    await client.leave()


async def test_lost_does_not_come_within_a_call(running: Running) -> None:
    """`write`, `close` and `abort` never call the receiver themselves: a fan-out may call them."""
    client, session = await running.open()
    session.peer.abort(4430)
    assert session.codes == []
    await session.ended()
    await client.leave()


@pytest.mark.parametrize("kind", ["ready", "starlette"])
async def test_peer_that_does_not_answer_a_close_is_ended(kind: str) -> None:
    """The wait for the peer's close frame is bounded; then the connection ends with the code given."""
    async with serve(kind, close_wait=0.05) as running:
        client, session = await running.open()
        session.peer.close(4403)
        assert await session.ended() == 4403
        assert (await client.frame()).code == 4403
        await client.leave()


@pytest.mark.parametrize("kind", ["ready", "starlette"])
async def test_peer_that_does_not_read_a_close_is_ended(kind: str) -> None:
    """The same for a peer that still has unread data before it: `close` does not wait for it forever."""
    async with serve(kind, close_wait=0.05, bound=2**26) as running:
        client, session = await running.open()
        for _ in range(400):
            session.peer.write(packed(session.peer, b"x" * 65_536))
        session.peer.close(4409)
        assert await session.ended() == 4409
        await client.leave()
