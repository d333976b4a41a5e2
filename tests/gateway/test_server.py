"""Serving and ending: nothing is cut off before the drain, and a drain always ends (DESIGN.md section 4)."""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from onethread.gateway import uvicorn_edge
from tests.gateway.client import MSGPACK, PATIENCE, Client, frame, request
from tests.gateway.harness import packed, serve, until

ROOT = Path(__file__).parents[2]


async def test_connections_live_while_the_drain_runs() -> None:
    """At the signal the server stops accepting; connections work until the drain has done its part."""
    began, go_on = asyncio.Event(), asyncio.Event()

    async def drain() -> None:
        began.set()
        await go_on.wait()
        for session in running.sessions:
            session.peer.write(packed(session.peer, b"bye"))
            session.peer.close(1012)

    async with serve("ready") as running:
        running.drain = drain
        client, session = await running.open()
        keeping = await Client.dial(running.port)
        keeping.send(b"GET /ws HTTP/1.1\r\nhost: x\r\n\r\n")
        assert (await keeping.response())[0] == 426
        await keeping.reader.readexactly(len("A WebSocket is here.\n"))
        running.server.should_exit = True
        await began.wait()
        client.send(frame(b"still"))
        assert await client.payload() == b"still"
        with pytest.raises(ConnectionError):
            await Client.dial(running.port)
        # A connection kept alive can still ask; it is told no.
        keeping.send(request())
        assert (await keeping.response())[0] == 503
        go_on.set()
        assert await client.payload() == b"bye"
        assert await client.close_code() == 1012
        assert await session.ended() == 1012
        await client.leave()
        await keeping.leave()


async def test_connections_left_by_the_drain_are_closed_1012() -> None:
    """A drain that forgets a connection, or fails, does not leave it open: 1012, then the end."""

    async def drain() -> None:
        raise LookupError("the drain fails")

    async with serve("ready") as running:
        running.drain = drain
        client, session = await running.open()
        running.server.should_exit = True
        assert await client.close_code() == 1012
        assert await session.ended() == 1012
        await client.leave()


async def test_failed_drain_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """What went wrong in a drain stands in the log."""

    async def drain() -> None:
        raise LookupError("the drain fails")

    async with serve("ready") as running:
        running.drain = drain
    assert "the drain fails" in caplog.text


async def test_connections_that_do_not_end_are_aborted() -> None:
    """A peer that never answers the close frame is aborted after the close wait, and the server ends."""
    async with serve("ready", close_wait=0.05) as running:
        client, session = await running.open()
    assert session.codes == [1012]
    assert (await client.frame()).code == 1012
    await client.leave()


async def test_drain_is_cut_short_when_forced(caplog: pytest.LogCaptureFixture) -> None:
    """A second Ctrl-C (uvicorn's `force_exit`) ends a drain that hangs."""
    began = asyncio.Event()

    async def drain() -> None:
        began.set()
        await asyncio.Event().wait()

    async with serve("ready") as running:
        running.drain = drain
        running.server.should_exit = True
        await began.wait()
        running.server.force_exit = True
    assert "did not end well" in caplog.text


@pytest.mark.parametrize("said", [b"", b"GET /ws HTTP/1.1\r\nhost: x\r\n", b"GET"])
async def test_wait_for_a_request_is_bounded(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever connects and does not come out with a request's head is cut."""
    monkeypatch.setattr(uvicorn_edge, "REQUEST_WAIT", 0.05)
    async with serve("ready") as running:
        client = await Client.dial(running.port)
        client.send(said)
        assert await client.end() == b""
        await client.leave()


async def test_wait_for_a_second_request_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Likewise on a connection kept alive, once the next request has begun."""
    async with serve("ready") as running:
        client = await Client.dial(running.port)
        client.send(b"GET /ws HTTP/1.1\r\nhost: x\r\n\r\n")
        assert (await client.response())[0] == 426
        monkeypatch.setattr(uvicorn_edge, "REQUEST_WAIT", 0.05)
        client.send(b"GET /ws HTTP/1.1\r\nhost")
        assert await client.end() == b"A WebSocket is here.\n"
        await client.leave()


def big_heads() -> dict[str, bytes]:
    """Heads of more than HEAD_BYTES or HEADERS, and one that never ends."""
    begin = b"GET /healthz HTTP/1.1\r\nhost: x\r\n"
    return {
        "one long value": begin + b"x: " + b"a" * uvicorn_edge.HEAD_BYTES + b"\r\n\r\n",
        "one value without an end": begin + b"x: " + b"a" * uvicorn_edge.HEAD_BYTES,
        "a long address": b"GET /" + b"a" * uvicorn_edge.HEAD_BYTES + b" HTTP/1.1\r\nhost: x\r\n\r\n",
        "many headers": begin + b"x: b\r\n" * uvicorn_edge.HEADERS + b"\r\n",
        "many headers without an end": begin + b"x: b\r\n" * 200_000,
    }


@pytest.mark.parametrize("head", big_heads().values(), ids=big_heads())
async def test_a_request_s_head_is_bounded(head: bytes) -> None:
    """Whoever sends more than a head may have is answered 431 and cut; what else comes is not kept."""
    async with serve("ready") as running:
        client = await Client.dial(running.port)
        client.send(head)
        assert (await client.response())[0] == 431
        assert await client.end() == uvicorn_edge.TOO_LONG[1].encode()
        await client.leave()


async def test_heads_in_turn_are_bounded_each_for_itself() -> None:
    """A connection kept alive may have as many requests as it likes."""
    head = b"GET /ws HTTP/1.1\r\nhost: x\r\nx: " + b"a" * (uvicorn_edge.HEAD_BYTES // 2) + b"\r\n\r\n"
    async with serve("ready") as running:
        client = await Client.dial(running.port)
        for _ in range(5):
            client.send(head)
            assert (await client.response())[0] == 426
            await client.reader.readexactly(len("A WebSocket is here.\n"))
        await client.leave()


@pytest.mark.parametrize(
    "body",
    [b"content-length: 5\r\n\r\nhello", b"content-length: 5\r\n\r\n", b"transfer-encoding: chunked\r\n\r\n"],
)
async def test_a_handshake_with_a_body_is_refused(body: bytes) -> None:
    """It is answered at once, whether the body comes or not, and holds no connection."""
    async with serve("ready") as running:
        client = await Client.dial(running.port)
        client.send(request()[:-2] + body)
        assert (await client.response())[0] == 400
        assert await client.end() == b"A WebSocket's handshake has no body."
        await client.leave()


async def test_a_handshake_with_an_empty_body_is_taken() -> None:
    """A length of 0 is no body."""
    async with serve("ready") as running:
        client = await Client.dial(running.port)
        client.send(request()[:-2] + b"content-length: 0\r\n\r\n")
        assert (await client.response())[0] == 101
        await client.leave()


async def test_request_in_time_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound ends with the request's head: a WebSocket outlives it."""
    monkeypatch.setattr(uvicorn_edge, "REQUEST_WAIT", 0.05)
    async with serve("ready") as running:
        client, session = await running.open()
        await asyncio.sleep(0.15)
        client.send(frame(b"here"))
        assert await client.payload() == b"here"
        assert session.codes == []
        await client.leave()


@asynccontextmanager
async def hub(*arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """The draining hub as a process of its own, and its port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.gateway.draining_hub",
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process, int(await line(process))
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line(process: asyncio.subprocess.Process) -> str:
    """The next line of a process's output."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        return (await process.stdout.readline()).decode().strip()


async def test_sigterm_drains_a_real_process() -> None:
    """SIGTERM: the drain, the end of the lifespan, the end of the process; clients see `bye` and 1012."""
    async with hub() as (process, port):
        async with connect(f"ws://127.0.0.1:{port}/ws", subprotocols=[MSGPACK]) as client:
            await client.send(b"hello")
            assert await client.recv() == b"hello"
            process.send_signal(signal.SIGTERM)
            assert await client.recv() == b"bye"
            with pytest.raises(ConnectionClosed) as closed:
                await client.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1012
        assert [await line(process), await line(process)] == ["draining", "lifespan over"]
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == -signal.SIGTERM


async def test_second_interrupt_ends_a_hanging_drain() -> None:
    """Ctrl-C twice ends a process whose drain hangs."""
    async with hub("forever") as (process, _):
        process.send_signal(signal.SIGINT)
        assert await line(process) == "draining"
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENCE):
            await process.wait()


async def test_counters_add_up(caplog: pytest.LogCaptureFixture) -> None:
    """What the edge counts is what happened, on either edge; codes that nobody knows count as one."""
    caplog.set_level(logging.ERROR)
    for kind in ("ready", "starlette"):
        async with serve(kind) as running:
            traffic = running.edge.traffic
            client, session = await running.open()
            other, other_session = await running.open()
            client.send(frame(b"abc"), frame(b"de"))
            assert [await client.payload(), await client.payload()] == [b"abc", b"de"]
            assert (traffic.accepted, traffic.open, traffic.frames_in, traffic.frames_out) == (2, 2, 2, 2)
            assert traffic.bytes_in == (5 if kind == "starlette" else 5 + 2 * 6)
            assert traffic.bytes_out == (5 if kind == "starlette" else 5 + 2 * 2)
            session.peer.close(4403)
            await client.close_code()
            await session.ended()
            other.send(frame(b"\x10\x00", 0x8))
            await other.close_code()
            await other_session.ended()
            other, other_session = await running.open()
            other.send(frame(b"\x12\x34", 0x8))
            await other.close_code()
            await other_session.ended()
            await until(lambda open_=traffic: open_.open == 0)  # type: ignore[misc]
            assert traffic.closes == {4403: 1, 0: 2}
            await client.leave()
            await other.leave()
