"""`python -m loadtest.contacts`: searches among very many contacts, with a server of its own.

Contacts are written into the server's store as hubs write them, then asked for over HTTP, one request at a
time, first and later pages. Prints what each kind of question took, how long its scripts held the store, and
the memory that contacts take; exit code 1 if one question in a hundred took longer than --most.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlencode, urlsplit

import click
from redis.asyncio import Redis
from rich.console import Console
from rich.table import Table

from loadtest.people import people, questions
from loadtest.server import Server
from onethread.contacts.profile import Contact
from onethread.hub.clock import now_ms
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Writing, Written
from onethread.identity.ids import new_epoch
from onethread.store.address import open_client
from onethread.store.embedded import EmbeddedStore
from onethread.store.link import Link
from onethread.store.threads import Threads

ORG: Final = "demo"
KEY: Final = "demo-api-key"
AT_ONCE: Final = 500
"""Contacts on the way into the store."""
ASKED: Final = 60
"""Requests of one kind: its questions in turn, and the pages that follow."""


@dataclass(frozen=True)
class Took:
    """What one kind of question took, in milliseconds; `store_ms` is the scripts' own time, on average."""

    kind: str
    asked: int
    median_ms: float
    p99_ms: float
    store_ms: float


@dataclass(frozen=True)
class Filled:
    """Contacts in the store, and what of it they take."""

    contacts: int
    seconds: float
    bytes_each: float
    families: dict[str, float]


@click.command()
@click.option("--contacts", type=click.IntRange(100, 20_000_000), default=1_000_000, show_default=True)
@click.option(
    "--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="Contacts of a page."
)
@click.option(
    "--most", type=click.FloatRange(0.1, 10_000), default=50, show_default=True, help="Milliseconds."
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("data/loadtest"), show_default=True)
def contacts(contacts: int, limit: int, most: float, out: Path) -> None:
    """Search among so many contacts."""
    console = Console()
    filled, took = asyncio.run(run(contacts, limit, console.print))
    print_result(console, filled, took)
    out.mkdir(parents=True, exist_ok=True)
    report = out / "contacts.json"
    report.write_text(
        json.dumps({"filled": asdict(filled), "took": [asdict(each) for each in took]}, indent=1) + "\n"
    )
    console.print(f"{report.resolve()}", soft_wrap=True, highlight=False)
    if any(each.p99_ms > most for each in took):
        raise SystemExit(1)


async def run(count: int, limit: int, say: Callable[[str], object]) -> tuple[Filled, list[Took]]:
    """Fill a server's store and ask. Leaves no process and no file behind. Raises ServerFailed."""
    with tempfile.TemporaryDirectory(prefix="onethread-load-") as folder:
        async with Server(Path(folder), {"ONETHREAD_REQUESTS_PER_SECOND": "0"}) as server:
            url = EmbeddedStore(Path(folder)).url
            async with open_client(url) as store:
                filled = await fill(url, store, count, say)
                kinds = questions(count).items()
                took = [await _asked(server.url, store, kind, asked, limit) for kind, asked in kinds]
    return filled, took


async def fill(url: str, store: Redis, count: int, say: Callable[[str], object]) -> Filled:
    """Write so many contacts as a hub writes those that an API key brings in."""
    before, began = await _used(store), time.perf_counter()
    made = people(count, now_ms())
    async with Link(url) as link:
        await link.ready()
        threads, written = Threads(link), 0
        while batch := list(islice(made, AT_ONCE)):
            await asyncio.gather(*(_write(threads, contact) for contact in batch))
            written += len(batch)
            if written % 100_000 == 0:
                say(f"{written:,} contacts")
    seconds = time.perf_counter() - began
    return Filled(count, seconds, (await _used(store) - before) / count, await _families(store, count))


async def _write(threads: Threads, contact: Contact) -> None:
    writing = Writing(version=0, before=None, contact=contact, epoch=new_epoch())
    if not isinstance(await threads.write(ThreadKeys(ORG, contact.thread), writing), Written):
        raise RuntimeError("a new contact was there already")


async def _used(store: Redis) -> int:
    return int((await store.info("memory"))["used_memory"])


async def _families(store: Redis, count: int) -> dict[str, float]:
    """Return bytes a contact by family of keys."""
    sizes: dict[str, int] = {}
    cursor = 0
    while True:
        cursor, found = await store.scan(cursor, match=f"{{{ORG}:*", count=1_000)
        keys = cast("list[bytes]", found)
        pipeline = store.pipeline(transaction=False)
        for key in keys:
            pipeline.memory_usage(key, samples=20)
        for key, size in zip(keys, await pipeline.execute(), strict=True):
            family = _family(key.decode())
            sizes[family] = sizes.get(family, 0) + int(size or 0)
        if cursor == 0:
            return {family: size / count for family, size in sorted(sizes.items())}


def _family(key: str) -> str:
    """Return a key's name without what is one contact's in it."""
    first, *rest = key.partition("}:")[2].split(":")
    if first.startswith("th_"):
        return ":".join(["thread", *rest])
    return ":".join([first, *rest[:1]]) if first == "contacts" else first


async def _asked(url: str, store: Redis, kind: str, asked: list[dict[str, str]], limit: int) -> Took:
    before = await _scripts(store)
    times = await asyncio.to_thread(ask, url, asked, limit)
    spent = await _scripts(store) - before
    times.sort()
    return Took(
        kind=kind,
        asked=len(times),
        median_ms=times[len(times) // 2] * 1e3,
        p99_ms=times[min(len(times) - 1, len(times) * 99 // 100)] * 1e3,
        store_ms=spent / len(times) / 1e3,
    )


async def _scripts(store: Redis) -> int:
    """Return microseconds that scripts have taken."""
    stats: dict[str, Any] = await store.info("commandstats")
    return int(stats.get("cmdstat_evalsha", {"usec": 0})["usec"])


def ask(url: str, asked: list[dict[str, str]], limit: int) -> list[float]:
    """Ask each question and its next page, again and again, over one connection; seconds of each request."""
    host = urlsplit(url).netloc
    connection = HTTPConnection(host, timeout=60)
    times: list[float] = []
    cursor = ""
    turn = 0
    while len(times) < ASKED:
        query = {**asked[turn % len(asked)], "limit": str(limit), **({"cursor": cursor} if cursor else {})}
        began = time.perf_counter()
        connection.request(
            "GET", f"/v1/contacts?{urlencode(query)}", headers={"Authorization": f"Bearer {KEY}"}
        )
        response = connection.getresponse()
        body = response.read()
        times.append(time.perf_counter() - began)
        if response.status != 200:
            raise RuntimeError(f"HTTP {response.status}: {body[:200]!r}")
        cursor = "" if cursor else json.loads(body).get("cursor", "")
        turn += not cursor
    connection.close()
    return times


def print_result(console: Console, filled: Filled, took: list[Took]) -> None:
    """Print the figures."""
    rate = filled.contacts / filled.seconds
    memory = f"{filled.bytes_each:,.0f} bytes each"
    console.print(f"{filled.contacts:,} contacts in {filled.seconds:.0f} s, {rate:,.0f} a second; {memory}")
    table = Table("bytes each", "of")
    for family, size in sorted(filled.families.items(), key=lambda each: -each[1]):
        if size >= 1:
            table.add_row(f"{size:,.0f}", family)
    console.print(table)
    table = Table("question", "asked", "median ms", "p99 ms", "store ms")
    for each in took:
        table.add_row(
            each.kind, str(each.asked), f"{each.median_ms:.1f}", f"{each.p99_ms:.1f}", f"{each.store_ms:.2f}"
        )
    console.print(table)


if __name__ == "__main__":
    contacts()
