"""Signs of life: pings to everybody, and the end of those who show none (WIRE.md sections 6.5 and 7)."""

import asyncio

import pytest

from onethread.gateway.edge import Edge
from onethread.gateway.heartbeat import SLOTS, Heartbeat
from onethread.gateway.ready import ReadyProtocol
from onethread.hub.wire import Wire
from onethread_protocol.codec import MSGPACK
from tests.gateway.client import CLOSE, PING, PONG, Client, frame
from tests.gateway.harness import Running, packed, serve, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Counted:
    """Counts its beats."""

    def __init__(self) -> None:
        self.beats = 0

    def beat(self) -> None:
        self.beats += 1


def beat(running: Running) -> None:
    """One heartbeat of all connections, now."""
    for slot in range(SLOTS):
        running.edge.connections.sweep(slot)


async def test_every_connection_is_visited_once_an_interval() -> None:
    """A sweep over all slots visits each connection once, and those that left no more."""
    heartbeat: Heartbeat[Counted] = Heartbeat(25.0)
    counted = [Counted() for _ in range(500)]
    for connection in counted:
        heartbeat.add(connection)
    for connection in counted[:100]:
        assert heartbeat.remove(connection)
        assert not heartbeat.remove(connection)
    for slot in range(SLOTS):
        heartbeat.sweep(slot)
    assert [connection.beats for connection in counted] == [0] * 100 + [1] * 400
    assert len(heartbeat) == 400
    assert set(heartbeat) == set(counted[100:])


async def test_connections_may_leave_while_visited() -> None:
    """A connection whose beat is its end does not disturb the sweep."""
    heartbeat: Heartbeat[Counted] = Heartbeat(25.0)

    class Leaving(Counted):
        """Leaves at its first beat."""

        def beat(self) -> None:
            super().beat()
            heartbeat.remove(self)

    leaving = [Leaving() for _ in range(10 * SLOTS)]
    for connection in leaving:
        heartbeat.add(connection)
    for slot in (*range(SLOTS), *range(SLOTS)):
        heartbeat.sweep(slot)
    assert [connection.beats for connection in leaving] == [1] * len(leaving)
    assert len(heartbeat) == 0


async def test_work_is_spread_over_the_slots() -> None:
    """No slot has much more than its share of connections, whatever their addresses in memory."""
    edge = Edge(bound=1, heartbeat=25.0, connections_per_address=0)
    wire = Wire(MSGPACK, bytes)
    peers = [ReadyProtocol(edge, wire, "192.0.2.1", None) for _ in range(SLOTS * 50)]
    for peer in peers:
        edge.connections.add(peer)
    visits = [len(slot) for slot in edge.connections._slots]
    assert sum(visits) == len(peers)
    assert max(visits) < 5 * 50


async def test_run_goes_on_visiting() -> None:
    """The sweep goes round and round until it is cancelled."""
    heartbeat: Heartbeat[Counted] = Heartbeat(0.01)
    counted = Counted()
    heartbeat.add(counted)
    running = asyncio.create_task(heartbeat.run())
    await until(lambda: counted.beats >= 3)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()


async def test_client_that_answers_pings_stays(ready: Running) -> None:
    """Each heartbeat pings with an empty payload; who answers is never cut."""
    client, session = await ready.open()
    for _ in range(10):
        beat(ready)
        ping = await client.frame()
        assert (ping.opcode, ping.payload) == (PING, b"")
        before = ready.edge.traffic.bytes_in
        client.send(frame(b"", PONG))
        await until(lambda expected=before: ready.edge.traffic.bytes_in > expected)  # type: ignore[misc]
    assert session.codes == []
    await client.leave()


async def test_any_bytes_are_a_sign_of_life(ready: Running) -> None:
    """A client in the middle of a long message, that answers no ping meanwhile, is alive."""
    client, session = await ready.open()
    long = frame(b"x" * 1_000)
    for i in range(10):
        beat(ready)
        before = ready.edge.traffic.bytes_in
        client.send(long[i * 10 : i * 10 + 10])
        await until(lambda expected=before: ready.edge.traffic.bytes_in > expected)  # type: ignore[misc]
    assert session.codes == []
    await client.leave()


async def test_client_silent_for_two_heartbeats_is_closed_4408(ready: Running) -> None:
    """Two whole heartbeats without a sign of life: 4408, told to a client that still reads."""
    client, session = await ready.open()
    for _ in range(2):
        beat(ready)
        assert (await client.frame()).opcode == PING
    assert session.codes == []
    beat(ready)
    answer = await client.frame()
    assert (answer.opcode, answer.code) == (CLOSE, 4408)
    client.send(frame(answer.payload, CLOSE))
    await client.end()
    assert await session.ended() == 4408
    await client.leave()


async def test_silent_client_that_does_not_read_is_aborted() -> None:
    """A silent client with data not taken is aborted, not closed: the code is only for metrics and log."""
    async with serve("ready", bound=2**26) as running:
        client, session = await running.open()
        for _ in range(200):
            session.peer.write(packed(session.peer, b"x" * 65_536))
        await asyncio.sleep(0.01)
        for _ in range(3):
            beat(running)
        assert await session.ended() == 4408
        assert running.edge.traffic.closes == {4408: 1}
        await client.leave()


async def test_paused_connection_is_not_silent(ready: Running) -> None:
    """While the hub itself does not read a connection, its silence is not held against it."""
    client, session = await ready.open()
    session.peer.pause_reading()
    for _ in range(10):
        beat(ready)
    session.peer.resume_reading()
    client.send(frame(b"here"))
    while (got := await client.frame()).opcode == PING:
        pass
    assert got.payload == b"here"
    await client.leave()


async def test_heart_beats_by_itself() -> None:
    """A running edge pings and cuts at its interval, with nobody else's help."""
    async with serve("ready", heartbeat=0.05, close_wait=0.05) as running:
        quiet, quiet_session = await running.open()
        lively, session = await running.open()
        pings = 0
        while not quiet_session.codes:
            assert (await lively.frame()).opcode == PING
            lively.send(frame(b"", PONG))
            pings += 1
        assert pings >= 2
        assert session.codes == []
        assert await quiet_session.ended() == 4408
        for client in (quiet, lively):
            await Client.leave(client)
