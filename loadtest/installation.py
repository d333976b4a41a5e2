"""What a run loads: one hub with its own store, or several hubs over one `onethread store`."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loadtest import processes
from loadtest.child import Child
from loadtest.subject import Served

KEY: Final = "the key that all hubs of this run share"


@dataclass(frozen=True)
class Installation:
    """Hubs, and the store that they share if it runs by itself."""

    data: Path
    servers: Sequence[Served]
    shared: Child | None = None
    shared_store: int = 0
    """The process id of the shared store: `shared` is `onethread store`, which watches over it."""

    @property
    def urls(self) -> list[str]:
        """Where the hubs serve."""
        return [server.url for server in self.servers]

    @property
    def hubs(self) -> list[int]:
        """The hubs' process ids."""
        return [server.hub for server in self.servers]

    @property
    def store(self) -> int:
        """The store's process id."""
        return self.shared_store or self.servers[0].store

    async def store_url(self) -> str:
        """Where the store is, for a client of Valkey."""
        command = (sys.executable, "-m", "onethread", "store", "--url")
        place = {"ONETHREAD_DATA": str(self.data)}
        telling = await asyncio.create_subprocess_exec(*command, env=place, stdout=PIPE)
        return (await telling.communicate())[0].decode().strip()

    async def restart(self) -> None:
        """Stop each hub and start it again, on the same data and port; a store of its own goes on."""
        for server in self.servers:
            await server.restart()

    def log(self) -> str:
        """Everything that any of it has logged."""
        shared = self.shared.log() if self.shared else ""
        return shared + "".join(server.log() for server in self.servers)


@asynccontextmanager
async def installed(
    serve: Callable[[Path, dict[str, str]], Served], data: Path, settings: dict[str, str], hubs: int = 1
) -> AsyncIterator[Installation]:
    """Inside it runs, and it leaves no process behind. `serve` is a subject's (subject.py).

    The settings that lead several hubs to one store are Onethread's. Raises ServerFailed.
    """
    async with AsyncExitStack() as stack:
        if hubs == 1:
            yield Installation(data, [await stack.enter_async_context(serve(data, settings))])
            return
        store = Child(data / "store.log")
        stack.push_async_callback(store.stop)
        url = await store.start((sys.executable, "-m", "onethread", "store"), {"ONETHREAD_DATA": str(data)})
        settings = {**settings, "ONETHREAD_REDIS_URL": url.strip(), "ONETHREAD_SECRET_KEY": KEY}
        places = [data / f"hub-{number}" for number in range(hubs)]
        servers = [await stack.enter_async_context(serve(place, settings)) for place in places]
        yield Installation(data, servers, store, processes.children(store.pid)[0])
