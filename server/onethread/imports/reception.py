"""Takes a file in for an import."""

import secrets
from collections.abc import AsyncIterator
from typing import Final

from onethread.contacts.csv.table import open_table
from onethread.hub.clock import now_ms
from onethread.identity.ids import new_import
from onethread.imports.job import Job
from onethread.imports.spool import Spool, SpoolFolder

SEED: Final = 16
"""Random bytes that the ids of new contacts come from."""


async def receive(
    folder: SpoolFolder, org: str, chunks: AsyncIterator[bytes], *, dry_run: bool
) -> tuple[Spool, Job]:
    """Write a file down, see that its header can be used, and return it with a job for it, kept nowhere yet.

    HeaderError: it can't be imported. OSError: the disk. Then nothing is left of it.
    """
    incoming = folder.receive()
    try:
        async for chunk in chunks:
            await incoming.write(chunk)
        spool = await incoming.finish(org, new_import())
    except BaseException:
        incoming.abandon()
        raise
    try:
        open_table(spool.read)
    except BaseException:
        spool.remove()
        spool.close()
        raise
    return spool, Job(
        id=spool.import_id,
        org=org,
        dry_run=dry_run,
        seed=secrets.token_hex(SEED),
        size=incoming.size,
        digest=incoming.digest,
        beat=now_ms(),
    )
