"""Imports in the store: imports/ledger.py's Ledger.

{ORG}:import:<id>          hash: serial, job (a Job as JSON)
{ORG}:import:<id>:skipped  list: of each save the rows skipped, packed and compressed
"""

import zlib
from collections.abc import AsyncIterator, Sequence
from typing import Final

import msgspec

from onethread.contacts.csv.report import Skipped
from onethread.imports.job import Job
from onethread.imports.ledger import Held
from onethread.store.link import Link
from onethread.store.scripts import load

KEPT_SECONDS: Final = 30 * 24 * 3600
"""How long the report of an import is kept after its last word."""
READ: Final = 16
"""Saves whose skipped rows are read at once: at most some 4,000 rows."""

_SAVE = load("import")
_job = msgspec.json.Decoder(Job)
_skipped = msgspec.msgpack.Decoder(list[tuple[int, str, str]])


class Imports:
    """Jobs over one link. Raises the StoreError tree only."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def load(self, org: str, import_id: str) -> Held | None:
        """Return a job; see Ledger."""
        serial, job = await self._link.command(
            "HMGET", _key(org, import_id), "serial", "job", idempotent=True
        )
        return Held(_job.decode(job), int(serial)) if job else None

    async def save(self, held: Held, skipped: Sequence[Skipped], anew: bool = False) -> bool:
        """Keep the job; see Ledger."""
        job = held.job
        key = _key(job.org, job.id)
        packed = _pack(skipped) if skipped else b""
        args = (held.serial, msgspec.json.encode(job), packed, int(anew), KEPT_SECONDS)
        return bool(await self._link.run(_SAVE, (key, f"{key}:skipped"), args))

    async def skipped(self, org: str, import_id: str) -> AsyncIterator[list[Skipped]]:
        """Return the skipped rows; see Ledger."""
        key, at = f"{_key(org, import_id)}:skipped", 0
        while packed := await self._link.command("LRANGE", key, at, at + READ - 1, idempotent=True):
            yield [row for saved in packed for row in _unpack(saved)]
            at += len(packed)


def _key(org: str, import_id: str) -> str:
    return f"{{{org}}}:import:{import_id}"


def _pack(skipped: Sequence[Skipped]) -> bytes:
    rows = [(each.row, each.column, each.reason) for each in skipped]
    return zlib.compress(msgspec.msgpack.encode(rows))


def _unpack(packed: bytes) -> list[Skipped]:
    return [Skipped(*row) for row in _skipped.decode(zlib.decompress(packed))]
