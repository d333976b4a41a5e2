"""The client over a socket when connections end: the reconnect column, and what is sent again."""

from __future__ import annotations

import asyncio

import pytest

from onethread_client import State, Stopped
from tests.app.free import free_ports
from tests.client.builders import EPOCH, Frame, ack, arrival, at, error, event, mine, ready, replay
from tests.client.opening import client, states, until
from tests.client.scripted import Peer, Script, admitted, scripted

pytestmark = pytest.mark.usefixtures("soon")


def closing(code: int, *frames: Frame) -> Script:
    """A connection that is admitted, hears these, and is closed with the code."""

    async def script(peer: Peer) -> None:
        await peer.admit()
        await peer.send(*frames)
        await peer.close(code)

    return script


def refusing(code: int, *frames: Frame) -> Script:
    """A connection whose init is answered with these, and closed with the code."""

    async def script(peer: Peer) -> None:
        await peer.expect("init")
        await peer.send(*frames)
        await peer.close(code)

    return script


async def test_a_cut_line_is_resumed_and_what_was_not_acked_is_sent_again() -> None:
    """With the same cid, after a resume from the last event (WIRE.md section 2 and 6, 2)."""
    sent: list[Frame] = []

    async def one(peer: Peer) -> None:
        await peer.admit(event(1))
        sent.append(await peer.expect("send"))
        peer.cut()

    async def two(peer: Peer) -> None:
        init = await peer.expect("init")
        assert init["resume"] == {"epoch": EPOCH, **at(1)}
        await peer.send(ready(head=2), replay(event(2), reset=False))
        sent.append(await peer.expect("send"))
        await peer.send(ack(sent[-1]["cid"], 3, dup=True), arrival(mine(3, sent[-1]["cid"], text="hi")))

    async with scripted(one, two) as url, client(url) as chat:
        await chat.ready()
        assert (await chat.send("hi")).dup is True
        await until(chat, lambda: len(chat.messages) == 3)
        assert [message.text for message in chat.messages] == ["text 1", "text 2", "hi"]
    assert sent[0] == sent[1]


@pytest.mark.parametrize("code", [1009, 1011, 4408, 4429, 4430])
async def test_codes_that_say_yes_are_followed_by_another_connection(code: int) -> None:
    """With backoff, later, with resume: by itself in any case (WIRE.md section 7)."""
    async with scripted(closing(code), admitted) as url, client(url) as chat:
        assert (await states(chat, State.WAITING))[-1] is State.WAITING
        await chat.ready()


async def test_a_restart_is_followed_after_the_time_that_bye_says() -> None:
    """Nothing is written after `bye`; what was typed then goes to the next connection (WIRE.md section 6,
    10).
    """
    typed = "typed after bye"

    told = asyncio.Event()

    async def one(peer: Peer) -> None:
        await peer.admit()
        bye = {"t": "bye", "reason": "restart", "reconnect": True, "after_ms": 10}
        await peer.send(bye, arrival(event(1)))
        await told.wait()
        await peer.ping()
        await peer.close(1012)
        assert [frame["t"] for frame in await peer.silence()] == ["init"]

    async def two(peer: Peer) -> None:
        await peer.expect("init")
        await peer.send(ready(head=1), replay(reset=False, at=at(1)))
        assert (await peer.expect("send"))["text"] == typed

    async with scripted(one, two) as url, client(url) as chat:
        await until(chat, lambda: len(chat.messages) == 1)
        chat.send(typed)
        told.set()
        await states(chat, State.WAITING)
        await chat.ready()


@pytest.mark.parametrize("code", [1003, 4400, 4403])
async def test_codes_that_say_no_stop_the_client_until_a_person_asks(code: int) -> None:
    """Waits end with `Stopped`; what was typed stays queued and goes when a person asks (section 7)."""

    async def later(peer: Peer) -> None:
        await peer.admit()
        frame = await peer.expect("send")
        await peer.send(ack(frame["cid"], 1))

    async with scripted(closing(code), later) as url, client(url) as chat:
        await until(chat, lambda: chat.state is State.STOPPED)
        with pytest.raises(Stopped) as stopped:
            await chat.send("hi")
        assert stopped.value.close_code == code
        with pytest.raises(Stopped):
            await chat.ready()
        chat.reconnect()
        await until(chat, lambda: chat.state is State.LIVE)
        await until(chat, lambda: [message.seq for message in chat.messages] == [1])


async def test_wrong_credentials_stop_the_client_with_the_servers_reason() -> None:
    """4401: after fixing it (WIRE.md section 7)."""
    async with scripted(refusing(4401, error(401, "bad_credentials"))) as url, client(url) as chat:
        with pytest.raises(Stopped, match="bad_credentials"):
            await chat.ready()


async def test_an_init_that_cannot_be_right_stops_the_client() -> None:
    """400 `bad_field`: the program is told the field, and nothing is tried again (WIRE.md section 6, 6)."""

    async def script(peer: Peer) -> None:
        await peer.expect("init")
        await peer.send(error(400, "bad_field", message="user.user_id: 12345"))
        assert [frame["t"] for frame in await peer.silence()] == ["init"]

    async with scripted(script) as url, client(url) as chat:
        with pytest.raises(Stopped, match=r"user\.user_id"):
            await chat.ready()


async def test_a_store_that_is_away_gets_the_first_frame_again() -> None:
    """503 to init: the same frame on the same connection (WIRE.md section 6, 6)."""

    async def script(peer: Peer) -> None:
        first = await peer.expect("init")
        await peer.send(error(503, "store_unavailable", retry_after_ms=1))
        assert await peer.expect("init") == first
        await peer.send(ready(), replay())

    async with scripted(script) as url, client(url) as chat:
        await chat.ready()


async def test_a_moved_visitor_comes_back_when_a_person_acts() -> None:
    """4409 without a `user_id`: sending is such an act (WIRE.md section 7)."""

    async def visitor(peer: Peer) -> None:
        await peer.admit(identity="none", role="visitor", visitor="v")
        await peer.close(4409)

    async with scripted(visitor, admitted) as url, client(url, user=None) as chat:
        await until(chat, lambda: chat.state is State.STOPPED)
        chat.send("hello?")
        await until(chat, lambda: chat.state is State.LIVE)


async def test_a_moved_user_comes_back_at_once() -> None:
    """4409 with a `user_id`: yes."""
    async with scripted(closing(4409), admitted) as url, client(url) as chat:
        await states(chat, State.WAITING)
        await chat.ready()


async def test_nonsense_from_the_server_is_answered_with_another_connection() -> None:
    """What WIRE.md does not allow ends the connection, not the client."""

    async def mad(peer: Peer) -> None:
        await peer.admit()
        await peer.garble(b"\xc1")

    async def odd(peer: Peer) -> None:
        await peer.admit()
        await peer.send({"t": "event", "thread": "th", "event": "none"})

    async with scripted(mad, odd, admitted) as url, client(url) as chat:
        await states(chat, State.WAITING)
        await states(chat, State.WAITING)
        await chat.ready()


async def test_a_replay_that_would_leave_a_gap_is_asked_for_afresh() -> None:
    """Never a silent gap: the next init has no resume."""

    async def gap(peer: Peer) -> None:
        await peer.expect("init")
        await peer.send(ready(head=9), replay(event(9), reset=False))

    async def whole(peer: Peer) -> None:
        assert "resume" not in await peer.admit(event(1))

    async with scripted(gap, whole) as url, client(url) as chat:
        await states(chat, State.WAITING)
        await until(chat, lambda: len(chat.messages) == 1)


async def test_a_server_that_comes_later_is_found() -> None:
    """Not reached, a wait, another try; a person may cut the wait short."""
    [port] = free_ports(1)
    async with client(f"ws://127.0.0.1:{port}/ws") as chat:
        assert await states(chat, State.WAITING) == [State.CONNECTING, State.WAITING]
        async with scripted(admitted, port=port):
            chat.reconnect()
            await chat.ready()
            await chat.close()
