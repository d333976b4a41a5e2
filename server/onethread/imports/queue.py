"""A hub's imports, one after the other; and those that a crash has left on its disk."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from functools import partial
from typing import Final, NamedTuple

import structlog

from onethread.hub.clock import every, now_ms
from onethread.hub.log import StoreFailure
from onethread.identity.organization import Organization
from onethread.identity.tokens import TokenMint
from onethread.imports.job import Job, finished
from onethread.imports.ledger import Held, Ledger, People, amend
from onethread.imports.placing import Placing
from onethread.imports.rehearsal import Rehearsal
from onethread.imports.run import Run, Taken, patiently
from onethread.imports.spool import Spool, SpoolFolder
from onethread.imports.turn import LOOK_EVERY, SAY_MS, turn_of

BROKEN: Final = "it could not be finished; the server's log says why"

log = structlog.get_logger(__name__)


class Waiting(NamedTuple):
    """An import on this hub's disk that has not ended."""

    spool: Spool
    dry_run: bool


class Queue:
    """Runs imports one at a time, so that chats don't feel more than one, and each in its turn."""

    def __init__(
        self,
        folder: SpoolFolder,
        ledger: Ledger,
        people: People,
        organization: Callable[[str], Awaitable[Organization | None]],
        mint: TokenMint,
    ) -> None:
        self._folder = folder
        self._ledger = ledger
        self._people = people
        self._organization = organization
        self._mint = mint
        self._waiting: dict[str, Waiting] = {}
        self._running = ""
        self._news = asyncio.Event()

    async def add(self, spool: Spool, job: Job) -> None:
        """Keep a new job and do it when its turn comes. StoreFailure: nobody knows whether it is kept."""
        try:
            await self._ledger.save(Held(job, 1), ())
        except BaseException:
            spool.remove()
            spool.close()
            raise
        self._put(spool, job)

    async def serve(self) -> None:
        """Do what comes, and what was left, until cancelled."""
        try:
            # What was left was accepted before what comes.
            await self._look()
            await asyncio.gather(self._work(), every(SAY_MS / 1000, self._look))
        finally:
            for waiting in self._waiting.values():
                waiting.spool.close()

    def _put(self, spool: Spool, job: Job) -> None:
        self._waiting[job.id] = Waiting(spool, job.dry_run)
        self._news.set()

    async def _work(self) -> None:
        while True:
            self._news.clear()
            waiting = await patiently(self._next)
            if waiting is not None:
                await self._take(waiting.spool)
                continue
            # An import that others run ends without a word.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK_EVERY if self._waiting else None)

    async def _next(self) -> Waiting | None:
        """Return an import whose turn it is, in the order in which they came here. Raises StoreFailure."""
        turns: dict[str, str] = {}
        for waiting in list(self._waiting.values()):
            org = waiting.spool.org
            if waiting.dry_run:
                return waiting
            if org not in turns:
                turn = await turn_of(self._ledger, org, self._waiting)
                turns[org] = turn.id if turn else waiting.spool.import_id
            if turns[org] in self._waiting:
                return self._waiting[turns[org]]
        return None

    async def _take(self, spool: Spool) -> None:
        self._running = spool.import_id
        try:
            await self._run(spool)
        finally:
            self._running = ""
            del self._waiting[spool.import_id]
            spool.close()

    async def _look(self) -> None:
        """Find what a process that died has left, and say that those who wait are waited for."""
        try:
            left = await asyncio.to_thread(self._folder.left)
        except OSError as error:
            log.warning("imports_unreadable", reason=str(error))
            left = []
        await self._find(left)
        for import_id, waiting in list(self._waiting.items()):
            if import_id != self._running:
                with suppress(StoreFailure):
                    await amend(self._ledger, waiting.spool.org, import_id, beat=now_ms())

    async def _find(self, left: list[Spool]) -> None:
        """Put in line what a process that died has left."""
        with ExitStack() as stack:
            for spool in left:
                stack.callback(spool.close)
            found = [await patiently(self._ledger.load, each.org, each.import_id) for each in left]
            stack.pop_all()
        for spool, held in zip(left, found, strict=True):
            if held is not None and not finished(held.job):
                log.info("import_found", id=spool.import_id, org=spool.org)
                self._put(spool, held.job)
            else:
                spool.remove()
                spool.close()

    async def _run(self, spool: Spool) -> None:
        """Do one import; its file is gone when nothing is left to do."""
        try:
            organization = await patiently(self._organization, spool.org)
            held = await patiently(self._ledger.load, spool.org, spool.import_id)
            if organization is not None and held is not None and not finished(held.job):
                job = await self._done(held, spool, organization)
                log.info("import_ended", id=job.id, org=job.org, state=job.state, rows=job.counts.rows)
        except Taken:
            log.info("import_taken", id=spool.import_id, org=spool.org)
            return
        except Exception as error:
            log.error("import_failed", id=spool.import_id, org=spool.org, exc_info=error)
            end = partial(amend, state="failed", failure=BROKEN)
            await patiently(end, self._ledger, spool.org, spool.import_id)
        spool.remove()

    async def _done(self, held: Held, spool: Spool, organization: Organization) -> Job:
        rehearsal = Rehearsal(self._people) if held.job.dry_run else None
        placing = Placing(organization, rehearsal or self._people, self._mint, held.job.seed)
        try:
            return await Run(held, spool.read, placing, self._ledger).run()
        finally:
            if rehearsal is not None:
                rehearsal.close()
