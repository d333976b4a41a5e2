"""A real server for tests: its own process, port, data folder and embedded store; loopback only."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from redis.asyncio import Redis

from onethread.identity.organization import App, Organization
from onethread.server_key import server_key
from onethread.settings import load
from onethread.store.address import open_client
from onethread.store.embedded import EmbeddedStore
from onethread.store.organizations import Organizations

PATIENT = {
    "ONETHREAD_INITS_PER_MINUTE": "0",
    "ONETHREAD_REFUSALS_PER_MINUTE": "0",
    "ONETHREAD_CONNECTIONS_PER_ADDRESS": "0",
    "ONETHREAD_SENDS_PER_SECOND": "0",
    "ONETHREAD_REQUESTS_PER_SECOND": "0",
    "ONETHREAD_DRAIN": "4",
    "ONETHREAD_WEBHOOK_ALLOW_PRIVATE": "127.0.0.1",
}
"""Tests share one address and are faster than people: the limits have tests of their own."""
START = 30.0
"""Seconds that a start may take on a busy machine."""


class Running:
    """A server that can be stopped, killed and started again over the same data."""

    def __init__(self, data: Path, store_url: str | None = None, **settings: str) -> None:
        self.data = data
        self.settings = {**PATIENT, **settings}
        self.url = ""
        self.port = 0
        self._embedded = EmbeddedStore(data)
        self.store_url = store_url or self._embedded.url
        self._external = store_url
        self.process: subprocess.Popen[str] | None = None

    @property
    def environ(self) -> dict[str, str]:
        """Exactly what the process gets."""
        environ = {"PATH": os.environ["PATH"], "ONETHREAD_DATA": str(self.data), **self.settings}
        if self._external:
            environ["ONETHREAD_REDIS_URL"] = self._external
        return environ

    async def start(self) -> "Running":
        """Start it, on the same port as before if there was one; returns when it serves."""
        self.data.mkdir(parents=True, exist_ok=True)
        log = open(self.data / "server.log", "a")  # noqa: SIM115, ASYNC230 - handed to the process
        command = [
            sys.executable,
            "-W",
            "error",
            "-m",
            "onethread",
            "serve",
            "--demo",
            "--port",
            str(self.port),
        ]
        with log:
            self.process = subprocess.Popen(  # noqa: ASYNC220 - it is waited for in a thread
                command,
                env=self.environ,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
                cwd=self.data,
            )
        line = await asyncio.wait_for(asyncio.to_thread(self._ready_line), START)
        found = re.search(r"ws://127\.0\.0\.1:(\d+)/ws", line)
        assert found, f"no address in {line!r}; log: {self.log()[-2000:]}"
        self.url, self.port = found[0], int(found[1])
        return self

    def _ready_line(self) -> str:
        assert self.process
        assert self.process.stdout
        return self.process.stdout.readline()

    def log(self) -> str:
        """Everything it has logged."""
        return (self.data / "server.log").read_text()

    async def stop(self, signal_number: int = signal.SIGTERM) -> int:
        """End it in peace; its exit status."""
        assert self.process
        self.process.send_signal(signal_number)
        return await self._reap()

    async def kill(self) -> None:
        """kill -9 of the server's process group; the embedded store lives on as an orphan."""
        assert self.process
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self._reap()

    async def kill_everything(self) -> None:
        """kill -9 of the server and of its store."""
        store = await self.store_pid()
        await self.kill()
        with suppress(ProcessLookupError):
            os.kill(store, signal.SIGKILL)

    async def store_pid(self) -> int:
        """The process id of the embedded store."""
        async with self.redis() as client:
            info = await client.info("server")
        return int(info["process_id"])

    async def _reap(self) -> int:
        assert self.process
        status = await asyncio.to_thread(self.process.wait, START)
        if self.process.stdout:
            self.process.stdout.close()
        return status

    async def end(self) -> None:
        """Leave nothing behind, whatever the test did."""
        if self.process and self.process.poll() is None:
            try:
                await asyncio.wait_for(self.stop(), START)
            except (TimeoutError, subprocess.TimeoutExpired):
                await self.kill()
        if not self._external:
            with self._embedded:  # ends an orphan, and itself
                pass

    def redis(self) -> Redis:
        """A client of its store; use it as `async with`."""
        return open_client(self.store_url)

    async def organize(self, org: str, **settings: Any) -> Organization:
        """Add an organization: app 1, secret "secret", identity key "1"; `app` overrides its fields."""
        app = {"app_id": 1, "secret": "secret", **settings.pop("app", {})}
        organization = msgspec.convert(
            {
                "org": org,
                "name": "Acme",
                "apps": {1: app},
                "identity_keys": {"1": IDENTITY_KEY},
                **settings,
            },
            Organization,
            strict=False,
        )
        assert isinstance(organization.apps[1], App)
        async with self._organizations() as organizations:
            await organizations.add(organization)
        return organization

    async def disband(self, org: str) -> None:
        """Remove an organization."""
        async with self._organizations() as organizations:
            await organizations.remove(org)

    @asynccontextmanager
    async def _organizations(self) -> AsyncIterator[Organizations]:
        async with self.redis() as client:
            yield Organizations(client, server_key(load(self.environ)))


IDENTITY_KEY = "an-identity-key-of-32-bytes-or-more"
