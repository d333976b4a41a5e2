"""The client against a real server and its real store: one conversation, whatever happens on the way."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onethread_client import Client, DirectoryStorage, MemoryStorage, State, Tick
from tests.client.opening import client, until
from tests.integration.serving import Running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    """A server of the test's own, which it may kill."""
    running = Running(tmp_path / "data")
    await running.start()
    yield running
    await running.end()


def someone() -> dict[str, str]:
    """A user that nobody has been."""
    return {"user_id": f"user-{secrets.token_hex(8)}"}


def texts(chat: Client) -> list[str | None]:
    """What is shown."""
    return [message.text for message in chat.messages]


async def test_two_devices_show_one_conversation(server: Running) -> None:
    """Messages, edits, deletions, profile, typing and read positions of one show on the other."""
    user = someone()
    async with client(server.url, user=user) as one, client(server.url, user=user, device=None) as two:
        await one.ready()
        await two.ready()
        first = await one.send("hi")
        second = await two.send("there")
        assert (first.seq, second.seq) == (1, 2)
        await one.edit(1, "hi!")
        await two.delete(2)
        for chat in (one, two):
            await until(chat, lambda chat=chat: texts(chat) == ["hi!", None])  # type: ignore[misc]
        assert (await one.profile(name="Ada"))["name"] == "Ada"
        await until(two, lambda: two.contact["name"] == "Ada")
        two.typing()
        await until(one, lambda: len(one.typists) == 1)
        two.read()
        await until(one, lambda: one.read_positions["contact"] == 4)
        await until(one, lambda: sum(bool(device["online"]) for device in one.devices) == 2)


async def test_a_server_killed_between_messages_loses_and_repeats_nothing(server: Running) -> None:
    """kill -9 of server and store while messages are typed: each is in the log once, in the order typed."""
    user = someone()
    async with client(server.url, user=user) as chat, client(server.url, user=user, device=None) as other:
        await chat.ready()
        await other.ready()
        waits = [chat.send(f"{number}") for number in range(20)]
        await waits[5]
        await server.kill_everything()
        waits += [chat.send(f"{number}") for number in range(20, 30)]
        await server.start()
        chat.reconnect()
        other.reconnect()
        acks = await asyncio.gather(*waits)
        assert [ack.seq for ack in acks] == list(range(1, 31))
        expected = [f"{number}" for number in range(30)]
        for one in (chat, other):
            await until(one, lambda one=one: texts(one) == expected)  # type: ignore[misc]
        # What is shown may still be in the outbox: an entry leaves it with its event, which follows the ack.
        await until(chat, lambda: chat.outbox == ())


async def test_a_restart_is_announced_and_followed(server: Running) -> None:
    """SIGTERM: `bye`, close 1012, and the client comes back to exactly what it missed."""
    user = someone()
    async with client(server.url, user=user) as chat:
        await chat.send("before")
        await server.stop()
        await until(chat, lambda: chat.state is State.WAITING)
        typed = chat.send("meanwhile")
        await server.start()
        chat.reconnect()
        assert (await typed).seq == 2
        await until(chat, lambda: texts(chat) == ["before", "meanwhile"])


async def test_a_visitors_chat_is_carried_by_login(server: Running, tmp_path: Path) -> None:
    """What a visitor wrote, and what they had not sent yet, is in the user's conversation once."""
    storage = DirectoryStorage(tmp_path / "state")
    async with client(server.url, user=None, storage=storage) as chat:
        await chat.prechat(name="Ada", email="ada@demo.test")
        await chat.send("as a visitor")
        chat.login(someone())
        queued = chat.send("while logging in")
        await queued
        await until(chat, lambda: texts(chat) == ["as a visitor", "while logging in"])
        assert (chat.identity, chat.contact["email"]) == ("open", "ada@demo.test")
        assert storage.get("token.visitor") is None


async def test_a_refused_identity_gets_a_clean_chat_that_is_found_again(server: Running) -> None:
    """A pinned hash is missing: nothing of the owner's is shown, and the clean chat is the same next time."""
    user, storage = someone(), MemoryStorage()
    async with client(server.url, user=user | {"security_hash": "secret"}) as owner:
        await owner.send("the owner's")
    for known in ([], ["a stranger's"]):
        async with client(server.url, user=user, storage=storage) as chat:
            await chat.ready()
            assert (chat.refused, texts(chat)) == (True, known)
            if not known:
                await chat.send("a stranger's")
                await until(chat, lambda: chat.messages[0].tick is Tick.ACKED and chat.outbox == ())


async def test_older_messages_are_fetched_page_by_page(server: Running) -> None:
    """A new device gets a tail, and history to the beginning."""
    user = someone()
    async with client(server.url, user=user) as chat:
        for number in range(30):
            await chat.send(f"{number}")
    async with client(server.url, user=user, device=None, tail=5) as chat:
        await chat.ready()
        assert texts(chat) == ["25", "26", "27", "28", "29"]
        while chat.more:
            assert len(await chat.history(10)) <= 10
        assert texts(chat) == [f"{number}" for number in range(30)]


async def test_logout_reaches_every_connection_of_the_device(server: Running) -> None:
    """`bye` for every connection of this `device.id` in this thread; each deletes everything."""
    user, storage = someone(), MemoryStorage()
    async with client(server.url, user=user, storage=storage) as one, client(server.url, user=user) as tab:
        await one.send("hi")
        await tab.ready()
        await one.logout()
        await until(tab, lambda: tab.state is State.CLOSED)
        assert (one.messages, tab.messages, list(storage.items(""))) == ((), (), [])
