"""A hub as a process of its own, to be killed; and what one asks a store from outside."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from onethread.store.address import connect_socket, open_client
from onethread.store.embedded import EmbeddedStore

# Starts the store and says its id; then writes 1, 2, 3 … and says each number that the store has answered.
HUB = """
import asyncio, sys
from pathlib import Path
from onethread.store.address import open_client
from onethread.store.embedded import EmbeddedStore

async def main():
    async with EmbeddedStore(Path(sys.argv[1])) as store:
        print(store.pid, flush=True)
        client = open_client(store.url)
        while True:
            print(await client.rpush("numbers", await client.llen("numbers") + 1), flush=True)

asyncio.run(main())
"""

# The signals as a terminal leaves them, also where the tests themselves run under nohup or in the background.
FOREGROUND = """
import signal, sys
for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(each, signal.SIG_DFL)
from pathlib import Path
from onethread.store.embedded import run_store
sys.exit(run_store(Path(sys.argv[1])))
"""


class Program:
    """A Python program on a data directory, leader of a session of its own; killed, as a group, when left."""

    def __init__(self, text: str, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", text, str(data)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.pid = self.process.pid

    def line(self) -> str:
        """Its next line of output; empty when it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def end(self, how: signal.Signals) -> tuple[int, str, str]:
        """Signals its whole group and awaits its end: status, the rest of its output, its errors."""
        os.killpg(self.pid, how)
        return self.rest()

    def rest(self) -> tuple[int, str, str]:
        """Awaits its end: status, what is left of its output, its errors."""
        # Not `communicate`, which passes over what `line` has read ahead.
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        return self.process.wait(60), self.process.stdout.read(), self.process.stderr.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        self.process.communicate()


async def ask(url: str, *command: str | int) -> object:
    """The store's answer to one command, over a connection of its own."""
    client = open_client(url, decode_responses=True)
    try:
        return await client.execute_command(*command)
    finally:
        await client.aclose()


def until(condition: Callable[[], bool]) -> None:
    """Returns once it holds, looked at a bounded number of times."""
    for _ in range(3_000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to hold")


def await_answer(data: Path, answer: bytes) -> None:
    """Returns once the store answers a ping so, be it with an error."""
    until(lambda: _ping(data / "store" / "store.sock").startswith(answer))


def _ping(path: Path) -> bytes:
    try:
        with connect_socket(str(path)) as client:
            client.settimeout(10)
            client.sendall(b"PING\r\n")
            return client.recv(100)
    except OSError:
        return b""


def lives(pid: int) -> bool:
    """Whether the process runs; one that has ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except FileNotFoundError:
        return False
    return state != "Z"


def opened_by(pid: int) -> set[str]:
    """What the process has open, such as "socket:[12]"; it may open and close files meanwhile."""
    opened = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            opened.add(os.readlink(link))
    return opened


def noted_pid(data: Path) -> int:
    """The store's process id, from its own note."""
    return int((data / "store" / "store.pid").read_text())


def log_of(data: Path) -> str:
    """All that the stores of this directory logged."""
    return (data / "store" / "store.log").read_text()


def memory_holds(pid: int, text: bytes) -> bool:
    """Whether a child of this process has the text anywhere in its writable memory."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for span in [line.split()[0].split("-") for line in maps if " rw-p " in line]:
            begin, end = (int(edge, 16) for edge in span)
            memory.seek(begin)
            if text in memory.read(end - begin):
                return True
    return False


def children(pid: int) -> list[int]:
    """The processes that this one started and that were not waited for."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def slow_to_load(data: Path, commands: int) -> None:
    """Makes a store whose file takes long to load for its size: 1,024 `commands` take some 0.2 s.

    Its last entry sets the key `last`.
    """
    with EmbeddedStore(data):
        pass
    busy = command_bytes("EVAL", "for i = 1, 20000 do end", "0")
    file = data / "store" / "appendonlydir" / "appendonly.aof.1.incr.aof"
    file.write_bytes(busy * commands + command_bytes("SET", "last", "loaded"))


def command_bytes(*words: str) -> bytes:
    """A command as the append-only file holds it."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words)
