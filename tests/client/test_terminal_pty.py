"""`onethread chat` on a real pseudo-terminal, against exchanges of WIRE.md."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from onethread_client import DirectoryStorage
from tests.client.builders import ANA, ME, THREAD, Frame, ack, arrival, event, event_id, mine, ready, replay
from tests.client.pseudo import BACK, FULL_SCREEN, Pseudo
from tests.client.scripted import Peer, scripted

Open = Callable[[str], Pseudo]


@pytest.fixture
async def open_chat(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens a chat; it ends with the test."""
    opened: list[Pseudo] = []

    def start(url: str) -> Pseudo:
        opened.append(Pseudo(url, tmp_path))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


async def store(peer: Peer, seq: int) -> Frame:
    """Takes a `send`, acks it and delivers its event."""
    frame = await peer.expect("send")
    await peer.send(ack(frame["cid"], seq), arrival(mine(seq, frame["cid"], text=frame["text"])))
    return frame


async def test_nothing_that_somebody_wrote_reaches_the_terminal_as_a_command(open_chat: Open) -> None:
    """Titles, clearing, C1 and markup in texts and names are shown, not obeyed."""
    evil = "\x1b]0;owned\x07\x1b[2Jcleared \x9b31m[bold]marked[/bold] end-of-text"

    async def script(peer: Peer) -> None:
        await peer.admit(
            event(1, text=evil) | {"from": ANA | {"name": "A\x1b]0;n\x07na"}},
            contact={"id": ME["id"], "name": "\x1b]0;me\x07", "authenticated": False},
        )

    async with scripted(script) as url:
        chat = open_chat(url)
        await chat.shows("end-of-text")
        assert "[bold]marked[/bold]" in chat.shown
        for command in ("\x1b]", "\x07", "\x9b", "\x1b[2Jcleared"):
            assert command not in chat.shown
        chat.type("/quit\r")
        assert await chat.ends() == 0


async def test_what_is_typed_arrives_as_it_was_meant(open_chat: Open) -> None:
    """UTF-8 cut between reads, wide characters, keys, a paste of several lines, history."""
    texts: list[str] = []
    done = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.admit()
        texts.extend([(await store(peer, seq))["text"] for seq in range(1, 5)])
        done.set()

    async with scripted(script) as url:
        chat = open_chat(url)
        await chat.shows("live")
        chat.type("grüße 世界 👩\u200d🚀!\x1b[D\x7fx\r")
        await chat.shows("世界")
        chat.type("\x1b[200~one\rtwo\x1b[201~\r")
        chat.type("abc\x1b[A\x1b[B\x01z\r")
        chat.type("\x1b[A\x1b[A\x1b[A\r")
        await chat.shows(lambda _: done.is_set())
        chat.type("\x04")
        assert await chat.ends() == 0
    assert texts == ["grüße 世界 x!", "one\ntwo", "zabc", "grüße 世界 x!"]


async def reading_agent(peer: Peer, go: asyncio.Event) -> None:
    """A server whose agent reads and types once it may, and that takes an edit and a deletion."""
    await peer.admit()
    frame = await peer.expect("send")
    await go.wait()
    await peer.send(ack(frame["cid"], 1), arrival(mine(1, frame["cid"], text="hello")))
    typing = {"t": "typing", "thread": THREAD, "from": ANA, "on": True}
    by = {"id": "ag_1", "name": "Ana"}
    await peer.send(typing, {"t": "read", "thread": THREAD, "side": "agents", "by": by, "seq": 1})
    for seq, t in ((2, "edit"), (3, "delete")):
        frame = await peer.expect(t)
        words = {"text": frame["text"]} if t == "edit" else {}
        change = {"target": 1, "target_id": event_id(1), "cid": frame["cid"], "from": ME} | words
        kind = "edited" if t == "edit" else "deleted"
        await peer.send(ack(frame["cid"], seq), arrival(event(seq, kind, **change)))


async def test_ticks_typing_edits_and_deletions_are_shown(open_chat: Open) -> None:
    """Queued, acked, read; who types; the new text; that a message is gone."""
    go = asyncio.Event()
    async with scripted(lambda peer: reading_agent(peer, go)) as url:
        chat = open_chat(url)
        await chat.shows("live")
        chat.type("hello\r")
        await chat.shows("…")
        assert "✓" not in chat.shown
        go.set()
        await chat.shows("✓✓")
        await chat.shows("Ana … is typing")
        chat.type("/edit better words\r")
        await chat.shows("(edited)")
        chat.type("/delete\r")
        await chat.shows("deleted")
        chat.type("/help\r")
        await chat.shows("/logout")
        chat.type("\x03")
        assert await chat.ends() == 0


async def test_page_up_shows_what_was_before(open_chat: Open) -> None:
    """What is held first, then pages of history; page down goes back to the present."""

    async def script(peer: Peer) -> None:
        await peer.expect("init")
        await peer.send(
            ready(), replay(*(event(seq, text=f"late {seq}.") for seq in range(31, 61)), more=True)
        )
        asked = await peer.expect("history")
        page = [event(seq, text=f"early {seq}.") for seq in range(asked["before"] - 25, asked["before"])]
        await peer.send(
            {"t": "history", "thread": THREAD, "events": page, "more": False, "ref": asked["ref"]}
        )

    async with scripted(script) as url:
        chat = open_chat(url)
        await chat.shows("late 60.")
        assert "late 31." not in chat.shown
        chat.type("\x1b[5~")
        await chat.shows("late 31.")
        chat.type("\x1b[5~\x1b[5~\x1b[5~\x1b[5~")
        await chat.shows("early 6.")
        await chat.shows("that is the beginning")
        seen = len(chat.shown)
        chat.type("\x1b[6~" * 9)
        await chat.shows("late 60.", since=seen)
        chat.type("/quit\r")
        assert await chat.ends() == 0


@pytest.mark.parametrize("by", ["^C", "SIGTERM", "SIGHUP"])
async def test_the_terminal_is_left_as_it_was(open_chat: Open, by: str) -> None:
    """Raw mode, full screen and bracketed paste end with the chat, however that ends."""

    async def script(peer: Peer) -> None:
        await peer.admit()

    async with scripted(script) as url:
        chat = open_chat(url)
        await chat.shows("live")
        assert FULL_SCREEN in chat.shown
        assert chat.modes() != chat.before
        if by == "^C":
            chat.type("half a line\x03")
        else:
            chat.process.send_signal(signal.Signals[by])
        assert await chat.ends() == 0
        assert chat.modes() == chat.before
        assert BACK in chat.shown
        assert chat.shown.rindex("\x1b[?2004l") > chat.shown.rindex("\x1b[?2004h")


async def test_logout_ends_the_chat_and_forgets_everything(open_chat: Open, tmp_path: Path) -> None:
    """Tokens, events and outbox of the device are gone from the disk."""

    async def script(peer: Peer) -> None:
        await peer.admit(event(1, text="to be forgotten"))
        await peer.expect("logout")
        await peer.send({"t": "bye", "reason": "logout", "reconnect": False, "after_ms": 0})
        await peer.close(1000)

    async with scripted(script) as url:
        chat = open_chat(url)
        await chat.shows("to be forgotten")
        chat.type("/logout\r")
        assert await chat.ends() == 0
    kept = [record for folder in tmp_path.glob("*/*") for record in DirectoryStorage(folder).items("")]  # noqa: ASYNC240
    assert kept == []
