"""The hub under load: a process and a data folder of its own, started and stopped by the run."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path
from typing import Final, Self

from loadtest import processes
from loadtest.child import Child, ServerFailed

UNLIMITED: Final = {
    "ONETHREAD_INITS_PER_MINUTE": "0",
    "ONETHREAD_REFUSALS_PER_MINUTE": "0",
    "ONETHREAD_CONNECTIONS_PER_ADDRESS": "0",
    "ONETHREAD_SENDS_PER_SECOND": "0",
    "ONETHREAD_SEND_BURST": "0",
    "ONETHREAD_DRAIN": "5",
}
"""A fleet is one address and faster than people; all else is at its default, `appendfsync always` too."""


class Server:
    """One hub, with an embedded store unless the settings name another. Use as `async with`.

    `store` is the process id of the embedded store, 0 without one.
    """

    def __init__(self, data: Path, settings: dict[str, str]) -> None:
        self.settings = {"ONETHREAD_DATA": str(data), **UNLIMITED, **settings}
        self.url = ""
        self.store = 0
        self._port = 0
        self._child = Child(data / "server.log")

    @property
    def hub(self) -> int:
        """The hub's process id."""
        return self._child.pid

    async def start(self) -> None:
        """Start it, on the port it had before; returns when it serves. Raises ServerFailed."""
        command = ("-m", "onethread", "serve", "--demo", "--host", "127.0.0.1", "--port", str(self._port))
        line = await self._child.start((sys.executable, *command), self.settings)
        found = re.search(r"ws://127\.0\.0\.1:(\d+)/ws", line)
        if found is None:
            raise ServerFailed(f"the server did not say where it is: {line}")
        self.url, self._port = found[0], int(found[1])
        self.store = next(iter(processes.children(self.hub)), 0)

    async def restart(self) -> None:
        """Stop it and start it again on the same data and port. Raises ServerFailed."""
        await self._stop()
        await self.start()

    def log(self) -> str:
        """Everything that it has logged."""
        return self._child.log()

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self._child.stop()
            raise
        return self

    async def __aexit__(self, failed: type[BaseException] | None, *_: object) -> None:
        try:
            await self._stop()
        except ServerFailed:
            if failed is None:
                raise
        finally:
            # A hub that was killed leaves its store to the next one.
            if self.store and processes.usage(self.store).rss:
                os.kill(self.store, signal.SIGKILL)

    async def _stop(self) -> None:
        code = await self._child.stop()
        if code:
            raise ServerFailed(f"the server ended with exit code {code}: {self.log()[-2000:]}")
