"""Imports in the store: imports/ledger.py's Ledger.

{ORG}:import:<id>          hash: serial, job (a Job as JSON)
{ORG}:import:<id>:skipped  list: of each save the rows skipped, packed and compressed
{ORG}:imports              zset of ids by when they were accepted (ms), each after those before it
{ORG}:imports:turns        the same, of those that write and have not ended
"""

import zlib
from collections.abc import AsyncIterator, Sequence
from typing import Final

import msgspec

from onethread.contacts.csv.report import Skipped
from onethread.imports.job import Job, finished
from onethread.imports.ledger import Accepted, Held
from onethread.store.link import Link
from onethread.store.scripts import load

KEPT_SECONDS: Final = 30 * 24 * 3600
"""How long the report of an import is kept after its last word."""
READ: Final = 16
"""Saves whose skipped rows are read at once: at most some 4,000 rows."""

_SAVE = load("import")
_FIRST = load("first")
_LIST = load("imports")
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
        takes_turn = int(not job.dry_run and not finished(job))
        keys = (key, f"{key}:skipped", _index(job.org), f"{_index(job.org)}:turns")
        args = (held.serial, msgspec.json.encode(job), packed, int(anew), KEPT_SECONDS, job.id, takes_turn)
        return bool(await self._link.run(_SAVE, keys, args))

    async def first(self, org: str) -> Held | None:
        """Return the one whose turn it is; see Ledger."""
        found = await self._link.run(_FIRST, (f"{_index(org)}:turns", _key(org, "")), ())
        return Held(_job.decode(found[1]), int(found[0])) if found else None

    async def page(self, org: str, before: int | None, limit: int) -> list[Accepted]:
        """Return the last accepted first; see Ledger."""
        args = ("+inf" if before is None else before, limit)
        found = await self._link.run(_LIST, (_index(org), _key(org, "")), args)
        return [Accepted(int(at), _job.decode(job)) for at, job in found]

    async def skipped(self, org: str, import_id: str) -> AsyncIterator[list[Skipped]]:
        """Return the skipped rows; see Ledger."""
        key, at = f"{_key(org, import_id)}:skipped", 0
        while packed := await self._link.command("LRANGE", key, at, at + READ - 1, idempotent=True):
            yield [row for saved in packed for row in _unpack(saved)]
            at += len(packed)


def _key(org: str, import_id: str) -> str:
    return f"{{{org}}}:import:{import_id}"


def _index(org: str) -> str:
    return f"{{{org}}}:imports"


def _pack(skipped: Sequence[Skipped]) -> bytes:
    rows = [(each.row, each.column, each.reason) for each in skipped]
    return zlib.compress(msgspec.msgpack.encode(rows))


def _unpack(packed: bytes) -> list[Skipped]:
    return [Skipped(*row) for row in _skipped.decode(zlib.decompress(packed))]
