"""A peer under load: a process of its own, with a store of its own of the same make as Onethread's."""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from loadtest import processes
from loadtest.child import START_S, Child, ServerFailed

HERE: Final = Path(__file__).parent
_LOOK_S: Final = 0.05


@dataclass(frozen=True)
class Recipe:
    """How a peer is run: a command in a folder of `loadtest/peers`, with settings.

    In the command `{port}` is the port to listen on, `{python}` this interpreter; `path` is the WebSocket's.
    """

    folder: str
    command: tuple[str, ...]
    path: str
    settings: Mapping[str, str] = field(default_factory=dict)


class PeerServer:
    """Use as `async with`: store and peer run inside, and no process is left behind."""

    def __init__(self, recipe: Recipe, data: Path) -> None:
        self.recipe = recipe
        self.data = data
        self.url = ""
        self.store = 0
        self._store = Child(data / "store.log")
        self._peer = Child(data / "peer.log")

    @property
    def hub(self) -> int:
        """The peer's process id."""
        return self._peer.pid

    async def start(self) -> None:
        """Start store and peer; returns when the peer takes connections. Raises ServerFailed."""
        keeper = (sys.executable, "-m", "onethread", "store")
        store_url = (await self._store.start(keeper, {"ONETHREAD_DATA": str(self.data)})).strip()
        # What was started is no store, but what watches over it.
        self.store = processes.children(self._store.pid)[0]
        port = _free_port()
        command = tuple(part.format(port=port, python=sys.executable) for part in self.recipe.command)
        await self._peer.launch(command, self._settings(store_url, port), HERE / self.recipe.folder)
        await self._served(port)
        self.url = f"ws://127.0.0.1:{port}{self.recipe.path}"

    async def stop(self) -> None:
        """End the peer, then its store."""
        await self._peer.stop()
        await self._store.stop()

    async def restart(self) -> None:
        """Stop both and start them again on the same data, on another port."""
        await self.stop()
        await self.start()

    def log(self) -> str:
        """Everything that store and peer have logged."""
        return self._store.log() + self._peer.log()

    def _settings(self, store_url: str, port: int) -> dict[str, str]:
        return {
            "HOME": str(self.data),
            "NODE_ENV": "production",
            "PORT": str(port),
            "STORE_URL": store_url,
            "STORE_SOCKET": unquote(urlsplit(store_url).path),
            "APPEND_SCRIPT": str(HERE / "append.lua"),
            "DJANGO_SECRET_KEY": secrets.token_hex(32),
            **self.recipe.settings,
        }

    async def _served(self, port: int) -> None:
        for _ in range(int(START_S / _LOOK_S)):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                if self._peer.ended:
                    break
                await asyncio.sleep(_LOOK_S)
            else:
                writer.close()
                return
        raise ServerFailed(f"{self.recipe.folder} did not start: {self._peer.log()[-2000:]}")

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
