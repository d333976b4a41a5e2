"""A peer under load: a process of its own, with a store of its own of the same make as Onethread's."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from loadtest import processes
from loadtest.server import START_S, STOP_S, ServerFailed

HERE: Final = Path(__file__).parent
_LOOK_S: Final = 0.05


@dataclass(frozen=True)
class Recipe:
    """How a peer is run: a command in a folder of `loadtest/peers`, with settings; `{port}` is its port."""

    folder: str
    command: Sequence[str]
    path: str
    settings: Mapping[str, str] = field(default_factory=dict)


class PeerServer:
    """Use as `async with`: store and peer run inside, and no process is left behind."""

    def __init__(self, recipe: Recipe, data: Path) -> None:
        self.recipe = recipe
        self.data = data
        self.url = ""
        self.hub = self.store = 0
        self._processes: list[Process] = []

    async def start(self) -> None:
        """Start store and peer; returns when the peer takes connections. Raises ServerFailed."""
        self.data.mkdir(parents=True, exist_ok=True)
        store_url = await self._start_store()
        port = _free_port()
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.data),
            "NODE_ENV": "production",
            "PORT": str(port),
            "STORE_URL": store_url,
            "STORE_SOCKET": unquote(urlsplit(store_url).path),
            "APPEND_SCRIPT": str(HERE / "append.lua"),
            "DJANGO_SECRET_KEY": secrets.token_hex(32),
            **self.recipe.settings,
        }
        command = [part.format(port=port, python=sys.executable) for part in self.recipe.command]
        peer = await self._spawn(command, environ, HERE / self.recipe.folder)
        await self._until_served(peer, port)
        self.hub = peer.pid
        self.url = f"ws://127.0.0.1:{port}{self.recipe.path}"

    async def stop(self) -> None:
        """End the peer, then its store; after a while, by force."""
        while self._processes:
            process = self._processes.pop()
            if process.returncode is not None:
                continue
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), STOP_S)
            except TimeoutError:
                process.kill()
                await process.wait()

    async def restart(self) -> None:
        """Stop both and start them again on the same data."""
        await self.stop()
        await self.start()

    def log(self) -> str:
        """Everything that store and peer have logged."""
        return (self.data / "server.log").read_text(errors="replace")

    async def _start_store(self) -> str:
        environ = {"PATH": os.environ["PATH"], "ONETHREAD_DATA": str(self.data)}
        store = await self._spawn([sys.executable, "-m", "onethread", "store"], environ, self.data, PIPE)
        assert store.stdout is not None  # noqa: S101 - asked for above
        try:
            url = (await asyncio.wait_for(store.stdout.readline(), START_S)).decode().strip()
        except TimeoutError:
            url = ""
        if not url:
            raise ServerFailed(f"the store did not start: {self.log()[-2000:]}")
        self.store = processes.children(store.pid)[0]
        return url

    async def _spawn(
        self, command: list[str], environ: dict[str, str], folder: Path, stdout: int | None = None
    ) -> Process:
        with open(self.data / "server.log", "ab") as log:  # noqa: ASYNC230 - handed to the process
            try:
                process = await asyncio.create_subprocess_exec(
                    *command,
                    env=environ,
                    cwd=folder,
                    stdout=log if stdout is None else stdout,
                    stderr=log,
                    start_new_session=True,
                )
            except FileNotFoundError as error:
                raise ServerFailed(f"{command[0]} is missing: {error.strerror}") from None
        self._processes.append(process)
        return process

    async def _until_served(self, peer: Process, port: int) -> None:
        for _ in range(int(START_S / _LOOK_S)):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(_LOOK_S)
                if peer.returncode is not None:
                    break
            else:
                writer.close()
                return
        raise ServerFailed(f"{self.recipe.folder} did not start: {self.log()[-2000:]}")

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
