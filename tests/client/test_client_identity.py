"""The client over a socket as one person or another: tokens, providers, tabs, login and logout (WIRE.md
section 8).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from onethread_client import ClientClosed, DirectoryStorage, LoggedOut, MemoryStorage, State, Tick
from tests.app.free import free_ports
from tests.client.builders import OTHER, THREAD, Frame, ack, error, event, ready, replay
from tests.client.opening import client, until
from tests.client.scripted import Peer, Script, scripted

BYE = {"t": "bye", "reason": "logout", "reconnect": False, "after_ms": 0}


def visitor(inits: list[Frame], token: str, thread: str = THREAD, *events: Frame) -> Script:
    """A connection that admits a visitor, and gives this token."""

    async def script(peer: Peer) -> None:
        inits.append(await peer.admit(*events, identity="none", role="visitor", visitor=token, thread=thread))

    return script


async def test_a_visitors_token_is_kept_for_the_next_time(tmp_path: Path) -> None:
    """The same visitor, in the same thread, after a restart of the program."""
    inits: list[Frame] = []
    async with scripted(visitor(inits, "v1"), visitor(inits, "v2")) as url:
        for _ in range(2):
            async with client(url, user=None, storage=DirectoryStorage(tmp_path)) as chat:
                await chat.ready()
    assert [init.get("visitor") for init in inits] == [None, "v1"]


async def test_a_device_without_a_token_makes_one_init_at_a_time() -> None:
    """Two tabs that start together are one visitor: the second init has the first one's token."""
    inits: list[Frame] = []
    storage = MemoryStorage()
    scripts = visitor(inits, "v1"), visitor(inits, "v2")
    async with scripted(*scripts) as url:
        one, two = client(url, user=None, storage=storage), client(url, user=None, storage=storage)
        async with one, two:
            await one.ready()
            await two.ready()
    assert [init.get("visitor") for init in inits] == [None, "v1"]
    assert inits[0]["device"] == inits[1]["device"]


async def test_a_token_that_another_tab_stored_meanwhile_wins() -> None:
    """The client drops its own and reconnects with the stored one; nothing was sent on the first."""
    storage = MemoryStorage()

    async def late(peer: Peer) -> None:
        assert "visitor" not in await peer.expect("init")
        storage.put("token.visitor", {"token": "the other's", "thread": OTHER})
        await peer.send(ready(visitor="mine", role="visitor", identity="none"), replay())
        assert [frame["t"] for frame in await peer.silence()] == ["init"]

    inits: list[Frame] = []
    scripts = late, visitor(inits, "renewed", OTHER)
    async with scripted(*scripts) as url, client(url, user=None, storage=storage) as chat:
        chat.send("hi")
        await chat.ready()
        assert chat.thread == OTHER
    assert [init["visitor"] for init in inits] == ["the other's"]


async def test_login_takes_the_visitor_along() -> None:
    """The next init has the user and the visitor's token; what was queued moves, with its cid."""
    inits: list[Frame] = []

    async def user(peer: Peer) -> None:
        inits.append(await peer.admit(event(1), carried_from=[THREAD], thread=OTHER))
        inits.append(await peer.expect("send"))
        await peer.send(ack(inits[-1]["cid"], 9, OTHER))

    async with scripted(visitor(inits, "v"), user) as url, client(url, user=None) as chat:
        await chat.ready()
        chat.login({"user_id": "12345"})
        assert chat.state is State.CONNECTING
        await chat.ready()
        sending = chat.send("hi")
        await until(chat, lambda: chat.messages[-1].tick is Tick.ACKED)
    assert (inits[1]["user"], inits[1]["visitor"]) == ({"user_id": "12345"}, "v")
    assert (inits[2]["cid"], inits[2]["thread"]) == (sending.cid, OTHER)


async def test_a_provider_is_asked_for_each_connection_and_before_the_end() -> None:
    """A fresh token in each init, and one in `auth` before the old one ends (WIRE.md section 8, Proofs)."""
    tokens = iter(["one", "two", "three"])
    asked: list[Frame] = []

    async def provide() -> str:
        return next(tokens)

    async def first(peer: Peer) -> None:
        asked.append(await peer.admit(identity="signed", expires_in_ms=100))
        asked.append(await peer.expect("auth"))
        await peer.send({"t": "authed", "exp": 1, "expires_in_ms": 900_000, "ref": asked[-1]["ref"]})
        await peer.close(4408)

    async def second(peer: Peer) -> None:
        asked.append(await peer.admit(identity="signed", expires_in_ms=900_000))

    async with scripted(first, second) as url, client(url, token=provide) as chat:
        await until(chat, lambda: len(asked) == 3)
    assert [frame["token"] for frame in asked] == ["one", "two", "three"]


async def test_an_expired_token_is_replaced_by_a_fresh_one() -> None:
    """401 `token_expired`, close 4401: reconnect after fixing it, which a provider does."""
    tokens = iter(["old", "new"])
    inits: list[Frame] = []

    async def expired(peer: Peer) -> None:
        inits.append(await peer.expect("init"))
        await peer.send(error(401, "token_expired"))
        await peer.close(4401)

    async def fine(peer: Peer) -> None:
        inits.append(await peer.admit())

    async with scripted(expired, fine) as url, client(url, token=lambda: next(tokens)) as chat:
        await chat.ready()
    assert [init["token"] for init in inits] == ["old", "new"]


async def test_a_provider_that_fails_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    """At init and at renewal; what it said may hold a secret and is not logged."""
    calls = 0

    def provide() -> str:
        nonlocal calls
        calls += 1
        if calls in (1, 3):
            raise RuntimeError("secret-key is wrong")
        return f"token {calls}"

    async def script(peer: Peer) -> None:
        assert (await peer.admit(identity="signed", expires_in_ms=100))["token"] == "token 2"
        assert (await peer.expect("auth"))["token"] == "token 4"
        await peer.send(event_frame)

    event_frame = {"t": "event", "thread": THREAD, "event": event(1)}
    with caplog.at_level("INFO"):
        async with scripted(script) as url, client(url, token=provide) as chat:
            await until(chat, lambda: len(chat.messages) == 1)
    assert "secret" not in caplog.text


async def test_logout_deletes_everything_and_tells_the_server(tmp_path: Path) -> None:
    """Tokens, events and outbox go before any answer; the client is over (section 8, Visitor tokens)."""
    left_when_told: list[str] = []

    async def script(peer: Peer) -> None:
        await peer.admit(event(1), identity="none", role="visitor", visitor="v")
        await peer.expect("logout")
        left_when_told.extend(key for key, _ in DirectoryStorage(tmp_path).items(""))
        await peer.send(BYE)
        await peer.close(1000)

    async with scripted(script) as url, client(url, user=None, storage=DirectoryStorage(tmp_path)) as chat:
        await chat.ready()
        sending = chat.send("never acked")
        changes = chat.changes()
        await chat.logout()
        assert LoggedOut() in [change async for change in changes]
        assert (chat.state, chat.messages) == (State.CLOSED, ())
        with pytest.raises(ClientClosed):
            await sending
        with pytest.raises(ClientClosed):
            chat.send("after it")
    assert left_when_told == []
    assert list(DirectoryStorage(tmp_path).items("")) == []


async def test_logout_without_a_connection_deletes_everything_too(tmp_path: Path) -> None:
    """Offline too, before any answer."""
    storage = DirectoryStorage(tmp_path)
    async with client(f"ws://127.0.0.1:{free_ports(1)[0]}/ws", storage=storage) as chat:
        chat.send("never sent")
        await until(chat, lambda: chat.state is State.WAITING)
        await chat.logout()
        assert chat.state is State.CLOSED
    assert list(storage.items("")) == []


async def test_a_logout_on_another_connection_of_the_device_deletes_everything(tmp_path: Path) -> None:
    """`bye` with `reason: logout`: the client deletes everything and does not come back."""

    async def script(peer: Peer) -> None:
        await peer.admit(event(1), identity="none", role="visitor", visitor="v")
        await peer.send(BYE)
        await peer.close(1000)

    storage = DirectoryStorage(tmp_path)
    async with scripted(script) as url, client(url, user=None, storage=storage) as chat:
        await until(chat, lambda: chat.state is State.CLOSED)
        assert chat.messages == ()
    assert list(storage.items("")) == []


async def test_a_storage_that_fails_loses_no_connection_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk at `ready`: the connection is dropped and tried again; at a save: only a warning."""
    storage = DirectoryStorage(tmp_path)
    put, full = DirectoryStorage.put, [True]

    def failing(self: DirectoryStorage, key: str, record: dict[str, object]) -> None:
        if full[0] and key.startswith("token."):
            full[0] = False
            raise OSError(28, "No space left on device")
        if key.startswith("log."):
            raise OSError(28, "No space left on device")
        put(self, key, record)

    monkeypatch.setattr(DirectoryStorage, "put", failing)
    inits: list[Frame] = []
    scripts = visitor(inits, "v1"), visitor(inits, "v2", THREAD, event(1))
    async with scripted(*scripts) as url, client(url, user=None, storage=storage) as chat:
        await until(chat, lambda: len(chat.messages) == 1)
    assert caplog.text.count("No space left on device") >= 2


async def test_a_device_without_a_name_keeps_the_id_it_made_up(tmp_path: Path) -> None:
    """`device.id` is the client's own, stable string (DESIGN.md section 1)."""
    inits: list[Frame] = []
    async with scripted(visitor(inits, "v1"), visitor(inits, "v2")) as url:
        for _ in range(2):
            async with client(url, user=None, device=None, storage=DirectoryStorage(tmp_path)) as chat:
                await chat.ready()
    assert inits[0]["device"]["id"] == inits[1]["device"]["id"]
    assert 1 <= len(inits[0]["device"]["id"]) <= 64


async def test_what_no_init_could_carry_is_refused_at_once() -> None:
    """Over 256 KiB the server would cut the connection, again and again."""
    with pytest.raises(ValueError, match="over the wire's"):
        client("ws://127.0.0.1:9/ws", user={"custom_data": {"k": "x" * 300_000}})
    chat = client("ws://127.0.0.1:9/ws")
    with pytest.raises(ValueError, match="over the wire's"):
        chat.login({"custom_data": {"k": "x" * 300_000}})
