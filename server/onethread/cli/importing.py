"""An import that runs in a terminal: beside the server, over the same store."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import BinaryIO, Final

import click

from onethread.cli.administration import connected_link
from onethread.cli.import_progress import Watch
from onethread.contacts.csv.columns import HeaderError
from onethread.contacts.csv.report import ERRORS_HEADER, Skipped, errors_csv, summary, told, warnings
from onethread.hub.log import StoreFailure
from onethread.identity.organization import Organization
from onethread.identity.tokens import TokenMint
from onethread.imports.job import Job, finished
from onethread.imports.ledger import Held, Ledger, amend, take_up
from onethread.imports.placing import Placing
from onethread.imports.reception import receive
from onethread.imports.rehearsal import Rehearsal
from onethread.imports.run import Run, Taken
from onethread.imports.spool import Spool, SpoolFolder
from onethread.imports.turn import await_turn
from onethread.server_key import server_key
from onethread.settings import Settings
from onethread.store.carries import Carries
from onethread.store.imports import Imports
from onethread.store.link import Link
from onethread.values import quoted

SKIPPED: Final = 3
"""Exit code when some rows did not go in."""
SHOWN: Final = 20
"""Skipped rows that are printed; all are in the file of --errors."""
READ: Final = 1024 * 1024


class Importing:
    """One run of `onethread contacts import`; the file is copied into `folder`."""

    def __init__(self, settings: Settings, folder: SpoolFolder, org: str) -> None:
        self._settings = settings
        self._folder = folder
        self._org = org

    async def run(self, file: BinaryIO, *, dry_run: bool, resume: str | None, errors: BinaryIO | None) -> int:
        """Import, print the report, and return the exit code. Raises ClickException."""
        async with connected_link(self._settings, self._org) as (link, organization):
            ledger = Imports(link)
            try:
                spool, job = await receive(self._folder, self._org, _chunks(file), dry_run=dry_run)
            except HeaderError as error:
                raise click.ClickException(f"{file.name}: {error}") from None
            held = await self._held(ledger, job, resume)
            again = f"onethread contacts import {_path(file)} --org {self._org} --resume {held.job.id}"
            job = await self._watched(link, organization, held, spool, again)
            skipped = ledger.skipped(self._org, job.id)
            await _report(job, skipped, errors)
        if job.state == "failed":
            raise click.ClickException(f"{file.name}: {job.failure}")
        return SKIPPED if job.counts.skipped else 0

    async def _held(self, ledger: Ledger, job: Job, resume: str | None) -> Held:
        """Return the job to be run, kept: the new one, or the one to go on with."""
        if resume is None:
            held = Held(job, 1)
            await ledger.save(held, ())
            return held
        found = await ledger.load(self._org, resume)
        if found is None:
            raise click.ClickException(f"--resume: there is no import {quoted(resume)}")
        _check_resumable(found.job, job)
        taken = await take_up(ledger, found)
        if taken is None:
            raise click.ClickException("--resume: this import runs elsewhere at this moment")
        return taken

    async def _watched(
        self, link: Link, organization: Organization, held: Held, spool: Spool, again: str
    ) -> Job:
        rehearsal = Rehearsal(Carries(link)) if held.job.dry_run else None
        mint = TokenMint(server_key(self._settings))
        placing = Placing(organization, rehearsal or Carries(link), mint, held.job.seed)
        watch = Watch(held.job)
        ledger = Imports(link)
        watch.begun(again)
        try:
            held = await await_turn(ledger, held, _waited_for)
            with watch:
                return await Run(held, spool.read, placing, ledger, watch.see).run()
        except Taken:
            raise click.ClickException("somebody else has gone on with this import") from None
        except asyncio.CancelledError:
            watch.stopped(again)
            # Others need not wait to see whether it goes on.
            with suppress(StoreFailure):
                await amend(ledger, self._org, held.job.id, beat=0)
            raise


def _path(file: BinaryIO) -> str:
    return "FILE" if file.name == "<stdin>" else shlex.quote(file.name)


def _waited_for(job: Job) -> None:
    click.echo(f"waiting for the import {job.id}, which was accepted before", err=True)


def _check_resumable(found: Job, now: Job) -> None:
    if finished(found):
        why = f" ({found.failure})" if found.failure else ""
        raise click.ClickException(
            f"--resume: this import is {found.state}{why}; there is nothing to go on with"
        )
    if found.dry_run:
        raise click.ClickException("--resume: a dry run has nothing to go on with; begin a new one")
    if found.digest != now.digest:
        raise click.ClickException("--resume: that import was of another file, or this one has changed")


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(file.read, READ):
        yield chunk


async def _report(job: Job, skipped: AsyncIterator[list[Skipped]], errors: BinaryIO | None) -> None:
    """Print what was done, and write down what was not."""
    click.echo(summary(job.counts, dry_run=job.dry_run))
    for warning in warnings(job.counts):
        click.echo(warning)
    shown = 0
    if errors:
        errors.write(ERRORS_HEADER)
    async for some in skipped:
        for each in some[: SHOWN - shown]:
            click.echo(told(each))
        shown = min(shown + len(some), SHOWN)
        if errors:
            errors.write(errors_csv(some))
    more = job.counts.skipped - shown
    if more > 0:
        click.echo(f"and {more:,} more{'' if errors else '; --errors FILE writes them all down'}")
