"""What a search among many contacts costs the store, by counts, on a busy machine too.

The complaint is slow contact filters. A search whose cost grows with the contacts that it passes over fails
here: one look at each block of 2,048, and one at each contact of the page, is all that it may cost.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest

from onethread.contacts.search import ByAuthenticated, ByCustomData, ByEmail, ByPrefix, Everyone, Filter
from onethread.store.link import Link
from tests.store.calls import calls
from tests.store.people import People
from tests.stores import guarded_store

MANY = 6_000
"""Contacts beside them."""


@pytest.fixture(scope="module")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store that nobody else asks anything."""
    with guarded_store(tmp_path_factory.mktemp("costs")) as url:
        yield url


async def fill(people: People) -> None:
    """Many contacts of one kind, and before, among and behind them one of another kind."""
    for _ in range(2):
        await people.add(name="Zoë", authenticated=False, custom_data={"plan": "gold"}, email="z@x.example")
        for start in range(0, MANY // 2, 100):
            await asyncio.gather(
                *(
                    people.add(
                        name=f"Ana {number}",
                        authenticated=True,
                        custom_data={"plan": "free"},
                        email=f"{number}@x.example",
                    )
                    for number in range(start, start + 100)
                )
            )
    await people.add(name="Zoë", authenticated=False, custom_data={"plan": "gold"}, email="z@x.example")


async def cost(people: People, wanted: Filter) -> tuple[int, Counter[str]]:
    """How many a page has, and what it cost the store: scripts, looks at the index, profiles read."""
    before = await calls(people.link)
    page = await people.listing.page(people.org, people.shards, wanted, None, 50)
    spent = await calls(people.link) - before
    return len(page.profiles), Counter({name: spent[name] for name in ("evalsha", "zrange", "hmget")})


async def test_a_page_costs_what_it_holds(store_url: str) -> None:
    """And a look at each block: with twice the contacts a filter that matches rarely costs one look more for
    each 2,048 of them, one that matches often nothing more, nor do an e-mail and the list of all."""
    async with Link(store_url) as link:
        await link.ready()
        people = People(link)
        await people.find(ByPrefix("nobody"))
        for times in (1, 2):
            await fill(people)
            blocks = len((await people.keys())["contacts:blocks"])
            assert blocks == -(-len(people.contacts) // 2_048), len(people.contacts)
            matches = 3 * times
            for rare in (ByPrefix("Zoe"), ByCustomData("plan", "gold"), ByAuthenticated(False)):
                looks = {"evalsha": 2, "zrange": 1 + blocks + matches, "hmget": matches}
                assert await cost(people, rare) == (matches, looks)
            assert await cost(people, ByPrefix("nobody")) == (
                0,
                {"evalsha": 1, "zrange": 1 + blocks, "hmget": 0},
            )
            by_email = {"evalsha": 2, "zrange": 1 + matches, "hmget": matches}
            assert await cost(people, ByEmail("z@x.example")) == (matches, by_email)
            # One more than the page holds is read, to know whether there are more.
            assert await cost(people, Everyone()) == (50, {"evalsha": 3, "zrange": 1, "hmget": 51})
            assert await cost(people, ByPrefix("ana")) == (50, {"evalsha": 3, "zrange": 53, "hmget": 51})
