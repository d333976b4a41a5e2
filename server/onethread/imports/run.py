"""Runs one import: batch by batch, so that it can be interrupted at any moment and goes on exactly there.

Before a batch is written its plan is kept, with the place where it begins; with the next one's plan, that it
is done. A run that finds a plan does its rows again, and counts them as planned. So an interrupted import
makes no contact twice, and its counts are those of one that was not interrupted.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from itertools import chain
from typing import Any, Final, TypeAlias, TypeVar

from msgspec.structs import replace

from onethread.contacts.csv.columns import HeaderError
from onethread.contacts.csv.decision import Outcome
from onethread.contacts.csv.records import Read
from onethread.contacts.csv.report import Counts, Skipped
from onethread.contacts.csv.rows import Draft, Skip
from onethread.contacts.csv.table import open_table
from onethread.hub.clock import now_ms
from onethread.hub.log import StoreFailure
from onethread.imports.batches import Batches, Row
from onethread.imports.job import Fate, Job, planned, truly
from onethread.imports.ledger import Held, Ledger
from onethread.imports.placing import Place, Placing

R = TypeVar("R")
T = TypeVar("T")
Placed: TypeAlias = Place | Skipped | None
Done: TypeAlias = Outcome | Skipped | None

BATCH: Final = 256
"""Rows between two saves, each of which waits for the disk."""
SLICE: Final = 8
"""Rows begun in one go: about a millisecond, then others have their turn."""
SLICES: Final = 2
"""Slices on their way at once, so that the store has work while the next is prepared. Measured with a chat
beside it: with 3 of 16 rows acks took twice as long, and the import was no faster."""
PATIENCE: Final = 1.0
"""Seconds between two tries while the store is away."""


class Taken(Exception):
    """Somebody else runs this import."""


class Run:
    """One run of an import. `told` hears of the job after each batch."""

    def __init__(
        self,
        held: Held,
        read: Read,
        placing: Placing,
        ledger: Ledger,
        told: Callable[[Job], None] = lambda job: None,
    ) -> None:
        self._held = held
        self._read = read
        self._placing = placing
        self._ledger = ledger
        self._told = told
        self._skipped: list[Skipped] = []

    async def run(self) -> Job:
        """Do what is left of the import, through whatever the store does meanwhile. Raises Taken."""
        try:
            table = await asyncio.to_thread(open_table, self._read)
        except HeaderError as error:
            return await self._save(state="failed", failure=str(error))
        job = await self._begin()
        batches, plan = Batches(table, self._read, job.offset, job.row), job.plan
        while batch := await asyncio.to_thread(batches.take, BATCH):
            await self._do(batch, plan[: len(batch)])
            plan = plan[len(batch) :]
        return await self._save(state="done")

    async def _begin(self) -> Job:
        job = self._held.job
        if job.dry_run:
            # What an earlier run would have written is gone with it.
            return await self._save(state="running", offset=0, row=1, counts=Counts(), anew=True)
        return await self._save(state="running", plan=job.plan)

    async def _do(self, batch: Sequence[Row], earlier: str) -> None:
        places = await _in_slices(self._place, batch)
        plan = planned(earlier, [_fate(place) for place in places])
        await self._save(plan=plan)
        done = await _in_slices(self._put, list(zip(batch, places, plan, strict=True)))
        counts = self._held.job.counts.plus(Counter(chain.from_iterable(map(_counted, batch, done))))
        self._skipped += [end for end in done if isinstance(end, Skipped)]
        job, last = self._held.job, batch[-1]
        job = replace(job, counts=counts, offset=last.end, row=last.number + 1, plan="")
        self._held = Held(job, self._held.serial)
        self._told(job)

    async def _place(self, row: Row) -> Placed:
        if not isinstance(row.said, Draft):
            return row.said
        try:
            return await patiently(self._placing.place, row.number, row.said)
        except Skip as skip:
            return Skipped(row.number, skip.column, skip.reason)

    async def _put(self, work: tuple[Row, Placed, str]) -> Done:
        row, place, letter = work
        if not isinstance(place, Place) or not isinstance(row.said, Draft):
            return None if isinstance(place, Place) else place
        try:
            while True:
                try:
                    return truly(letter, await self._placing.put(row.number, row.said, place))
                except StoreFailure:
                    # It may have happened: looking again will tell.
                    await asyncio.sleep(PATIENCE)
                    place = await patiently(self._placing.place, row.number, row.said)
        except Skip as skip:
            return Skipped(row.number, skip.column, skip.reason)

    async def _save(self, *, plan: str = "", anew: bool = False, **changes: Any) -> Job:
        serial = self._held.serial + 1
        job = replace(self._held.job, plan=plan, beat=now_ms(), **changes)
        held = Held(job, serial)
        if not await patiently(self._ledger.save, held, self._skipped, anew):
            raise Taken(job.id)
        self._held, self._skipped = held, []
        return job


async def _in_slices(work: Callable[[T], Coroutine[Any, Any, R]], items: Sequence[T]) -> list[R]:
    """Do the work on all items, some on their way at a time, and return what came of each."""
    tasks: list[asyncio.Task[R]] = []
    async with asyncio.TaskGroup() as group:
        for at in range(0, len(items), SLICE):
            oldest = at - SLICES * SLICE
            if oldest >= 0:
                await asyncio.wait(tasks[oldest : oldest + SLICE])
            tasks += [group.create_task(work(item)) for item in items[at : at + SLICE]]
            await asyncio.sleep(0)  # what is begun is sent, and others have their turn
    return [task.result() for task in tasks]


async def patiently(ask: Callable[..., Awaitable[R]], *args: Any) -> R:
    """Ask until the store answers; only what may be asked twice."""
    while True:
        try:
            return await ask(*args)
        except StoreFailure:
            await asyncio.sleep(PATIENCE)


def _fate(place: Placed) -> Fate:
    if isinstance(place, Place):
        return place.decided.outcome
    return "blank" if place is None else "skipped"


def _counted(row: Row, end: Done) -> Iterator[str]:
    """Give the counts that a row belongs to."""
    if end is not None:
        yield "skipped" if isinstance(end, Skipped) else end
    if end == "imported" and isinstance(row.said, Draft) and not (row.said.user_id or row.said.import_key):
        yield "unkeyed"
