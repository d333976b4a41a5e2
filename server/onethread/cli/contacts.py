"""`onethread contacts`: contacts from a CSV file, and into one."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, Final

import click
import uvloop

from onethread.cli.administration import connected_link
from onethread.cli.options import json_option, moment, org_option, show, with_settings
from onethread.contacts.csv.decision import OUTCOMES
from onethread.contacts.exporting import export
from onethread.hub.clock import now_ms
from onethread.imports.job import seen
from onethread.imports.ledger import Accepted
from onethread.imports.spool import SpoolFolder
from onethread.settings import Settings
from onethread.store.contacts import Contacts
from onethread.store.imports import Imports

MOST: Final = 1_000
"""Imports that are shown."""


@click.group()
def contacts() -> None:
    """Import and export an organization's contacts."""


@contacts.command("import")
@click.argument("file", type=click.File("rb"))
@org_option
@click.option("--dry-run", is_flag=True, help="Only report what the import would do.")
@click.option("--resume", metavar="ID", help="Go on with an import of this file that was interrupted.")
@click.option(
    "--errors",
    type=click.File("wb", lazy=True),
    help="Write every skipped row with its reason into this CSV file.",
)
@with_settings
def import_(
    settings: Settings,
    file: BinaryIO,
    org: str,
    dry_run: bool,
    resume: str | None,
    errors: BinaryIO | None,
) -> int:
    """Import contacts from the CSV file FILE, `-` for standard input; docs/import.md says how it is read.

    Exit code 3: it is done, but some rows were skipped.
    """
    if dry_run and resume:
        raise click.UsageError("--resume: a dry run has nothing to go on with; begin a new one")
    # Imported here: no other command needs it.
    from onethread.cli.importing import Importing

    # The file as it is read is a copy in UTF-8; going on needs the original again.
    with tempfile.TemporaryDirectory(prefix="onethread-import-") as folder:
        importing = Importing(settings, SpoolFolder(Path(folder)), org)
        work = importing.run(file, dry_run=dry_run, resume=resume, errors=errors)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)


@contacts.command("imports")
@org_option
@click.option(
    "--limit", type=click.IntRange(1, MOST), default=20, show_default=True, help="How many, the last."
)
@json_option
@with_settings
def imports(settings: Settings, org: str, limit: int, as_json: bool) -> None:
    """List the imports of the last 30 days, the last accepted first."""
    rows = asyncio.run(_imports(settings, org, limit))
    columns = ("id", "accepted_at", "dry_run", "state", "rows", *OUTCOMES, "skipped", "failure")
    show(rows, columns, as_json)


async def _imports(settings: Settings, org: str, limit: int) -> list[dict[str, Any]]:
    async with connected_link(settings, org) as (link, _):
        return [_row(accepted) for accepted in await Imports(link).page(org, None, limit)]


def _row(accepted: Accepted) -> dict[str, Any]:
    job = seen(accepted.job, now_ms())
    return {
        "id": job.id,
        "accepted_at": moment(accepted.at),
        "dry_run": job.dry_run,
        "state": job.state,
        **job.counts.told(),
        "failure": job.failure,
    }


@contacts.command("export")
@org_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The file to write; standard output if not given.",
)
@click.option("--excel", is_flag=True, help="With the mark by which Excel knows UTF-8.")
@with_settings
def export_(settings: Settings, org: str, out: Path | None, excel: bool) -> None:
    """Export the organization's contacts as CSV that imports again unchanged."""
    if out is None:
        asyncio.run(_export(settings, org, sys.stdout.buffer, excel=excel))
        return
    # What is there stays until the new file is whole.
    descriptor, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            asyncio.run(_export(settings, org, file, excel=excel))
        os.replace(name, out)
    finally:
        Path(name).unlink(missing_ok=True)


async def _export(settings: Settings, org: str, file: BinaryIO, *, excel: bool) -> None:
    async with connected_link(settings, org) as (link, organization):
        async for piece in export(Contacts(link), org, organization.shards, excel=excel):
            file.write(piece)
    file.flush()
