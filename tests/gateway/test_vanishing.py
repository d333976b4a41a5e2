"""Peers that vanish, at every stage of a connection's life: nothing raised, nothing left behind."""

import asyncio
import logging

import pytest

from tests.gateway.client import CLOSE, Client, frame, request
from tests.gateway.harness import KINDS, Running, packed, serve, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHOLE = frame(b"x" * 1_000)
STAGES = {
    "connected": b"",
    "half a request line": b"GET /w",
    "half a request": request()[:-10],
    "a handshake": request(),
    "a handshake and half a message": request() + WHOLE[:500],
    "a handshake and a message": request() + WHOLE,
    "a handshake and half of many fragments": request()
    + frame(b"a", fin=False) * 1
    + frame(b"b", 0, fin=False),
    "a handshake and half a close frame": request() + frame(b"\x03\xe8", CLOSE)[:3],
}


@pytest.mark.parametrize("ending", ["reset", "end of stream"])
@pytest.mark.parametrize("stage", STAGES)
async def test_vanishing_client_leaves_nothing(
    running: Running, stage: str, ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A client that goes after any part of a conversation costs its session its end, and no error."""
    known = len(running.sessions)
    client = await Client.dial(running.port)
    client.send(STAGES[stage])
    await asyncio.sleep(0.005)
    if ending == "reset":
        client.vanish()
    else:
        client.writer.close()
    # A later connection works, and by then the earlier one has been dealt with.
    healthy, session = await running.open()
    healthy.send(frame(b"fine"))
    assert await healthy.payload() == b"fine"
    for ended in running.sessions[known:]:
        if ended is not session:
            assert await ended.ended() in (1005, 1006)
    await healthy.leave()
    await session.ended()
    assert running.edge.traffic.open == 0
    assert len(running.edge.per_address) == 0
    assert len(running.edge.connections) == 0
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    await client.leave()


async def test_vanished_peer_counts_as_1006(ready: Running) -> None:
    """An end without a close frame is 1006 to the receiver (RFC 6455 7.1.5), by reset or end of stream."""
    for half in (False, True):
        client, session = await ready.open()
        if half:
            client.writer.close()
        else:
            client.vanish()
        assert await session.ended() == 1006
        await client.leave()


@pytest.mark.parametrize("kind", KINDS)
async def test_vanishing_while_much_is_on_its_way(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """A peer that resets with a full buffer is over like any other; writes to it are nothing."""
    async with serve(kind, bound=2**26) as running:
        client, session = await running.open()
        for _ in range(200):
            session.peer.write(packed(session.peer, b"x" * 32_768))
        await asyncio.sleep(0.01)
        client.vanish()
        for _ in range(1_000):
            session.peer.write(packed(session.peer, b"y"))
            await asyncio.sleep(0)
        await session.ended()
        session.peer.write(packed(session.peer, b"z"))
        session.peer.close(1000)
        session.peer.abort(4430)
        session.peer.pause_reading()
        session.peer.resume_reading()
        await asyncio.sleep(0.01)
        assert len(session.codes) == 1
        assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
        await client.leave()


@pytest.mark.parametrize("kind", KINDS)
async def test_half_closed_peer_that_does_not_read_is_ended(kind: str) -> None:
    """A peer that ends its side and leaves its data unread is held for the close wait at most."""
    async with serve(kind, bound=2**26, close_wait=0.05) as running:
        client, session = await running.open()
        for _ in range(400):
            session.peer.write(packed(session.peer, b"x" * 65_536))
        client.writer.write_eof()
        await until(lambda: bool(session.codes) or running.kind != "ready")
        await client.leave()
        await session.ended()


@pytest.mark.parametrize("kind", KINDS)
async def test_vanishing_after_our_close(kind: str) -> None:
    """A peer that is gone before it answers our close frame is over with the code we gave."""
    async with serve(kind) as running:
        client, session = await running.open()
        session.peer.close(4401)
        client.vanish()
        assert await session.ended() == 4401
        await client.leave()
