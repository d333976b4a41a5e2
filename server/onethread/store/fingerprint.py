"""Whether all hubs of a store have the same server key.

A hub with another one would refuse the tokens, pinned hashes and API keys of the others.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import cast

from redis.asyncio import Redis

from onethread.store.documents import translated
from onethread.store.errors import StoreUnavailable, UnknownOutcome

_KEY = "onethread:server_key"


def fingerprint(key: bytes) -> bytes:
    """What the store may know of a server key: nothing of it can be found out from this."""
    return hmac.new(key, b"onethread fingerprint", hashlib.sha256).hexdigest().encode()


async def claim(client: Redis, key: bytes) -> bool:
    """Tell whether this is the store's server key; the first one to ask makes it so. Raises StoreError."""
    with translated(UnknownOutcome):
        await client.set(_KEY, fingerprint(key), nx=True)
    return await matches(client, key) is True


async def matches(client: Redis, key: bytes) -> bool | None:
    """As `claim`, but changes nothing: None if the store has no server key yet."""
    with translated(StoreUnavailable):
        known = cast("bytes | None", await client.get(_KEY))
    return None if known is None else hmac.compare_digest(known, fingerprint(key))
