"""What the store holds: its own accounting of memory, in all and by family of keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from redis.asyncio import Redis

ALL = "all"


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes that the store uses in all, and what each family of keys takes (MEMORY USAGE, all samples)."""

    used: int
    families: Mapping[str, int]


def family(key: str) -> str:
    """What a key is one of: of a thread's keys the last word, of others the first (server/README.md)."""
    words = key.rpartition("}:")[2].split(":")
    return words[-1] if words[0].startswith("th_") else words[0]


def kept(before: Weight, after: Weight, messages: int) -> dict[str, float]:
    """Bytes a message that came between two weighings: `all` that the store uses, and of it each family.

    A family that grew by less than half a byte a message is left out.
    """
    grown = {name: size - before.families.get(name, 0) for name, size in after.families.items()}
    found = {name: size / messages for name, size in sorted(grown.items(), key=lambda item: -item[1])}
    return {
        ALL: (after.used - before.used) / messages,
        **{name: size for name, size in found.items() if size >= 0.5},
    }


async def weigh(url: str) -> Weight:
    """Weigh the store at this URL. It reads every key: for a store that holds nothing but a run."""
    families: Counter[str] = Counter()
    async with Redis.from_url(url) as store:
        async for key in store.scan_iter(count=1000):
            families[family(key.decode())] += await store.memory_usage(key, samples=0) or 0
        info = await store.info("memory")
    return Weight(int(info["used_memory"]), dict(families))
