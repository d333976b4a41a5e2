"""What the store holds."""

import pytest
from redis.asyncio import Redis

from loadtest.weighing import Weight, family, kept, weigh


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("{demo:0}:th_0_abc:log", "log"),
        ("{demo:0}:th_0_abc:cuts:c", "c"),
        ("{demo:0}:contact:ct_0_abc", "contact"),
        ("{demo:0}:inbox:open", "inbox"),
        ("{demo:0}:user:0123", "user"),
        ("onethread:orgs", "onethread"),
    ],
)
def test_family(key: str, name: str) -> None:
    """A thread's keys are told apart by their last word, others by their first."""
    assert family(key) == name


def test_kept() -> None:
    """What has grown is divided by the messages that came, the heaviest first; what has not is left out."""
    before, after = (
        Weight(1000, {"log": 100, "meta": 50}),
        Weight(3000, {"cids": 300, "log": 900, "meta": 50}),
    )
    found = kept(before, after, 10)
    assert found == {"all": 200, "log": 80, "cids": 30}
    assert list(found) == ["all", "log", "cids"]


def test_kept_leaves_out_what_is_no_messages_doing() -> None:
    """A family that grew by less than half a byte a message is left out; by half a byte, it is there."""
    before, after = Weight(0, {}), Weight(100, {"presence": 49, "inbox": 50})
    assert kept(before, after, 100) == {"all": 1, "inbox": 0.5}


async def test_weigh(store_url: str) -> None:
    """A real store is weighed by its own accounting: all of it, and every key in its family."""
    async with Redis.from_url(store_url) as store:
        before = await weigh(store_url)
        await store.rpush("{weighed:0}:th_0_a:weighed", *("x" * 100 for _ in range(1000)))
        after = await weigh(store_url)
        await store.delete("{weighed:0}:th_0_a:weighed")
    assert after.families["weighed"] - before.families.get("weighed", 0) > 100_000
    assert after.used - before.used > 100_000
