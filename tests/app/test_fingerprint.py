"""The check that all hubs of a store have one server key."""

import asyncio
from pathlib import Path

from onethread.store.embedded import EmbeddedStore
from onethread.store.fingerprint import claim, fingerprint, matches
from onethread.store.organizations import open_admin_client

OURS, OTHER = b"a" * 32, b"b" * 32


async def test_the_first_key_is_the_stores(data: Path) -> None:
    """A new store takes the first key it is shown; after that only that one matches, whoever asks."""
    async with EmbeddedStore(data) as store:
        client = open_admin_client(store.url)
        try:
            assert await matches(client, OURS) is None
            assert await asyncio.gather(*(claim(client, OURS) for _ in range(3))) == [True] * 3
            assert await claim(client, OTHER) is False
            assert await matches(client, OURS) is True
            assert await matches(client, OTHER) is False
        finally:
            await client.aclose()


def test_it_tells_nothing_of_the_key() -> None:
    """What the store holds is a keyed hash of a constant, another one for each key."""
    assert fingerprint(OURS) != fingerprint(OTHER)
    assert OURS not in fingerprint(OURS)
