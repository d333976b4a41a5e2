"""What a store says of itself, for whoever checks an installation."""

from __future__ import annotations

import time
from typing import cast

import msgspec
from redis.asyncio import Redis

from onethread.store.documents import translated
from onethread.store.errors import CommandError, StoreUnavailable


class StoreFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A store as it is now.

    `version` is that of Redis it is compatible with; `name` tells its own. `append_fsync` and `eviction` are
    None where a hosted store doesn't tell. `clock_ahead` is by how many seconds its clock is ahead of ours.
    """

    name: str
    version: tuple[int, ...]
    append_only: bool
    append_fsync: str | None
    eviction: str | None
    clock_ahead: float


async def inspect(client: Redis) -> StoreFacts:
    """Ask the store. Raises StoreUnavailable, CommandError."""
    with translated(StoreUnavailable):
        info = await client.info()
        before = time.time()
        seconds, microseconds = await client.time()
        middle = (before + time.time()) / 2
    version = str(info["redis_version"])
    own = info.get("valkey_version")
    return StoreFacts(
        name=f"Valkey {own}" if own else f"Redis {version}",
        version=tuple(int(part) for part in version.split(".") if part.isdecimal()),
        append_only=bool(info.get("aof_enabled")),
        append_fsync=await _append_fsync(client),
        eviction=info.get("maxmemory_policy"),
        clock_ahead=seconds + microseconds / 1e6 - middle,
    )


async def _append_fsync(client: Redis) -> str | None:
    try:
        with translated(StoreUnavailable):
            found = cast("dict[str, str]", await client.config_get("appendfsync"))
    except CommandError:
        return None  # hosted stores keep CONFIG to themselves
    return found.get("appendfsync")
