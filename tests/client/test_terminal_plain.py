"""`onethread chat` in a pipe, against exchanges of WIRE.md: lines in, lines out, an honest exit status."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from onethread_client import State
from onethread_client.terminal import plain
from tests.app.free import free_ports
from tests.client.builders import ANA, ack, arrival, error, event, mine
from tests.client.opening import client, until
from tests.client.pseudo import command, environ
from tests.client.scripted import PATIENCE, Peer, scripted

Start = Callable[..., Awaitable[Process]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts a chat in pipes; it ends with the test."""
    started: list[Process] = []

    async def begin(url: str, *options: str, stdin: int = PIPE) -> Process:
        words = command(url, *options)
        process = await asyncio.create_subprocess_exec(
            *words, stdin=stdin, stdout=PIPE, stderr=PIPE, env=environ(tmp_path), start_new_session=True
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def finished(process: Process, typed: bytes | None = None) -> tuple[int | None, str, str]:
    """What it printed, after this input and its end; None leaves the input open."""
    async with asyncio.timeout(PATIENCE):
        if typed is not None:
            out, err = await process.communicate(typed)
        else:
            assert process.stdout
            assert process.stderr
            out, err = await process.stdout.read(), await process.stderr.read()
            await process.wait()
    return process.returncode, out.decode(), err.decode()


async def storing(peer: Peer, count: int) -> list[str]:
    """Admits, and takes so many messages; their texts."""
    await peer.admit()
    texts = []
    for seq in range(1, count + 1):
        frame = await peer.expect("send")
        texts.append(frame["text"])
        await peer.send(ack(frame["cid"], seq), arrival(mine(seq, frame["cid"], text=frame["text"])))
    return texts


async def test_each_line_is_a_message_and_each_message_a_line(start: Start) -> None:
    """Blank lines are none, the last needs no line end, and nothing printed is obeyed by a terminal."""
    texts: list[str] = []

    async def script(peer: Peer) -> None:
        texts.extend(await storing(peer, 2))
        await peer.send(arrival(event(3, text="a\nb\x1b[2J") | {"from": ANA}))

    async with scripted(script) as url:
        status, out, err = await finished(await start(url), "grüße\r\n\n  \nlast \u4e16".encode())
    assert texts == ["grüße", "last \u4e16"]
    assert (status, err) == (0, "")
    said = [line.partition(": ")[2] for line in out.splitlines()]
    assert said[:2] == texts
    assert "\x1b" not in out


async def test_a_file_can_be_sent(start: Start, tmp_path: Path) -> None:
    """Standard input need not be a pipe."""
    texts: list[str] = []

    async def script(peer: Peer) -> None:
        texts.extend(await storing(peer, 1))

    (tmp_path / "lines").write_text("from a file\n")
    file = os.open(tmp_path / "lines", os.O_RDONLY)
    try:
        async with scripted(script) as url:
            assert (await finished(await start(url, stdin=file)))[0] == 0
    finally:
        os.close(file)
    assert texts == ["from a file"]


async def test_a_line_that_is_refused_fails_the_command_but_not_the_others(start: Start) -> None:
    """The reason on standard error, exit status 1, and the next line goes all the same."""
    texts: list[str] = []

    async def script(peer: Peer) -> None:
        await peer.admit()
        frame = await peer.expect("send")
        await peer.send(error(409, "cid_conflict", cid=frame["cid"]))
        frame = await peer.expect("send")
        texts.append(frame["text"])
        await peer.send(ack(frame["cid"], 1), arrival(mine(1, frame["cid"], text=frame["text"])))

    async with scripted(script) as url:
        status, _, err = await finished(await start(url), b"one\ntwo\n")
    assert (status, texts) == (1, ["two"])
    assert "cid_conflict" in err
    assert "Traceback" not in err


async def test_wrong_credentials_end_the_command_though_its_input_is_open(start: Start) -> None:
    """One clear line on standard error, and no secret in it."""

    async def script(peer: Peer) -> None:
        await peer.expect("init")
        await peer.send(error(401, "bad_credentials"))
        await peer.close(4401)

    async with scripted(script) as url:
        status, _, err = await finished(await start(url, "--app-secret", "hush-hush"))
    assert status == 1
    assert "bad_credentials" in err
    assert "Traceback" not in err
    assert "hush" not in err


async def test_being_logged_out_while_waiting_for_a_line_ends_the_command(start: Start) -> None:
    """Another connection of the device logged out: there is nothing to wait for."""

    async def script(peer: Peer) -> None:
        await peer.admit()
        await peer.send({"t": "bye", "reason": "logout", "reconnect": False, "after_ms": 0})
        await peer.close(1000)

    async with scripted(script) as url:
        status, _, err = await finished(await start(url))
    assert status == 1
    assert "logged out" in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_while_it_waits_for_a_line(start: Start, number: signal.Signals) -> None:
    """Whether there is a server or not, and nothing of Python's is printed."""
    there = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.admit()
        there.set()

    async with scripted(script) as url:
        process = await start(url)
        await there.wait()
        process.send_signal(number)
        status, _, err = await finished(process)
    assert status in (130, -number)
    assert "Traceback" not in err
    assert "Fatal" not in err


async def test_without_a_server_it_says_why_nothing_happens(start: Start) -> None:
    """What is to be sent is kept, and the person is told what is in the way, in words."""
    process = await start(f"ws://127.0.0.1:{free_ports(1)[0]}/ws")
    assert process.stderr
    async with asyncio.timeout(PATIENCE):
        assert await process.stderr.readline() == b"onethread chat: no connection: Connection refused\n"


async def test_it_gives_up_if_it_is_never_let_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server that stays out of reach ends the command, with status 1 and the last word on why."""
    monkeypatch.setattr(plain, "GIVE_UP", 0.2)
    async with client(f"ws://127.0.0.1:{free_ports(1)[0]}/ws") as chat:
        assert await plain.run(chat) == 1
    first, *_, last = capsys.readouterr().err.splitlines()
    assert first == "onethread chat: no connection: Connection refused"
    assert last == "onethread chat: gave up after 0.2 s"


async def test_once_let_in_it_does_not_give_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is lost is made again, however long it takes; what was typed goes then."""
    monkeypatch.setattr(plain, "GIVE_UP", 0.2)
    texts: list[str] = []
    reading, writing = os.pipe()

    async def one(peer: Peer) -> None:
        await peer.admit()
        await asyncio.sleep(0.3)
        peer.cut()

    async def two(peer: Peer) -> None:
        texts.extend(await storing(peer, 1))

    with os.fdopen(reading) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        async with scripted(one, two) as url, client(url) as chat:
            running = asyncio.create_task(plain.run(chat))
            await until(chat, lambda: chat.state is State.WAITING)
            os.write(writing, b"late\n")
            os.close(writing)
            async with asyncio.timeout(PATIENCE):
                assert await running == 0
    assert texts == ["late"]
