"""Workers: many processes on one socket, that live and end together."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog

from onethread import workers
from onethread.listening import listen
from onethread.workers import Pool, next_pause, running

HERE = Path(__file__).parent


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with listen("127.0.0.1", 0) as listener:
        yield listener


@asynccontextmanager
async def started(
    listener: socket.socket, kind: str = "greet", count: int = 2, drain: float = 5.0
) -> AsyncIterator[asyncio.Queue[int]]:
    """Workers that are running; the queue gets the index of each one that says that it is ready."""
    ready: asyncio.Queue[int] = asyncio.Queue()
    pool = Pool(
        count=count,
        listener=listener,
        environ=dict(os.environ),
        drain=drain,
        ready=lambda index, trouble: ready.put_nowait(index),
        command=[sys.executable, str(HERE / "greeter.py"), kind],
    )
    async with running(pool):
        yield ready


async def greeted(listener: socket.socket) -> int:
    """Connect; the process id of the worker that answered."""
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    pid = int(await reader.read())
    writer.close()
    return pid


async def all_pids(listener: socket.socket, count: int) -> set[int]:
    """The process ids of this many workers, all of which must answer some of 1,000 connections."""
    pids: set[int] = set()
    for _ in range(1000):
        pids.add(await greeted(listener))
        if len(pids) == count:
            break
    assert len(pids) == count
    return pids


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_all_accept_from_one_socket(listener: socket.socket) -> None:
    """Each worker says that it is ready, and connections to the one port reach all of them."""
    async with started(listener, count=3) as ready:
        assert {await ready.get() for _ in range(3)} == {0, 1, 2}
        await all_pids(listener, 3)


async def test_one_that_dies_is_replaced(listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed worker's place is taken by another process; the other worker goes on."""
    monkeypatch.setattr(workers, "FIRST_PAUSE", 0.01)
    async with started(listener) as ready:
        await ready.get()
        await ready.get()
        pids = await all_pids(listener, 2)
        killed = pids.pop()
        os.kill(killed, signal.SIGKILL)
        await ready.get()
        assert pids < await all_pids(listener, 2)
        assert not lives(killed)


async def test_one_that_cannot_start_is_tried_again(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies before it is ready is started again and again, and each death is logged."""
    monkeypatch.setattr(workers, "FIRST_PAUSE", 0.01)
    deaths: list[int] = []
    enough = asyncio.Event()

    def count(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        deaths.append(event["exit_code"])
        if len(deaths) == 3:
            enough.set()
        raise structlog.DropEvent

    structlog.configure(processors=[count])
    try:
        async with started(listener, "die", count=1):
            await enough.wait()
    finally:
        structlog.reset_defaults()
    assert deaths == [3, 3, 3]


def test_pauses_grow_until_one_lives() -> None:
    """The pause before a restart doubles up to the longest, and is short again after a steady life."""
    pauses = [0.0]
    for _ in range(10):
        pauses.append(next_pause(pauses[-1], lived=0.1))
    assert pauses[1:4] == [0.5, 1.0, 2.0]
    assert pauses[-1] == 30.0
    assert next_pause(pauses[-1], lived=61.0) == 0.5


async def test_the_end_leaves_none(listener: socket.socket) -> None:
    """When the block ends every worker has been asked to and has ended."""
    async with started(listener) as ready:
        await ready.get()
        await ready.get()
        pids = await all_pids(listener, 2)
    assert not any(map(lives, pids))


async def test_a_deaf_one_is_killed(listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that doesn't end when asked to is killed when its time is over."""
    monkeypatch.setattr(workers, "GRACE", 0.1)
    async with started(listener, "deaf", count=1, drain=0.1) as ready:
        await ready.get()
        pid = await greeted(listener)
    assert not lives(pid)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_they_end_with_their_parent(number: signal.Signals) -> None:
    """Asked to end or killed without a word: with the parent all workers end."""
    command = [sys.executable, HERE / "parent.py", sys.executable, HERE / "greeter.py", "greet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        port, *_ready = [int(parent.stdout.readline().split()[-1]) for _ in range(3)]
        with socket.create_connection(("127.0.0.1", port)) as client:
            assert client.recv(20)
        parent.send_signal(number)
        # The workers have the pipe too: it ends when the last one has.
        parent.stdout.read()
    assert parent.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", port)) != 0


async def test_signals_end_it_once() -> None:
    """The first signal cancels the body; further ones don't cut its end short."""
    ended = asyncio.Event()

    async def body() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0.05)
            ended.set()

    await workers.until_signalled(body())
    assert ended.is_set()
