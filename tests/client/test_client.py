"""The client over a socket, against exchanges of WIRE.md: what it writes, and what its callers get."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from onethread_client import (
    ClientClosed,
    CommandSettled,
    DirectoryStorage,
    MessageChanged,
    RequestRefused,
    State,
    StateChanged,
    ThreadChanged,
    Tick,
)
from tests.client.builders import (
    ANA,
    ME,
    OTHER,
    THREAD,
    Frame,
    ack,
    arrival,
    at,
    error,
    event,
    event_id,
    mine,
    ready,
    replay,
)
from tests.client.opening import LAPTOP, client, until
from tests.client.scripted import Peer, scripted


async def echo(peer: Peer, seq: int) -> None:
    """Takes one `send`, acks it and delivers its event."""
    frame = await peer.expect("send")
    await peer.send(ack(frame["cid"], seq), arrival(mine(seq, frame["cid"], text=frame["text"])))


async def test_the_first_frame_is_init_and_a_message_is_acked() -> None:
    """`async with Client(…) as chat: await chat.send("hi")` is all it takes."""

    inits: list[Frame] = []

    async def script(peer: Peer) -> None:
        inits.append(await peer.admit())
        await echo(peer, 1)

    async with scripted(script) as url, client(url) as chat:
        got = await chat.send("hi")
        assert (got.seq, got.id, got.thread, got.dup) == (1, event_id(1), THREAD, False)
        await until(chat, lambda: chat.messages[0].author is not None)
        [message] = chat.messages
        assert (message.text, message.mine, message.tick) == ("hi", True, Tick.ACKED)
        assert chat.outbox == ()
    credentials = {"org": "demo", "app_id": 1, "app_secret": "demo-secret"}
    assert inits == [{"t": "init", **credentials, "device": LAPTOP, "user": {"user_id": "12345"}}]


async def test_ready_waits_until_everything_is_here() -> None:
    """It returns after the replay's last part, with what the server holds."""

    async def script(peer: Peer) -> None:
        await peer.admit(event(1), mine(2), agents_online=1, devices=[{"id": "laptop", "online": True}])

    async with scripted(script) as url, client(url) as chat:
        await chat.ready()
        assert chat.state is State.LIVE
        assert [message.text for message in chat.messages] == ["text 1", "text 2"]
        assert (chat.thread, chat.identity, chat.refused, chat.unread) == (THREAD, "open", False, 1)
        assert (chat.agents_online, chat.devices[0]["id"], chat.more) == (1, "laptop", False)
        assert chat.contact["name"] == ME["name"]
        assert [one.kind for one in chat.events] == ["message", "message"]


async def test_changes_are_told_as_they_happen() -> None:
    """Connection, messages, typing, read positions: one value each, in order, until the client closes."""

    async def script(peer: Peer) -> None:
        await peer.admit()
        await peer.expect("send")
        await peer.send(
            arrival(event(1)),
            {"t": "typing", "thread": THREAD, "from": ANA, "on": True},
            {"t": "read", "thread": THREAD, "side": "agents", "by": {"id": "ag_1", "name": "Ana"}, "seq": 1},
            {"t": "presence", "agents_online": 2},
        )

    async with scripted(script) as url, client(url) as chat:
        changes = chat.changes()
        chat.send("hi")
        await until(chat, lambda: chat.agents_online == 2)
        assert [author.name for author in chat.typists] == ["Ana"]
        assert chat.read_positions == {"contact": 0, "agents": 1}
    kinds = [type(change).__name__ async for change in changes]
    assert kinds[0] == "MessageChanged"
    assert kinds[-1] == "StateChanged"
    told = [kind for kind in kinds if kind in ("EventHappened", "TypingChanged", "ReadChanged")]
    assert told == ["EventHappened", "TypingChanged", "ReadChanged"]


async def test_what_the_server_will_not_have_is_told_to_who_sent_it() -> None:
    """The error's code and reason; the message is shown as failed and can be put away."""

    async def script(peer: Peer) -> None:
        await peer.admit()
        frame = await peer.expect("send")
        await peer.send(error(409, "cid_conflict", cid=frame["cid"]))

    async with scripted(script) as url, client(url) as chat:
        sending = chat.send("hi")
        with pytest.raises(RequestRefused) as refused:
            await sending
        assert (refused.value.code, refused.value.reason) == (409, "cid_conflict")
        assert [message.tick for message in chat.messages] == [Tick.FAILED]
        chat.discard(sending.cid)
        assert chat.messages == ()


async def test_a_message_nobody_waits_for_is_no_mistake() -> None:
    """Its failure is a change like any other, and nothing is logged for it."""

    async def script(peer: Peer) -> None:
        await peer.admit()
        frame = await peer.expect("send")
        await peer.send(error(400, "bad_field", cid=frame["cid"]))

    async with scripted(script) as url, client(url) as chat:
        changes = chat.changes()
        chat.send("hi")
        async for change in changes:
            if isinstance(change, CommandSettled):
                break
        assert change.entry.failure is not None


async def test_edits_and_deletions_are_commands_with_acks() -> None:
    """They name the message by seq and id and come back as events."""

    async def script(peer: Peer) -> None:
        await peer.admit(mine(1))
        edit = await peer.expect("edit")
        changed = event(
            2, "edited", target=1, target_id=event_id(1), text="new", cid=edit["cid"], **{"from": ME}
        )
        await peer.send(ack(edit["cid"], 2), arrival(changed))
        delete = await peer.expect("delete")
        gone = event(3, "deleted", target=1, target_id=event_id(1), cid=delete["cid"], **{"from": ME})
        await peer.send(ack(delete["cid"], 3), arrival(gone))

    async with scripted(script) as url, client(url) as chat:
        await chat.ready()
        assert (await chat.edit(1, "new")).seq == 2
        assert (await chat.delete(1)).seq == 3
        await until(chat, lambda: chat.messages[0].deleted)
        with pytest.raises(LookupError):
            chat.edit(1, "again")


async def test_closing_ends_every_wait() -> None:
    """With `ClientClosed`; `changes` end, and what is asked later ends at once."""

    async def script(peer: Peer) -> None:
        await peer.admit()
        await peer.silence()

    async with scripted(script) as url:
        async with client(url) as chat:
            await chat.ready()
            sending, page = chat.send("hi"), asyncio.create_task(chat.history())
            changes = chat.changes()
            await asyncio.sleep(0)
        for wait in (sending, page, chat.send("too late"), chat.ready()):
            with pytest.raises(ClientClosed):
                await wait
    states = [change.state async for change in changes if isinstance(change, StateChanged)]
    assert states == [State.CLOSED]
    assert chat.state is State.CLOSED


async def test_what_was_typed_offline_goes_when_there_is_a_server(tmp_path: Path) -> None:
    """Even by another process: the outbox is on disk, and so is what was read before."""
    state = tmp_path / "state"

    async def one(peer: Peer) -> None:
        await peer.admit(event(1))

    async def two(peer: Peer) -> None:
        init = await peer.expect("init")
        assert (init["resume"]["seq"], init["resume"]["id"]) == (1, event_id(1))
        assert [entry["t"] for entry in peer.heard] == ["init"]
        await peer.send(ready(head=1), replay(reset=False, at=at(1)))
        await echo(peer, 2)

    async with scripted(one, two) as url:
        async with client(url, storage=DirectoryStorage(state)) as chat:
            await chat.ready()
        async with client("ws://127.0.0.1:9/ws", storage=DirectoryStorage(state)) as chat:
            sending = chat.send("typed offline")
            assert [(message.text, message.tick) for message in chat.messages] == [
                ("text 1", None),
                ("typed offline", Tick.QUEUED),
            ]
        async with client(url, storage=DirectoryStorage(state)) as chat:
            changes = chat.changes()
            async for change in changes:
                if isinstance(change, MessageChanged) and change.message.cid == sending.cid:
                    assert change.message.tick is Tick.ACKED
                    break
            assert chat.messages[-1].text == "typed offline"


async def test_what_was_asked_for_one_thread_is_not_sent_to_another() -> None:
    """The caller is told, and nothing of it reaches the other conversation (WIRE.md section 2)."""

    async def one(peer: Peer) -> None:
        await peer.admit()
        await peer.expect("profile")
        peer.cut()

    async def two(peer: Peer) -> None:
        await peer.admit(thread=OTHER)
        assert [frame["t"] for frame in await peer.silence()] == ["init"]

    async with scripted(one, two) as url, client(url) as chat:
        await chat.ready()
        with pytest.raises(ThreadChanged):
            await chat.profile(name="Ada")
