"""`onethread contacts`: contacts from a CSV file, and into one."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

import click
import uvloop

from onethread.cli.administration import connected_link
from onethread.cli.options import org_option, with_settings
from onethread.contacts.exporting import export
from onethread.imports.spool import SpoolFolder
from onethread.settings import Settings
from onethread.store.contacts import Contacts


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
