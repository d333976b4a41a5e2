"""A hub's imports, one after the other; and those that a crash has left on its disk."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

import structlog
from msgspec.structs import replace

from onethread.hub.clock import every, now_ms
from onethread.hub.log import StoreFailure
from onethread.identity.organization import Organization
from onethread.identity.tokens import TokenMint
from onethread.imports.job import Job, finished
from onethread.imports.ledger import Held, Ledger, People
from onethread.imports.placing import Placing
from onethread.imports.rehearsal import Rehearsal
from onethread.imports.run import Run, Taken, patiently
from onethread.imports.spool import Spool, SpoolFolder

BROKEN: Final = "it could not be finished; the server's log says why"
LOOK_EVERY: Final = 30.0
"""Seconds between two looks for what a process that died has left, and between two words that those who wait
are waited for; a quarter of what makes them nobody's."""

log = structlog.get_logger(__name__)


class Queue:
    """Runs imports one at a time, so that chats don't feel more than one."""

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
        self._waiting: list[Spool] = []
        self._news = asyncio.Event()

    async def add(self, spool: Spool, job: Job) -> None:
        """Keep a new job and do it when its turn comes. StoreFailure: nobody knows whether it is kept."""
        try:
            await self._ledger.save(Held(job, 1), ())
        except BaseException:
            spool.remove()
            spool.close()
            raise
        self._put(spool)

    async def serve(self) -> None:
        """Do what comes, and what was left, until cancelled."""
        try:
            await asyncio.gather(self._work(), self._look(), every(LOOK_EVERY, self._look))
        finally:
            for spool in self._waiting:
                spool.close()

    def _put(self, spool: Spool) -> None:
        self._waiting.append(spool)
        self._news.set()

    async def _work(self) -> None:
        while True:
            while self._waiting:
                spool = self._waiting[0]
                try:
                    await self._run(spool)
                finally:
                    self._waiting.remove(spool)
                    spool.close()
            self._news.clear()
            await self._news.wait()

    async def _look(self) -> None:
        try:
            left = await asyncio.to_thread(self._folder.left)
        except OSError as error:
            log.warning("imports_unreadable", reason=str(error))
            return
        for spool in left:
            log.info("import_found", id=spool.import_id, org=spool.org)
            self._put(spool)
        for spool in self._waiting[1:]:
            with suppress(StoreFailure):
                await self._say(spool, beat=now_ms())

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
            await patiently(partial(self._say, spool, state="failed", failure=BROKEN))
        spool.remove()

    async def _done(self, held: Held, spool: Spool, organization: Organization) -> Job:
        rehearsal = Rehearsal(self._people) if held.job.dry_run else None
        placing = Placing(organization, rehearsal or self._people, self._mint, held.job.seed)
        try:
            return await Run(held, spool.read, placing, self._ledger).run()
        finally:
            if rehearsal is not None:
                rehearsal.close()

    async def _say(self, spool: Spool, **changes: Any) -> None:
        """Change what is kept of a job, unless it has ended, or somebody else was faster."""
        held = await self._ledger.load(spool.org, spool.import_id)
        if held is not None and not finished(held.job):
            await self._ledger.save(Held(replace(held.job, **changes), held.serial + 1), ())
