"""Writing to peers: gathered, bounded, paced; and reading held back (DESIGN.md section 4, promise P6)."""

import asyncio

import pytest

from tests.gateway.client import PATIENCE, Client, close, frame
from tests.gateway.harness import KINDS, Echo, Running, packed, serve, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

PART = b"p" * 32_768
"""As long as a part of a replay."""


async def test_what_one_turn_writes_leaves_in_one_write(ready: Running) -> None:
    """All that is written to a connection in one turn of the loop is one write, in the order given."""
    client, session = await ready.open()
    other, other_session = await ready.open()
    writes = ready.edge.traffic.writes
    for i in range(50):
        session.peer.write(packed(session.peer, b"%d" % i))
        other_session.peer.write(packed(other_session.peer, b"other %d" % i))
    assert [await client.payload() for _ in range(50)] == [b"%d" % i for i in range(50)]
    assert [await other.payload() for _ in range(50)] == [b"other %d" % i for i in range(50)]
    assert ready.edge.traffic.writes == writes + 2
    await client.leave()
    await other.leave()


async def test_same_bytes_go_to_all_peers_of_a_wire(running: Running) -> None:
    """A frame packed once can be written to every peer with the same wire; each codec has one."""
    pairs = [await running.open() for _ in range(3)]
    text = await running.open(sec_websocket_protocol=None)
    wires = {id(session.peer.wire) for _, session in pairs}
    assert len(wires) == 1
    assert text[1].peer.wire is not pairs[0][1].peer.wire
    ready_made = packed(pairs[0][1].peer, b"to all")
    for client, session in pairs:
        session.peer.write(ready_made)
        assert await client.payload() == b"to all"
        await client.leave()
    await text[0].leave()


@pytest.mark.parametrize("kind", KINDS)
async def test_peer_that_does_not_read_is_cut_and_others_go_on(kind: str) -> None:
    """Beyond the bound a peer is aborted with 4430; what others are sent meanwhile arrives."""
    async with serve(kind, bound=300_000) as running:
        slow, slow_session = await running.open()
        healthy, session = await running.open()
        sent = 0
        while not slow_session.codes:
            slow_session.peer.write(packed(slow_session.peer, PART))
            session.peer.write(packed(session.peer, b"%d" % sent))
            assert await healthy.payload() == b"%d" % sent
            sent += 1
            assert sent < 2_000
        assert await slow_session.ended() == 4430
        healthy.send(frame(b"fine"))
        assert await healthy.payload() == b"fine"
        assert 4430 in running.edge.traffic.closes
        await slow.leave()
        await healthy.leave()


@pytest.mark.parametrize("kind", KINDS)
async def test_one_burst_beyond_the_bound_cuts(kind: str) -> None:
    """The bound holds within one turn of the loop too; nothing is written to the one who was cut."""
    async with serve(kind, bound=100_000) as running:
        client, session = await running.open()
        for _ in range(10):
            session.peer.write(packed(session.peer, PART))
        assert await session.ended() == 4430
        assert session.codes == [4430]
        await client.leave()


@pytest.mark.parametrize("kind", KINDS)
async def test_paced_by_drained_no_length_is_too_slow(kind: str) -> None:
    """Whoever awaits `drained` between parts can send any amount to a slow reader, far beyond the bound."""
    async with serve(kind, bound=200_000) as running:
        client = await Client.open(running.port, receive_buffer=8_192)
        await until(lambda: bool(running.sessions))
        peer = running.sessions[0].peer

        async def replay() -> None:
            for i in range(200):
                peer.write(packed(peer, b"%03d" % i + PART))
                await peer.drained()

        replaying = asyncio.create_task(replay())
        for i in range(200):
            assert (await client.payload())[:3] == b"%03d" % i
        await replaying
        assert running.sessions[0].codes == []
        await client.leave()


async def choke(session: Echo) -> list[asyncio.Task[None]]:
    """Write until the peer's buffer is full, and let three wait for it to drain."""
    peer = session.peer
    waiting: list[asyncio.Task[None]] = []
    for _ in range(200):
        peer.write(packed(peer, PART))
        waiting = [asyncio.create_task(peer.drained()) for _ in range(3)]
        done, _ = await asyncio.wait(waiting, timeout=0.05)
        if not done:
            return waiting
    raise AssertionError("it never filled up")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["abort", "close", "vanish"])
async def test_drained_raises_when_the_peer_is_gone(kind: str, how: str) -> None:
    """Whoever waits in `drained` when the connection ends, and who comes later, gets ConnectionError."""
    async with serve(kind, bound=2**26, close_wait=0.05) as running:
        client, session = await running.open()
        waiting = await choke(session)
        match how:
            case "abort":
                session.peer.abort(4430)
            case "close":
                session.peer.close(4403)
            case _:
                client.vanish()
        async with asyncio.timeout(PATIENCE):
            outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [ConnectionError] * 3
        await session.ended()
        with pytest.raises(ConnectionError):
            await session.peer.drained()
        await client.leave()


@pytest.mark.parametrize("kind", KINDS)
async def test_cancelled_wait_for_draining_leaves_the_others_waiting(kind: str) -> None:
    """Each waits in `drained` for itself: one being cancelled does not wake or end the others."""
    async with serve(kind, bound=2**26) as running:
        client, session = await running.open()
        waiting = await choke(session)
        waiting[0].cancel()
        await asyncio.wait(waiting[:1])
        assert waiting[0].cancelled()
        assert not waiting[1].done()
        while not all(task.done() for task in waiting):
            await client.payload()
        await asyncio.gather(*waiting[1:])
        await client.leave()


async def test_paused_receiver_gets_nothing_until_it_resumes(running: Running) -> None:
    """From `pause_reading` on no message comes, not even one already read; then all come, in order."""
    client, session = await running.open()
    session.on_message = lambda payload: session.peer.pause_reading()
    client.send(*(frame(b"%d" % i) for i in range(10)))
    await until(lambda: bool(session.received_payloads))
    client.send(*(frame(b"%d" % i) for i in range(10, 20)))
    for _ in range(20):
        await asyncio.sleep(0.001)
    assert session.received_payloads == [b"0"]
    session.on_message = session.echo
    session.peer.resume_reading()
    assert [await client.payload() for _ in range(19)] == [b"%d" % i for i in range(1, 20)]
    await client.leave()


async def test_pausing_after_each_message_delivers_one_at_a_time(running: Running) -> None:
    """Pausing in each message and resuming later loses none, fragmented ones and half ones among them."""
    client, session = await running.open()

    def hold(payload: bytes) -> None:
        session.peer.pause_reading()
        asyncio.get_running_loop().call_soon(session.peer.resume_reading)
        session.echo(payload)

    session.on_message = hold
    stream = b"".join(
        (frame(b"a"), frame(b"b", fin=False), frame(b"c", 0x0), frame(b"d" * 1_000), frame(b"e"))
    )
    client.send(stream[:-500])
    await asyncio.sleep(0.01)
    client.send(stream[-500:])
    assert [await client.payload() for _ in range(4)] == [b"a", b"bc", b"d" * 1_000, b"e"]
    await client.leave()


async def test_paused_peer_can_be_closed(running: Running) -> None:
    """`close` on a paused connection finds the peer's close frame, which may have come before.

    (Under the fallback the server may have answered that one already.)
    """
    client, session = await running.open()
    session.on_message = lambda payload: session.peer.pause_reading()
    client.send(frame(b"a"), frame(b"b"), close(1000))
    await until(lambda: bool(session.received_payloads))
    session.peer.close(4403)
    assert (await client.frame()).code == (4403 if running.kind == "ready" else 1000)
    await client.end()
    assert await session.ended() == 4403
    assert session.received_payloads == [b"a"]
    await client.leave()
