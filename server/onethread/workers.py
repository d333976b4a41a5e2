"""Several server processes on one listening socket: started, watched, restarted, ended together.

The parent holds the socket and runs the embedded store; each worker inherits the socket and accepts from it.
Between the two there is a pair of sockets: a worker writes a line when it serves, empty if it is ready, else
with what it still lacks; and the end of the stream, whichever way the parent went, tells it to drain and end.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

_log = structlog.get_logger(__name__)

# A worker that dies at once would otherwise take all of a core with dying.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY = 60.0
# Beyond the drain: for what a process does after its last connection.
GRACE = 5.0


@dataclass(frozen=True, kw_only=True)
class Pool:
    """`count` workers with this environment, on this socket, that may take `drain` seconds to end.

    `command` starts one; behind it come the numbers of the socket and of its end of the pair, its index and
    the folder of snapshots. `ready` is called with a worker's index and each line it writes.
    """

    count: int
    listener: socket.socket
    environ: Mapping[str, str]
    drain: float
    ready: Callable[[int, str], None]
    command: Sequence[str]


def worker_command(*, demo: bool) -> list[str]:
    """How a worker of this installation is started."""
    return [sys.executable, "-m", "onethread.worker", *(["--demo"] if demo else [])]


@asynccontextmanager
async def running(pool: Pool) -> AsyncIterator[None]:
    """Keep the workers running; at the end of the block all are asked to drain, and none is left after it."""
    with TemporaryDirectory(prefix="onethread-") as folder:
        keepers = [asyncio.create_task(_keep(pool, index, Path(folder))) for index in range(pool.count)]
        try:
            yield
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)


async def until_signalled(body: Coroutine[None, None, None]) -> None:
    """Run `body` until it ends, or cancel it, once, at SIGTERM or SIGINT, and wait for its end."""
    task = asyncio.ensure_future(body)

    def stop() -> None:
        if not task.cancelling():
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        with suppress(asyncio.CancelledError):
            await task
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _keep(pool: Pool, index: int, folder: Path) -> None:
    pause = 0.0
    clock = asyncio.get_running_loop().time
    while True:
        began = clock()
        code = await _run_one(pool, index, folder)
        pause = next_pause(pause, clock() - began)
        _log.warning("worker_ended", worker=index, exit_code=code, restart_in_s=pause)
        await asyncio.sleep(pause)


def next_pause(last: float, lived: float) -> float:
    """Seconds until a worker that lived so many is started again; `last` is the pause before its life."""
    return FIRST_PAUSE if last == 0.0 or lived > STEADY else min(2 * last, LONGEST_PAUSE)


async def _run_one(pool: Pool, index: int, folder: Path) -> int:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        inherited = (pool.listener.fileno(), theirs.fileno())
        process = await asyncio.create_subprocess_exec(
            *pool.command,
            *map(str, (*inherited, index, folder)),
            stdin=asyncio.subprocess.DEVNULL,
            env=pool.environ,
            pass_fds=inherited,
        )
        theirs.close()
        ours.setblocking(False)
        hearing = asyncio.create_task(_hear(ours, lambda line: pool.ready(index, line)))
        try:
            return await process.wait()
        finally:
            hearing.cancel()
            await _end(process, pool.drain + GRACE)


async def _hear(ours: socket.socket, ready: Callable[[str], None]) -> None:
    loop, said = asyncio.get_running_loop(), b""
    while piece := await loop.sock_recv(ours, 4096):
        *lines, said = (said + piece).split(b"\n")
        for line in lines:
            ready(line.decode())


async def _end(process: asyncio.subprocess.Process, patience: float) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), patience)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def follow_parent(pair: socket.socket) -> None:
    """In a worker's own thread: wait for the parent's end, then ask this process to drain and end."""
    with suppress(OSError):
        while pair.recv(1):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
