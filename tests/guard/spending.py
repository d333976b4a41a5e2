"""A real server and its store, and what they say that they did: counters of their own and of the kernel."""

import asyncio
import json
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from loadtest.child import Child
from loadtest.processes import children, memory
from loadtest.server import UNLIMITED
from onethread.store.address import open_client
from onethread.store.embedded import EmbeddedStore
from tests.integration.wire import Customer
from tests.store.link_store import eventually

PROGRAM = Path(__file__).parent / "counted.py"


class Spending:
    """One running server. What it tells are totals since its start; `of` gives what some work added."""

    def __init__(self, data: Path) -> None:
        self._store = EmbeddedStore(data)
        self._told = data / "told.json"
        self._child = Child(data / "server.log")
        self._environ = {"ONETHREAD_DATA": str(data), **UNLIMITED}
        self._number = 0
        self.url = ""

    @property
    def hub(self) -> int:
        """The hub's process id."""
        return self._child.pid

    @property
    def store(self) -> int:
        """The store's process id."""
        return children(self.hub)[0]

    async def join(self, user_id: str, device: str) -> Customer:
        """A connection in MessagePack, its replay over."""
        return await Customer.join(self.url, user_id, device=device, codec="msgpack")

    async def counters(self) -> Counter[str]:
        """All that is counted anyway: by the edge, by the store, and by the kernel for both processes.

        `writes` and `frames` are the edge's, to peers; `scripts`, `commands` (those inside scripts too) and
        `reads` (of what a hub wrote) the store's; `hub calls` and `store calls` to the kernel read and write.
        """
        found = Counter({"hub calls": _kernel_calls(self.hub), "store calls": _kernel_calls(self.store)})
        told = await self._metrics()
        found.update({"writes": told["writes"], "frames": told["frames_out"], "frames in": told["frames_in"]})
        async with open_client(self._store.url) as client:
            commands = await client.info("commandstats")
            stats = await client.info("stats")
        found["commands"] = sum(each["calls"] for each in commands.values())
        found["scripts"] = sum(each["calls"] for name, each in commands.items() if "eval" in name)
        found["reads"] = stats["total_reads_processed"]
        found["bytes to the store"] = stats["total_net_input_bytes"]
        found["bytes from the store"] = stats["total_net_output_bytes"]
        return found

    @asynccontextmanager
    async def of(self) -> AsyncIterator[Counter[str]]:
        """Give a counter that is filled, at the end of the block, with what the block added."""
        found: Counter[str] = Counter()
        before = await self.counters()
        # Looking costs something itself: a second look tells how much.
        looked = await self.counters()
        yield found
        after = await self.counters()
        found.update({name: after[name] - looked[name] - (looked[name] - before[name]) for name in after})

    @asynccontextmanager
    async def calls(self) -> AsyncIterator[Counter[str]]:
        """Give a counter that is filled with the calls of the hub's loop in the block, by function."""
        found: Counter[str] = Counter()
        await self._ask(signal.SIGUSR1)
        yield found
        found.update((await self._ask(signal.SIGUSR1))["calls"])

    async def memory(self) -> Counter[str]:
        """Give the hub's `blocks` and `bytes` by Python's own accounting, `resident` bytes by the kernel's.

        `most`: the most bytes that there were at any time since it was last asked.
        """
        told = await self._ask(signal.SIGUSR2)
        return Counter({**told, "resident": memory(self.hub)})

    async def fewer_blocks(self, most: int) -> bool:
        """Whether the hub comes to have at most so many blocks, while it tidies up; looks for some 20 s."""
        for _ in range(200):
            if (await self.memory())["blocks"] <= most:
                return True
            await asyncio.sleep(0.1)
        return False

    async def frames_in(self) -> int:
        """How many messages the hub has received."""
        return (await self._metrics())["frames_in"]

    async def received(self, frames: int) -> None:
        """Wait until the hub has received so many messages in all."""
        for _ in range(3000):
            if await self.frames_in() >= frames:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"fewer than {frames} messages were received")

    async def _metrics(self) -> dict[str, int]:
        url = self.url.replace("ws://", "http://").replace("/ws", "/metrics")

        def read() -> str:
            with urlopen(url, timeout=30) as answer:  # noqa: S310 - an address of our own
                return str(answer.read().decode())

        rows = re.findall(r"^onethread_(\w+)_total (\S+)$", await asyncio.to_thread(read), re.MULTILINE)
        return {name: int(float(value)) for name, value in rows}

    async def _ask(self, number: signal.Signals) -> dict[str, Any]:
        os.kill(self.hub, number)
        self._number += 1
        await eventually(lambda: self._told.exists() and _read(self._told)["number"] == self._number)
        return _read(self._told)

    async def __aenter__(self) -> "Spending":
        command = (sys.executable, str(PROGRAM), str(self._told), "serve", "--demo", "--port", "0")
        line = await self._child.start(command, self._environ)
        found = re.search(r"ws://127\.0\.0\.1:\d+/ws", line)
        assert found, line
        self.url = found[0]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._child.stop()
        assert "Traceback" not in self._child.log()


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _kernel_calls(pid: int) -> int:
    """Calls to the kernel that read or wrote, sockets included (proc(5), /proc/PID/io)."""
    told = Path(f"/proc/{pid}/io").read_text()
    return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("sysc"))
