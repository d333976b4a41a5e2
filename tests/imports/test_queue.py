"""A hub's imports: each organization's in their order, and those that a crash has left among them."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from onethread.hub.clock import now_ms
from onethread.identity.organization import Organization
from onethread.imports import queue
from onethread.imports.job import SILENT_MS, Job, finished
from onethread.imports.ledger import Held
from onethread.imports.queue import Queue
from onethread.imports.spool import SpoolFolder
from tests.imports.importing import MINT, Office
from tests.integration.hubs import until

MakeQueue = Callable[[Path], Queue]


@pytest.fixture
def make_queue(office: Office) -> MakeQueue:
    """Queues over a folder, as a hub has one after it was killed."""

    async def find(org: str) -> Organization:
        return replace(office.organization, org=org)

    def make(folder: Path) -> Queue:
        return Queue(SpoolFolder(folder), office.ledger, office.store, find, MINT)

    return make


@asynccontextmanager
async def serving(made: Queue) -> AsyncIterator[None]:
    """Let a queue work for a while, then stop it."""
    task = asyncio.ensure_future(made.serve())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def leave(office: Office, folder: Path, name: str, **options: Any) -> Job:
    """An import of one person of this name that was accepted, and whose server died then."""
    file = f"user_id,name\n1,{name}\n".encode()
    job = office.job(file, **{"beat": now_ms(), **options})
    incoming = SpoolFolder(folder).receive()
    await incoming.write(file)
    spool = await incoming.finish(job.org, job.id)
    assert await office.ledger.save(Held(job, 1), ())
    spool.close()
    return job


async def ended(office: Office, job: Job) -> Job:
    """The job, when it has ended."""

    async def over() -> bool:
        return finished((await office.held(Held(job, 1))).job)

    await until(over)
    return (await office.held(Held(job, 1))).job


async def name(office: Office) -> str:
    return (await office.contacts())["1"].name


@pytest.mark.parametrize("ids", [("im_1", "im_2"), ("im_2", "im_1")])
async def test_what_was_left_goes_in_order(
    office: Office, tmp_path: Path, make_queue: MakeQueue, ids: tuple[str, str]
) -> None:
    """After a crash the import that was accepted first takes effect first, however long ago that was."""
    first = await leave(office, tmp_path, "Old", id=ids[0], beat=now_ms() - SILENT_MS)
    second = await leave(office, tmp_path, "New", id=ids[1], beat=now_ms() - SILENT_MS)
    async with serving(make_queue(tmp_path)):
        assert [(await ended(office, job)).state for job in (first, second)] == ["done", "done"]
    assert await name(office) == "New"
    assert os.listdir(tmp_path) == []


async def test_what_comes_does_not_overtake(office: Office, tmp_path: Path, make_queue: MakeQueue) -> None:
    """An import that comes before the hub has looked for what a crash has left takes effect after that."""
    left = await leave(office, tmp_path, "Old", beat=now_ms() - SILENT_MS)
    made = make_queue(tmp_path)
    file = b"user_id,name\n1,New\n"
    incoming = SpoolFolder(tmp_path).receive()
    await incoming.write(file)
    job = office.job(file, beat=now_ms())
    await made.add(await incoming.finish(office.org, job.id), job)
    async with serving(made):
        assert [(await ended(office, each)).state for each in (left, job)] == ["done", "done"]
    assert await name(office) == "New"


async def test_one_that_runs_elsewhere_is_waited_for(
    office: Office, tmp_path: Path, make_queue: MakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import that another process runs, accepted before, goes first; others' and dry runs don't wait."""
    monkeypatch.setattr(queue, "LOOK_EVERY", 0.01)
    elsewhere = await office.begin(b"user_id,name\n1,Old\n", beat=now_ms())
    later = await leave(office, tmp_path, "New")
    dry_run = await leave(office, tmp_path, "Dry", dry_run=True)
    others = await leave(office, tmp_path, "Other", org=f"{office.org}b")
    async with serving(make_queue(tmp_path)):
        assert (await ended(office, dry_run)).state == (await ended(office, others)).state == "done"
        assert (await office.held(Held(later, 1))).job.state == "queued"
        await office.run(elsewhere, b"user_id,name\n1,Old\n")
        assert (await ended(office, later)).counts.updated == 1
    assert await name(office) == "New"


async def test_one_that_was_left_behind(office: Office, tmp_path: Path, make_queue: MakeQueue) -> None:
    """An import of a server that is gone holds up nobody for ever, and does nothing when it is back."""
    gone = await leave(office, tmp_path / "gone", "Old", beat=now_ms() - SILENT_MS)
    later = await leave(office, tmp_path / "here", "New")
    async with serving(make_queue(tmp_path / "here")):
        assert (await ended(office, later)).state == "done"

    async def cleared() -> bool:
        return not os.listdir(tmp_path / "gone")

    async with serving(make_queue(tmp_path / "gone")):
        await until(cleared)
    assert "did not come back" in (await ended(office, gone)).failure
    assert await name(office) == "New"
