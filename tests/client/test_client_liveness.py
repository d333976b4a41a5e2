"""The client over a socket whose other side falls silent: heartbeats, and peers as good as dead."""

from __future__ import annotations

import asyncio

import pytest

from onethread_client import State, liveness, pump
from tests.client.builders import arrival, event
from tests.client.opening import client, states, until
from tests.client.scripted import Peer, admitted, scripted

pytestmark = pytest.mark.usefixtures("soon")


async def test_a_server_that_never_says_ready_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `ready` after 20 s it reconnects with backoff (WIRE.md section 6, 10)."""
    monkeypatch.setattr(liveness, "READY_WITHIN", 0.1)

    async def mute(peer: Peer) -> None:
        assert [frame["t"] for frame in await peer.silence()] == ["init"]

    async with scripted(mute, admitted) as url, client(url) as chat:
        await states(chat, State.WAITING)
        monkeypatch.setattr(liveness, "READY_WITHIN", 20.0)
        await chat.ready()


async def test_silence_is_answered_with_ping_and_then_with_another_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing for `heartbeat_ms`: `ping`; 5 s of silence more: reconnect (WIRE.md section 6, 5)."""
    monkeypatch.setattr(liveness, "PONG_WITHIN", 0.1)

    async def dead(peer: Peer) -> None:
        await peer.admit(heartbeat_ms=50)
        assert [frame["t"] for frame in await peer.silence()] == ["init", "ping"]

    async with scripted(dead, admitted) as url, client(url) as chat:
        assert State.WAITING in await states(chat, State.WAITING)
        await chat.ready()


async def test_a_pong_keeps_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever answers is there."""
    monkeypatch.setattr(liveness, "PONG_WITHIN", 10.0)

    async def slow(peer: Peer) -> None:
        await peer.admit(heartbeat_ms=20)
        for _ in range(3):
            await peer.expect("ping")
            await peer.send({"t": "pong", "at": 1})
        await peer.send(arrival(event(1)))

    async with scripted(slow) as url, client(url) as chat:
        await until(chat, lambda: len(chat.messages) == 1)


async def test_pings_of_the_protocol_are_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's RFC 6455 pings keep the connection, be its frames ever so few (WIRE.md section 6, 5)."""
    monkeypatch.setattr(liveness, "PONG_WITHIN", 1.5)

    async def beating(peer: Peer) -> None:
        await peer.admit(heartbeat_ms=100)
        for _ in range(40):
            await peer.ping()
            await asyncio.sleep(0.05)
        await peer.send(arrival(event(1)))

    async with scripted(beating) as url, client(url) as chat:
        await until(chat, lambda: len(chat.messages) == 1)


async def test_a_server_that_takes_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer that reads nothing is as dead as one that says nothing; what was typed goes to the next one."""
    monkeypatch.setattr(pump, "PONG_WITHIN", 0.2)

    async def deaf(peer: Peer) -> None:
        await peer.admit()
        peer.stop_reading()

    async def hearing(peer: Peer) -> None:
        await peer.admit()
        await peer.expect("send")

    async with scripted(deaf, hearing) as url, client(url) as chat:
        await chat.ready()
        for _ in range(100):
            chat.page("https://demo.test/" + "x" * 200_000)
            chat.track("much", {"k": "x" * 200_000})
        chat.send("hi")
        await states(chat, State.WAITING)
        await chat.ready()
