"""Documents of an organization that administrators change: by compare-and-set, each change in the audit log.

{ORG}:organization    what it is (organizations.py)
{ORG}:agents          its agents (accounts.py)
{ORG}:webhooks        whom it tells what happens (webhooks.py)
{ORG}:audit           list of acts as JSON, newest first
{ORG}:desk            channel: its agents' hubs are told of what concerns them
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar, cast

import msgspec
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LostConnection
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as SilentStore

from onethread.agents.audit import KEPT, Act, Actor, Change, act
from onethread.store.errors import CommandError, StoreError, StoreUnavailable, UnknownOutcome
from onethread.store.scripts import load

T = TypeVar("T")

# Labels of a domain name, as an org's slug is one; it is also what may stand in a key's hash tag and in a
# SCAN pattern without being escaped.
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
# Edits are made by people: a second try is rare, a tenth means that something loops.
_TRIES = 10
ROSTER_CHANGED: Final = b"a"
"""The word on the desk's channel: somebody's account is another than it was."""


def is_slug(org: str) -> bool:
    """Tell whether this can be an organization's name: 1 to 64 of a-z, 0-9, dot, hyphen, underscore."""
    return _SLUG.fullmatch(org) is not None


def organization_key(org: str) -> str:
    """Return the key of what the organization is."""
    return f"{{{org}}}:organization"


def roster_key(org: str) -> str:
    """Return the key of the organization's agents."""
    return f"{{{org}}}:agents"


def audit_key(org: str) -> str:
    """Return the key of the organization's audit log."""
    return f"{{{org}}}:audit"


def webhooks_key(org: str) -> str:
    """Return the key of the organization's webhooks."""
    return f"{{{org}}}:webhooks"


def desk_channel(org: str) -> str:
    """Return the channel on which the hubs of the organization's agents are told what concerns them."""
    return f"{{{org}}}:desk"


class Documents:
    """Reads and changes documents; `by` is who does it. Everything raises StoreError."""

    def __init__(self, client: Redis, by: Actor) -> None:
        self._client = client
        self._by = by
        self._replace = client.register_script(load("replace").body)

    async def read(self, key: str) -> bytes | None:
        """Return a document, None if there is none."""
        with translated(StoreUnavailable):
            return cast("bytes | None", await self._client.get(key))

    async def put(
        self, org: str, key: str, was: bytes, becomes: bytes, changes: Sequence[Change], word: bytes = b""
    ) -> bool:
        """Change a document if it is still as it `was` (b"": none); false if it isn't.

        `word` is told on the organization's desk channel.
        """
        now = time.time_ns() // 1_000_000
        acts = [msgspec.json.encode(act(change, self._by, now)) for change in changes]
        channel = desk_channel(org) if word else ""
        with translated(UnknownOutcome):
            args: list[bytes | str | int] = [was, becomes, channel, word, KEPT, *acts]
            return bool(await self._replace(keys=[key, audit_key(org)], args=args))

    async def edit(
        self,
        org: str,
        key: str,
        edit: Callable[[bytes | None], tuple[T, bytes, list[Change]]],
        word: bytes = b"",
    ) -> T:
        """Change a document as one step and return what `edit` makes of it.

        `edit` may run again on what others made of it; what it raises is raised, and nothing is changed.
        """
        for _ in range(_TRIES):
            stored = await self.read(key)
            result, becomes, changes = edit(stored)
            if becomes == stored or await self.put(org, key, stored or b"", becomes, changes, word):
                return result
        raise UnknownOutcome(f"organization {org!r} is being changed by others all the time")

    async def note(self, org: str, changes: Sequence[Change]) -> None:
        """Note changes of what is no document in the audit log."""
        now = time.time_ns() // 1_000_000
        acts = [msgspec.json.encode(act(change, self._by, now)) for change in changes]
        with translated(UnknownOutcome):
            await self._client.lpush(audit_key(org), *acts)
            await self._client.ltrim(audit_key(org), 0, KEPT - 1)

    async def acts(self, org: str, limit: int) -> list[Act]:
        """Return the newest acts of the organization's audit log, newest first."""
        with translated(StoreUnavailable):
            kept = cast("list[bytes]", await self._client.lrange(audit_key(org), 0, limit - 1))
        return [msgspec.json.decode(one, type=Act) for one in kept]


@contextmanager
def translated(lost: type[StoreError]) -> Iterator[None]:
    """Raise redis-py's errors as this package's; `lost` is what a lost connection means for this command."""
    try:
        yield
    except (LostConnection, SilentStore, OSError):
        raise lost("the store does not answer") from None
    except ResponseError as error:
        raise CommandError(str(error)) from None
