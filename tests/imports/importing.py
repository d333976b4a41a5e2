"""Imports into a real store, that can be interrupted anywhere."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from msgspec.structs import replace

from onethread.contacts.csv.report import Skipped
from onethread.contacts.profile import Contact
from onethread.hub.keys import prefix_of
from onethread.identity.ids import new_import
from onethread.identity.organization import Organization
from onethread.identity.tokens import TokenMint
from onethread.imports.job import Job
from onethread.imports.ledger import Held, People
from onethread.imports.placing import Placing
from onethread.imports.rehearsal import Rehearsal
from onethread.imports.run import Run
from onethread.store.carries import Carries
from onethread.store.imports import Imports
from onethread.store.link import Link

MINT = TokenMint(b"a server key of the tests of imports")


class Office:
    """An organization of its own and what is stored of it."""

    def __init__(self, link: Link, shards: int) -> None:
        self.link = link
        self.organization = Organization(org=f"o{secrets.token_hex(6)}", name="Acme", shards=shards)
        self.store = Carries(link)
        self.ledger = Imports(link)

    @property
    def org(self) -> str:
        return self.organization.org

    def job(self, data: bytes, **options: Any) -> Job:
        """A new import of a file."""
        blank = {"dry_run": False, "seed": secrets.token_hex(8), "size": len(data), "digest": ""}
        return Job(**{"id": new_import(), "org": self.org, **blank, **options})

    async def begin(self, data: bytes, **options: Any) -> Held:
        """A new import, kept."""
        held = Held(self.job(data, **options), 1)
        assert await self.ledger.save(held, ())
        return held

    async def held(self, held: Held) -> Held:
        """The import as it is kept now."""
        found = await self.ledger.load(held.job.org, held.job.id)
        assert found is not None
        return found

    async def run(
        self, held: Held, data: bytes, told: Callable[[Job], None] = lambda job: None, **parts: Any
    ) -> Job:
        """Run an import to its end; `parts` take the place of the store's people or ledger."""
        people: People = parts.get("people", self.store)
        rehearsal = Rehearsal(people) if held.job.dry_run else None
        placing = Placing(self.organization, rehearsal or people, MINT, held.job.seed)

        def read(offset: int, size: int) -> bytes:
            return data[offset : offset + size]

        try:
            return await Run(held, read, placing, parts.get("ledger", self.ledger), told).run()
        finally:
            if rehearsal is not None:
                rehearsal.close()

    async def import_(self, text: str, **options: Any) -> Job:
        """Import a file as if nothing could happen."""
        data = text.encode()
        return await self.run(await self.begin(data, **options), data)

    async def skipped(self, import_id: str) -> list[Skipped]:
        """All rows that an import skipped."""
        return [each async for some in self.ledger.skipped(self.org, import_id) for each in some]

    async def contacts(self) -> dict[str, Contact]:
        """Everybody in the organization, by user_id, import_key or else name."""
        found = {}
        for shard in range(self.organization.shards):
            prefix = prefix_of(self.org, shard)
            for member in await self.link.command("ZRANGE", f"{prefix}contacts", 0, -1):
                blob = await self.link.command("HGET", f"{prefix}contact:{member.decode()}", "blob")
                contact = msgspec.msgpack.decode(blob, type=Contact)
                key = contact.user_id or contact.import_key or contact.name
                assert key not in found, f"{key} is there twice"
                found[key] = contact
        return found


@asynccontextmanager
async def opened(store_url: str, shards: int = 2) -> AsyncIterator[Office]:
    """An organization of two shards, so that rows are written to both."""
    async with Link(store_url) as link:
        await link.ready()
        yield Office(link, shards)


class Cut(Exception):
    """The process died here."""


class Cutting:
    """Calls that go through to another object, until one after so many dies, before or after it was done.

    `again` makes as many of the same later; it counts over all of its copies.
    """

    def __init__(self, whole: Any, calls: int, *, done: bool, error: type[Exception] = Cut) -> None:
        self._whole = whole
        self._left = calls
        self._done = done
        self._error = error

    def __getattr__(self, name: str) -> Any:
        async def call(*args: Any, **options: Any) -> Any:
            self._left -= 1
            if self._left < 0 and (self._error is Cut or self._left == -1):
                if self._done and self._left == -1:
                    await getattr(self._whole, name)(*args, **options)
                raise self._error("cut")
            return await getattr(self._whole, name)(*args, **options)

        return call


def counts(job: Job) -> tuple[int, int, int, int]:
    """Imported, updated, unchanged, skipped."""
    return job.counts.imported, job.counts.updated, job.counts.unchanged, job.counts.skipped


def reset(held: Held) -> Held:
    """A job as another process finds it."""
    return Held(replace(held.job), held.serial)


async def settled(*work: Any) -> None:
    """Wait for all, whatever becomes of them."""
    await asyncio.gather(*work, return_exceptions=True)
