"""The server under load: a process and a data folder of its own, started and stopped by the run."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Final

from loadtest import processes

UNLIMITED: Final = {
    "ONETHREAD_INITS_PER_MINUTE": "0",
    "ONETHREAD_REFUSALS_PER_MINUTE": "0",
    "ONETHREAD_CONNECTIONS_PER_ADDRESS": "0",
    "ONETHREAD_SENDS_PER_SECOND": "0",
    "ONETHREAD_SEND_BURST": "0",
    "ONETHREAD_DRAIN": "5",
}
"""A fleet is one address and faster than people; all else is at its default, `appendfsync always` too."""
START_S: Final = 30.0
STOP_S: Final = 20.0


class ServerFailed(RuntimeError):
    """The server did not start; the message has the end of its log."""


class Server:
    """Use as `async with`: it runs inside, and leaves no process behind."""

    def __init__(self, data: Path, settings: dict[str, str]) -> None:
        self.data = data
        self.settings = settings
        self.url = ""
        self.hub = self.store = 0
        self._port = 0
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it, on the port it had before; returns when it serves. Raises ServerFailed."""
        environ = {"PATH": os.environ["PATH"], "ONETHREAD_DATA": str(self.data), **UNLIMITED, **self.settings}
        command = ("-m", "onethread", "serve", "--demo", "--host", "127.0.0.1", "--port", str(self._port))
        self.data.mkdir(parents=True, exist_ok=True)
        with open(self.data / "server.log", "ab") as log:  # noqa: ASYNC230 - handed to the process
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *command, env=environ, stdout=PIPE, stderr=log, start_new_session=True
            )
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        try:
            line = (await asyncio.wait_for(self._process.stdout.readline(), START_S)).decode()
        except TimeoutError:
            line = ""
        found = re.search(r"ws://127\.0\.0\.1:(\d+)/ws", line)
        if found is None:
            raise ServerFailed(f"the server did not start: {self.log()[-2000:]}")
        self.url, self._port = found[0], int(found[1])
        self.hub = self._process.pid
        self.store = next(iter(processes.children(self.hub)), 0)

    async def stop(self) -> None:
        """End it in peace; after a while, by force."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_S)
        except TimeoutError:
            for pid in (self.hub, self.store):
                os.kill(pid, signal.SIGKILL)
            await process.wait()

    async def restart(self) -> None:
        """Stop it and start it again on the same data and port."""
        await self.stop()
        await self.start()

    def log(self) -> str:
        """Everything that it has logged."""
        return (self.data / "server.log").read_text()

    async def __aenter__(self) -> Server:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
