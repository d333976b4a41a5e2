"""`python -m loadtest.imports`: an import of very many rows, with a chat that must not feel it.

A server of its own takes a CSV file over HTTP: once to create the contacts, once more when nothing is to do,
and is asked for the export. All the while somebody chats, ten messages a second. Prints rows a second, what
the hub and its store used, and how long acks took before and during each; exit code 1 if a report counts
wrongly, or one ack in a hundred took longer than --most.
"""

from __future__ import annotations

import asyncio
import csv
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPResponse
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from loadtest import processes
from loadtest.dialect import Ack, Caller, new_cid
from loadtest.people import fields
from loadtest.server import Server
from loadtest.wire import Wire

KEY: Final = "demo-api-key"
PAUSE: Final = 0.1
"""Seconds between two messages of the chat."""
QUIET: Final = 5.0
"""Seconds of chat before the first import, to compare with."""
PIECE: Final = 5_000
"""Rows written to the file at once."""
COLUMNS: Final = ("user_id", "name", "email", "phone", "company", "plan", "seats")


@dataclass(frozen=True)
class Phase:
    """One part of the run; CPU in microseconds a row, of the hub and of its store."""

    name: str
    rows: int
    seconds: float
    hub_us: float
    store_us: float
    hub_mb: float
    acks: int
    ack_median_ms: float
    ack_p99_ms: float


class Chat:
    """Somebody who sends a message every PAUSE and waits for its ack; `times` in seconds."""

    def __init__(self) -> None:
        self.times: list[float] = []

    async def talk(self, url: str) -> None:
        """Chat until cancelled."""
        wire = Wire()
        subprotocol = Subprotocol(wire.headers["Sec-WebSocket-Protocol"])
        async with connect(url, subprotocols=[subprotocol], compression=None) as socket:
            await socket.send(wire.hello(Caller("chatterbox", "d1")))
            while True:
                began = time.perf_counter()
                cid = new_cid()
                await socket.send(wire.send(cid, "a message of a chat that goes on"))
                await _acked(socket, wire, cid)
                self.times.append(time.perf_counter() - began)
                await asyncio.sleep(PAUSE)


async def _acked(socket: ClientConnection, wire: Wire, cid: str) -> None:
    while True:
        heard = wire.hear(await socket.recv(decode=False))
        if isinstance(heard, Ack) and heard.cid == cid:
            return


class Load:
    """The requests and the measuring of one run."""

    def __init__(self, server: Server, chat: Chat) -> None:
        self._server = server
        self._chat = chat
        self._host = urlsplit(server.url).netloc

    async def phase(self, name: str, rows: int, work: Callable[[], Any]) -> Phase:
        """Do something in a thread of its own, and say what it cost."""
        self._chat.times.clear()
        hub, store, began = self._cpu(self._server.hub), self._cpu(self._server.store), time.perf_counter()
        await asyncio.to_thread(work)
        seconds = time.perf_counter() - began
        acks = sorted(self._chat.times) or [0.0]
        return Phase(
            name=name,
            rows=rows,
            seconds=seconds,
            hub_us=(self._cpu(self._server.hub) - hub) / max(rows, 1) * 1e6,
            store_us=(self._cpu(self._server.store) - store) / max(rows, 1) * 1e6,
            hub_mb=processes.usage(self._server.hub).rss / 2**20,
            acks=len(acks),
            ack_median_ms=acks[len(acks) // 2] * 1e3,
            ack_p99_ms=acks[min(len(acks) - 1, len(acks) * 99 // 100)] * 1e3,
        )

    def import_file(self, file: Path, expected: dict[str, int]) -> None:
        """Import it, wait until it is done, and check the report. Raises RuntimeError."""
        with file.open("rb") as body:
            headers = {"Content-Type": "text/csv", "Content-Length": str(file.stat().st_size)}
            import_id = self._ask("POST", "/v1/contacts/import", body, headers)["id"]
        while True:
            report = self._ask("GET", f"/v1/imports/{import_id}")
            if report["state"] in ("done", "failed"):
                break
            time.sleep(0.5)
        found = {name: report[name] for name in ("rows", "imported", "updated", "unchanged", "skipped")}
        if report["state"] != "done" or found != {"updated": 0, "skipped": 0, **expected}:
            raise RuntimeError(f"the report is wrong: {report}")

    def export(self, rows: int) -> None:
        """Read the export and count its lines. Raises RuntimeError."""
        lines = self._ask("GET", "/v1/contacts/export", take=lambda response: sum(1 for _ in response))
        # The header, and the chatterbox.
        if lines != rows + 2:
            raise RuntimeError(f"the export has {lines} lines, not {rows + 2}")

    def _ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        take: Callable[[HTTPResponse], Any] = json.load,
    ) -> Any:
        with closing(HTTPConnection(self._host, timeout=3_600)) as connection:
            connection.request(method, path, body, {"Authorization": f"Bearer {KEY}", **(headers or {})})
            response = connection.getresponse()
            if response.status >= 300:
                raise RuntimeError(f"HTTP {response.status}: {response.read()[:200]!r}")
            return take(response)

    @staticmethod
    def _cpu(pid: int) -> float:
        return processes.usage(pid).cpu


@click.command()
@click.option("--rows", type=click.IntRange(100, 20_000_000), default=1_000_000, show_default=True)
@click.option(
    "--most", type=click.FloatRange(0.1, 60_000), default=100, show_default=True, help="Milliseconds."
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("data/loadtest"), show_default=True)
def imports(rows: int, most: float, out: Path) -> None:
    """Import so many rows."""
    console = Console()
    phases = asyncio.run(run(rows))
    print_result(console, phases)
    out.mkdir(parents=True, exist_ok=True)
    report = out / "imports.json"
    report.write_text(json.dumps([asdict(each) for each in phases], indent=1) + "\n")
    console.print(f"{report.resolve()}", soft_wrap=True, highlight=False)
    if any(each.ack_p99_ms > most for each in phases):
        raise SystemExit(1)


async def run(rows: int, quiet: float = QUIET) -> list[Phase]:
    """Import and export so many rows. Leaves no process and no file behind. Raises ServerFailed."""
    with tempfile.TemporaryDirectory(prefix="onethread-load-") as folder:
        file = Path(folder) / "people.csv"
        await asyncio.to_thread(write, file, rows)
        async with Server(Path(folder) / "data", {"ONETHREAD_REQUESTS_PER_SECOND": "0"}) as server:
            chat = Chat()
            talking = asyncio.create_task(chat.talk(server.url))
            load = Load(server, chat)
            try:
                return [
                    await load.phase("chat alone", 0, lambda: time.sleep(quiet)),
                    await load.phase(
                        "import, new", rows, lambda: load.import_file(file, _all("imported", rows))
                    ),
                    await load.phase(
                        "import, known", rows, lambda: load.import_file(file, _all("unchanged", rows))
                    ),
                    await load.phase("export", rows, lambda: load.export(rows)),
                ]
            finally:
                talking.cancel()
                await asyncio.gather(talking, return_exceptions=True)


def write(file: Path, rows: int) -> None:
    """Write the CSV file of so many people, the same for the same number."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        made = _people(rows)
        while some := list(islice(made, PIECE)):
            writer.writerows(some)


def print_result(console: Console, phases: list[Phase]) -> None:
    """Print the figures."""
    table = Table("phase", "rows", "s", "rows/s", "hub µs", "store µs", "hub MB", "acks", "ack ms", "p99 ms")
    for each in phases:
        table.add_row(
            each.name,
            f"{each.rows:,}",
            f"{each.seconds:.1f}",
            f"{each.rows / each.seconds:,.0f}",
            f"{each.hub_us:.0f}",
            f"{each.store_us:.0f}",
            f"{each.hub_mb:.0f}",
            str(each.acks),
            f"{each.ack_median_ms:.1f}",
            f"{each.ack_p99_ms:.1f}",
        )
    console.print(table)


def _all(outcome: str, rows: int) -> dict[str, int]:
    return {"rows": rows, "imported": 0, "unchanged": 0, outcome: rows}


def _people(rows: int) -> Iterator[list[str]]:
    chance = random.Random(rows)  # noqa: S311 - the same people every time
    for number in range(rows):
        person = fields(number, chance)
        yield [str({**person, **person["custom_data"]}[column]) for column in COLUMNS]


if __name__ == "__main__":
    imports()
