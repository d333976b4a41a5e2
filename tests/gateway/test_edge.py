"""What connections share: one's trouble stays its own, and all of them end."""

import asyncio
import socket

import pytest

from onethread.gateway.addresses import Addresses
from onethread.gateway.edge import Edge
from onethread.gateway.flusher import Flusher
from onethread.hub.peer import Peer, Receiver
from tests.gateway import client as raw
from tests.gateway.client import Client, frame
from tests.gateway.harness import KINDS, packed, serve, until


class Stuck:
    """A connection that can't be flushed."""

    def __init__(self) -> None:
        self.codes: list[int] = []

    def flush(self) -> None:
        raise LookupError("a fault")

    def abort(self, code: int) -> None:
        self.codes.append(code)


class Fine:
    """A connection that can."""

    def __init__(self) -> None:
        self.flushed = 0

    def flush(self) -> None:
        self.flushed += 1

    def abort(self, code: int) -> None:
        raise AssertionError(code)


async def test_one_that_fails_does_not_hold_the_others_back(caplog: pytest.LogCaptureFixture) -> None:
    """An error in one connection's flush ends that one with 1011; the others are flushed, once each."""
    flusher, stuck, before, after = Flusher(), Stuck(), Fine(), Fine()
    for connection in (before, stuck, after):
        flusher.add(connection)
    await asyncio.sleep(0)
    assert (before.flushed, stuck.codes, after.flushed) == (1, [1011], 1)
    assert "could not be flushed" in caplog.text
    flusher.add(before)
    await asyncio.sleep(0)
    assert (before.flushed, after.flushed) == (2, 1)


@pytest.mark.parametrize("kind", KINDS)
async def test_session_that_cannot_be_opened_ends_its_connection(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An error of the hub when it opens a session costs that connection only, and is logged."""
    async with serve(kind) as running:

        def fail(peer: Peer) -> Receiver:
            raise LookupError("a fault")

        running.open_session = fail
        client = await Client.open(running.port)
        await client.end()
        await until(lambda: running.edge.traffic.open == 0)
        assert "a fault" in caplog.text
        running.open_session = running.echo
        healthy, _ = await running.open()
        healthy.send(frame(b"fine"))
        assert await healthy.payload() == b"fine"
        for ended in (client, healthy):
            await ended.leave()


@pytest.mark.parametrize("kind", KINDS)
async def test_receiver_that_fails_to_hear_of_the_end(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """An error in `lost` is logged; the connection is counted out all the same."""
    async with serve(kind) as running:
        client, session = await running.open()

        def fail(code: int) -> None:
            raise LookupError("a fault")

        session.lost = fail  # type: ignore[method-assign]
        await client.leave()
        await until(lambda: running.edge.traffic.open == 0)
        await until(lambda: "a fault" in caplog.text)


async def test_answer_to_a_close_beyond_the_bound_cuts() -> None:
    """A peer that closes while more is held for it than may be is aborted like any other (4430)."""
    async with serve("ready", bound=100_000) as running:
        client, session = await running.open()
        peer = session.peer

        def fill(payload: bytes) -> None:
            peer.write(packed(peer, b"x" * 99_980))

        session.on_message = fill
        client.send(frame(b"fill"), raw.close(1000, b"x" * 100))
        assert await session.ended() == 4430
        await client.leave()


async def test_one_who_pings_and_never_reads_is_cut() -> None:
    """Pongs count against the bound too."""
    async with serve("ready", bound=20_000) as running:
        client = await Client.open(running.port, receive_buffer=4_096)
        await until(lambda: bool(running.sessions))
        client.writer.transport.pause_reading()
        ping = frame(b"x" * 125, raw.PING)
        for _ in range(400):
            if running.sessions[0].codes:
                break
            client.send(ping * 400)
            await asyncio.sleep(0.01)
        assert await running.sessions[0].ended() == 4430
        await client.leave()


@pytest.mark.parametrize("kind", KINDS)
async def test_end_closes_all_and_returns_when_they_are_gone(kind: str) -> None:
    """`end` closes every connection with 1012, waits for those who answer and aborts those who don't."""
    async with serve(kind, close_wait=0.2) as running:
        pairs = [await running.open() for _ in range(5)]
        ending = asyncio.create_task(running.edge.end())
        for client, _ in pairs[1:]:
            assert await client.close_code() == 1012
        await ending
        assert [session.codes for _, session in pairs] == [[1012]] * 5
        assert running.edge.traffic.open == 0
        for client, _ in pairs:
            await client.leave()


class Deaf:
    """A connection that ends only when aborted."""

    address = "192.0.2.1"

    def __init__(self, edge: Edge) -> None:
        self.edge = edge

    def beat(self) -> None:
        """Not at all."""

    def close(self, code: int, reason: str = "") -> None:
        """Goes unheard."""

    def abort(self, code: int) -> None:
        asyncio.get_running_loop().call_soon(self.edge.ended, self, code)


async def test_end_aborts_those_who_do_not_close() -> None:
    """A connection whose own end hangs is aborted after the close wait."""
    edge = Edge(bound=1, heartbeat=25.0, connections_per_address=0, close_wait=0.02)
    async with edge:
        assert edge.admit(Deaf(edge))
    assert edge.traffic.closes == {1012: 1}


async def test_listener_given_to_the_server_is_closed_before_the_drain() -> None:
    """A server given its listening socket, as workers are, stops accepting there at once too."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    refused: list[bool] = []

    async def drain() -> None:
        try:
            await Client.dial(port)
        except ConnectionError:
            refused.append(True)

    async with serve("ready", listener=listener) as running:
        running.drain = drain
        client, _ = await running.open()
        await client.leave()
    assert refused == [True]
    assert listener.fileno() == -1


def test_addresses_are_limited_by_inits_and_refusals_apart() -> None:
    """The hub asks by address: 0 or the milliseconds to wait, for inits and for refusals."""
    addresses = Addresses(2, 1)
    assert [addresses.init("192.0.2.1") for _ in range(2)] == [0, 0]
    assert 0 < addresses.init("192.0.2.1") <= 30_000
    assert addresses.init("192.0.2.2") == 0
    assert addresses.refusal("192.0.2.1") == 0
    assert 30_000 < addresses.refusal("192.0.2.1") <= 60_000


def test_addresses_without_limits() -> None:
    """0 switches both limits off."""
    addresses = Addresses(0, 0)
    assert {addresses.init("192.0.2.1") for _ in range(1_000)} == {0}
    assert {addresses.refusal("192.0.2.1") for _ in range(1_000)} == {0}


async def test_second_end_finds_nothing_to_do() -> None:
    """`end` may be called again, as a server and then its lifespan do."""
    edge = Edge(bound=1, heartbeat=1.0, connections_per_address=0, close_wait=3600.0)
    await edge.end()
    await edge.end()
