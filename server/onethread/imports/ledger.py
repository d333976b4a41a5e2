"""What an import asks of the store: contacts by their keys, and a place for its job."""

import secrets
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple, Protocol

from msgspec.structs import replace

from onethread.contacts.csv.report import Skipped
from onethread.hub.clock import now_ms
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Found, Moved, Writing, Written
from onethread.imports.job import Job, finished


class People(Protocol):
    """Contacts, as an import finds and writes them. Raises StoreFailure."""

    async def look_up(
        self, org: str, shard: int, *, user_id: str = "", import_key: str = "", thread: str = ""
    ) -> Found | None:
        """Return what is stored of the user, the import_key or the thread; None for a key not known."""

    async def write(self, keys: ThreadKeys, writing: Writing) -> Written | Moved | None:
        """Write a contact and what goes with it; None if somebody else wrote first."""


class Held(NamedTuple):
    """A job as stored; `serial` rises by one with every save."""

    job: Job
    serial: int


class Accepted(NamedTuple):
    """A job, and when it was accepted: milliseconds since 1970 UTC, each after those before it."""

    at: int
    job: Job


class Ledger(Protocol):
    """Jobs, and the rows that they skipped. Raises StoreFailure."""

    async def load(self, org: str, import_id: str) -> Held | None:
        """Return a job; None if there is none, or none any more."""

    async def save(self, held: Held, skipped: Sequence[Skipped], anew: bool = False) -> bool:
        """Keep the job if the serial kept is the one before, and add to its skipped rows, in one step.

        False: somebody else has saved it. Repeated, it changes nothing and is true. `anew` forgets the rows
        skipped so far. A new job has serial 1, and is accepted with it.
        """

    async def first(self, org: str) -> Held | None:
        """Return the one accepted first of those that have not ended; dry runs aside."""

    async def page(self, org: str, before: int | None, limit: int) -> list[Accepted]:
        """Return the last accepted first, at most so many, those before a time only if one is given."""

    def skipped(self, org: str, import_id: str) -> AsyncIterator[list[Skipped]]:
        """Return the skipped rows in their order, some at a time."""


async def amend(ledger: Ledger, org: str, import_id: str, **changes: Any) -> None:
    """Change what is kept of a job, unless it has ended, or somebody else was faster. Raises StoreFailure."""
    held = await ledger.load(org, import_id)
    if held is not None and not finished(held.job):
        await ledger.save(Held(replace(held.job, **changes), held.serial + 1), ())


async def take_up(ledger: Ledger, held: Held) -> Held | None:
    """Take up a job; None if somebody else does, even since this very millisecond. Raises StoreFailure."""
    mine = replace(held.job, beat=now_ms(), runner=secrets.token_hex(8))
    taken = Held(mine, held.serial + 1)
    return taken if await ledger.save(taken, ()) else None
