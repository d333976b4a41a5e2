"""Organizations with their apps, identity keys and API keys, as administrators change them.

An organization is one document, changed by compare-and-set: an edit is a pure function of the record read,
and is tried again if somebody else's came first. So no reader ever sees half of a change. Beside it there
are a set of all names and, for each API key, an entry that leads from its hash to the organization; both
are only hints, the document decides.

    {ORG}:organization             a Record as JSON (documents.py)
    onethread:organizations        set of names
    onethread:api_key:{DIGEST}     name of the organization
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from typing import TypeAlias, TypeVar, cast

import msgspec
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from onethread.agents.audit import COMMAND, Actor, Change, changed_fields, differences
from onethread.identity.organization import Organization, Scope
from onethread.identity.record import ApiKey, Edit, Exists, Missing, OrganizationError, Record
from onethread.store.address import open_client
from onethread.store.documents import (
    Documents,
    is_slug,
    organization_key,
    translated,
)
from onethread.store.errors import StoreUnavailable, UnknownOutcome

AdminClient: TypeAlias = Redis
"""What `open_admin_client` gives, for those who only hand it on."""
T = TypeVar("T")
NAMES = "onethread:organizations"


def changes_of(before: Record, after: Record) -> list[Change]:
    """Return what an edit comes to, for the audit log."""
    was, now = before.organization, after.organization
    fields = tuple(name for name in changed_fields(was, now) if name not in ("apps", "identity_keys"))
    return [
        *([Change("organization.changed", now.org, fields)] if fields else []),
        *differences("app", _by_text(was.apps), _by_text(now.apps)),
        *differences("identity_key", was.identity_keys, now.identity_keys),
        *differences("api_key", before.api_keys, after.api_keys),
    ]


def open_admin_client(url: str) -> Redis:
    """A client for what is not hot; a store that is away shows within seconds, as an error. Close it."""
    return open_client(url, retry=Retry(NoBackoff(), 0), socket_timeout=5.0, socket_connect_timeout=2.0)


class Organizations:
    """The store of organizations. Everything raises StoreError as well.

    `key` is the server's own key, `by` who makes the changes.
    """

    def __init__(self, client: Redis, key: bytes, by: Actor = COMMAND) -> None:
        self._client = client
        self._key = key
        self._documents = Documents(client, by)

    async def close(self) -> None:
        """Give the client's connections up."""
        await self._client.aclose()

    async def add(self, organization: Organization) -> None:
        """Create it. Raises Exists."""
        if not is_slug(organization.org):
            raise OrganizationError("an organization's name is 1 to 64 of a-z, 0-9, '.', '-' and '_'")
        with translated(UnknownOutcome):
            # First the hint: a crash between the two leaves a name without a document, which nobody sees.
            await self._client.sadd(NAMES, organization.org)
        org, document = organization.org, _encode(Record(organization=organization))
        added = [Change("organization.added", org)]
        if not await self._documents.put(org, organization_key(org), b"", document, added):
            raise Exists(f"there is an organization {org!r} already")

    async def get(self, org: str) -> Record:
        """Read it. Raises Missing."""
        record = await self._find(org)
        if record is None:
            raise Missing(f"there is no organization {org!r}")
        return record

    async def find(self, org: str) -> Organization | None:
        """Read it as identity is decided from it; None if there is none."""
        record = await self._find(org)
        return None if record is None else record.organization

    async def all(self) -> list[Record]:
        """Every organization, by name."""
        with translated(StoreUnavailable):
            names = cast("set[bytes]", await self._client.smembers(NAMES))
        records = [await self._find(org.decode()) for org in sorted(names)]
        return [record for record in records if record is not None]

    async def edit(self, org: str, edit: Edit) -> Record:
        """Change it, as one step, and return what it is now; `edit` may run again on what others made of it.

        Raises Missing, and what `edit` raises: then nothing is changed. Connections see it within 2 s.
        """
        if not is_slug(org):
            raise Missing(f"there is no organization {org!r}")

        def change(stored: bytes | None) -> tuple[Record, bytes, list[Change]]:
            if stored is None:
                raise Missing(f"there is no organization {org!r}")
            before = msgspec.json.decode(stored, type=Record)
            after = edit(before)
            return after, _encode(after), changes_of(before, after)

        return await self._documents.edit(org, organization_key(org), change)

    async def remove(self, org: str) -> int:
        """Remove it and every key of its data from the store; returns how many keys that were.

        A removal that was interrupted is finished by another one. Open connections are closed within 5 s; a
        visitor who had not written before may do so in that time: then remove twice.
        """
        if not is_slug(org):
            raise Missing(f"there is no organization {org!r}")
        stored = await self._read(org)
        if stored is not None:
            for api_key in msgspec.json.decode(stored, type=Record).api_keys.values():
                await self._forget_api_key(api_key)
        with translated(UnknownOutcome):
            removed = await self._client.delete(organization_key(org))
            # The keys of its shards, {org:0}: and so on, and those beside the document, {org}:.
            async for key in self._client.scan_iter(match=f"{{{org}[:}}]*", count=1000):
                removed += await self._client.unlink(key)
            named = await self._client.srem(NAMES, org)
        if not named and not removed:
            raise Missing(f"there is no organization {org!r}")
        return int(removed)

    async def add_api_key(
        self, org: str, name: str, key: str | None = None, *, scope: Scope = "write"
    ) -> tuple[ApiKey, str]:
        """Make an API key, or take this one, and return it: it is never shown again.

        Raises Missing, Exists.
        """
        key = key or f"otk_{secrets.token_urlsafe(32)}"
        api_key = ApiKey(
            id=secrets.token_hex(4),
            name=name,
            digest=self._digest(key),
            created_at=time.time_ns() // 1_000_000,
            scope=scope,
        )

        def add(record: Record) -> Record:
            if any(known.digest == api_key.digest for known in record.api_keys.values()):
                raise Exists("this API key is there already")
            return msgspec.structs.replace(record, api_keys={**record.api_keys, api_key.id: api_key})

        await self.edit(org, add)
        with translated(UnknownOutcome):
            await self._client.set(_api_key(api_key.digest), org)
        return api_key, key

    async def remove_api_key(self, org: str, key_id: str) -> None:
        """Make an API key invalid at once. Raises Missing."""
        removed: list[ApiKey] = []

        def remove(record: Record) -> Record:
            if key_id not in record.api_keys:
                raise Missing(f"organization {org!r} has no API key {key_id!r}")
            removed[:] = [record.api_keys[key_id]]
            kept = {name: key for name, key in record.api_keys.items() if name != key_id}
            return msgspec.structs.replace(record, api_keys=kept)

        await self.edit(org, remove)
        await self._forget_api_key(removed[0])

    async def of_api_key(self, key: str) -> tuple[Organization, ApiKey] | None:
        """Whose API key this is; None if it is nobody's."""
        digest = self._digest(key)
        with translated(StoreUnavailable):
            org = cast("bytes | None", await self._client.get(_api_key(digest)))
        record = await self._find(org.decode()) if org else None
        if record is None:
            return None
        return next(
            ((record.organization, known) for known in record.api_keys.values() if known.digest == digest),
            None,
        )

    async def _find(self, org: str) -> Record | None:
        stored = await self._read(org)
        return None if stored is None else msgspec.json.decode(stored, type=Record)

    async def _read(self, org: str) -> bytes | None:
        if not is_slug(org):
            return None
        return await self._documents.read(organization_key(org))

    async def _forget_api_key(self, api_key: ApiKey) -> None:
        with translated(UnknownOutcome):
            await self._client.delete(_api_key(api_key.digest))

    def _digest(self, key: str) -> str:
        return hmac.new(self._key, b"onethread api key\0" + key.encode(), hashlib.sha256).hexdigest()


def _api_key(digest: str) -> str:
    return f"onethread:api_key:{{{digest}}}"


def _encode(record: Record) -> bytes:
    return msgspec.json.encode(record)


def _by_text(things: Mapping[int, T]) -> dict[str, T]:
    return {str(id_): thing for id_, thing in things.items()}
