"""Contacts listed and searched in a real store, written as hubs write them."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from onethread.contacts.search import (
    ByAuthenticated,
    ByCustomData,
    ByEmail,
    ByPrefix,
    Everyone,
    Filter,
)
from onethread.hub.carry import Carry
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Writing
from onethread.identity.ids import new_thread
from onethread.identity.organization import Organization
from onethread.store import contacts
from onethread.store.link import Link
from tests.store.people import CREATED, People
from tests.store.thread_log import ThreadLog


@pytest.fixture
async def link(store_url: str) -> AsyncIterator[Link]:
    async with Link(store_url) as link:
        await link.ready()
        yield link


@pytest.fixture
def people(link: Link) -> People:
    return People(link)


async def test_newest_first(people: People) -> None:
    """Contacts come in the order of their creation, the newest first, also those of one millisecond."""
    for number in range(10):
        await people.add(name=f"Ana {number}")
    assert await people.find(Everyone()) == people.expected(Everyone())
    assert await people.find(ByPrefix("ana")) == people.expected(Everyone())


async def test_a_profile_comes_with_what_is_beside_it(people: People, link: Link) -> None:
    """A page has the whole profile, when it was last seen, and its devices; a dead hub's are offline."""
    ana = await people.add(user_id="ana", custom_data={"plan": "gold"})
    log = ThreadLog(link, people.org, ana.thread)
    await log.store.join(log.keys, log.arrival("phone"))
    [profile] = (await people.listing.page(people.org, 1, Everyone(), None, 10)).profiles
    assert profile.contact == ana
    assert profile.seen_at > CREATED
    assert [(device.id, device.online) for device in profile.devices] == [("phone", True)]
    await link.command("ZADD", log.keys.of("online"), 1, "hub1 phone")
    [profile] = (await people.listing.page(people.org, 1, Everyone(), None, 10)).profiles
    assert [(device.id, device.online) for device in profile.devices] == [("phone", False)]


async def test_a_change_is_found_at_once(people: People) -> None:
    """A contact is found by what it is now and by nothing that it was."""
    ana = await people.add(name="Ana", email="ana@one.example", custom_data={"plan": "gold"})
    await people.add(name="Ben")
    ana = await people.change(ana, name="Zoe", email="zoe@one.example", custom_data={"plan": "silver"})
    for wanted in (ByPrefix("zo"), ByEmail("zoe@one.example"), ByCustomData("plan", "silver")):
        assert await people.find(wanted) == [ana.id]
    for wanted in (ByPrefix("ana"), ByEmail("ana@one.example"), ByCustomData("plan", "gold")):
        assert await people.find(wanted) == []


async def test_a_search_goes_through_all_blocks(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among many, the oldest and the newest are found, and pages neither skip nor repeat across blocks."""
    numbers = list(range(4_200))
    for start in range(0, len(numbers), 100):
        # Whoever is written first is listed first: commands of one link take effect in their order.
        await asyncio.gather(
            *(people.add(name=f"P{n % 7} {n}", authenticated=n == 3) for n in numbers[start : start + 100])
        )
    blocks = (await people.keys())["contacts:blocks"]
    assert len(blocks) == 3
    oldest, newest = next(iter(people.contacts)), next(reversed(people.contacts))
    assert await people.find(ByPrefix("p0 0")) == [oldest]
    assert (await people.find(Everyone(), 500))[0] == newest
    for wanted in (
        Everyone(),
        ByPrefix("p3"),
        ByPrefix("p5 1"),
        ByAuthenticated(True),
        ByAuthenticated(False),
    ):
        assert await people.find(wanted, 200) == people.expected(wanted)
    monkeypatch.setattr(contacts, "BLOCKS", 1)  # a script for each block
    for wanted in (ByPrefix("p5 1"), ByAuthenticated(True), ByPrefix("nobody")):
        assert await people.find(wanted, 200) == people.expected(wanted)


async def test_terms_of_nobody_hide_nobody(people: People) -> None:
    """Filed terms whose contact is not on the list take the places of a page, not of those behind them."""
    plan = {"plan": "gold"}
    gold = [await people.add(name=f"Ana {number}", custom_data=plan) for number in range(12)]
    for contact in gold[4:11]:
        await people.link.command("ZREM", f"{{{people.org}:0}}:contacts", contact.id)
    for wanted in (ByCustomData("plan", "gold"), ByAuthenticated(False), ByPrefix("ana")):
        assert await people.find(wanted, 3) == [gold[n].id for n in (11, 3, 2, 1, 0)]


async def test_shards_are_one_list(link: Link) -> None:
    """An organization's shards are merged by creation, in every page and for every filter."""
    people = People(link, shards=4)
    for number in range(60):
        await people.add(
            shard=number * 7 % 4,
            name=f"Ana {number % 3}",
            created_at=CREATED + number,
            email=f"{number % 2}@x.example",
        )
    for wanted in (Everyone(), ByPrefix("ana 1"), ByEmail("1@x.example")):
        for limit in (1, 7, 100):
            assert await people.find(wanted, limit) == people.expected(wanted)


async def test_shards_with_the_same_microsecond(link: Link) -> None:
    """Contacts of several shards with one order are neither skipped nor repeated between pages."""
    people = People(link, shards=3)
    created = [await people.add(shard=shard) for shard in (2, 0, 1)]
    found = await people.find(Everyone(), 1)
    assert sorted(found) == sorted(contact.id for contact in created)
    assert found == await people.find(Everyone(), 3)


async def test_same_email(link: Link) -> None:
    """Who has the same e-mail is told of each contact, over all shards, and never oneself."""
    people = People(link, shards=2)
    ana = await people.add(shard=0, email="Ana@shop.example")
    zoe = await people.add(shard=1, email="ana@shop.example")
    ben = await people.add(shard=1, email="ben@shop.example")
    nobody = await people.add(shard=1)
    profiles = [await people.listing.one(people.org, one.id) for one in (ana, zoe, ben, nobody)]
    views = await people.listing.views(people.org, 2, [profile for profile in profiles if profile])
    same = [[] if not isinstance(view.same_email, list) else view.same_email for view in views]
    assert same == [[zoe.id], [ana.id], [], []]


async def test_a_visitors_first_message_lists_it(people: People, link: Link) -> None:
    """Who is stored with a message stands in the list, and can be searched, at the same moment."""
    log = ThreadLog(link, people.org, new_thread(0))
    log.contact = replace(log.contact, name="Vera", email="vera@shop.example")
    assert await log.say(creation=True) == 1
    for wanted in (Everyone(), ByPrefix("ver"), ByEmail("vera@shop.example"), ByAuthenticated(False)):
        assert await people.find(wanted) == [log.contact.id]


async def test_a_carry_takes_the_visitor_off_the_list(people: People) -> None:
    """After a carry the visitor is neither listed nor found, and nothing of it is left in the index; the
    contact is found by what it got."""
    ana = await people.add(name="Ana", user_id="ana", authenticated=True)
    before = await people.keys()
    vera = await people.add(
        name="Vera", email="vera@shop.example", phone="+49 1", custom_data={"plan": "gold"}
    )
    organization = Organization(org=people.org, name="Acme")
    await Carry(people.store, organization, "-" * 16).run(vera.thread, ana.thread)
    assert await people.find(Everyone()) == [ana.id]
    assert await people.find(ByPrefix("vera@")) == [ana.id]
    assert await people.find(ByCustomData("plan", "gold")) == [ana.id]
    assert await people.listing.one(people.org, vera.id) is None
    found = await people.listing.one(people.org, ana.id)
    assert found is not None
    await people.store.write(
        ThreadKeys(people.org, ana.thread),
        Writing(version=found.version, before=found.contact, contact=ana, epoch=""),
    )
    assert await people.keys() == before


async def test_any_history_leaves_the_index_as_the_profiles_are(people: People) -> None:
    """After many changes in any order every search finds exactly those whose profile holds it, and the index
    has no entry more than a fresh one of the same contacts."""
    chance = random.Random(7)
    words = ("ana", "Ána B", "ben", "", "+49 151", "user-1", "user-12", "x" * 40 + "y")

    def fields() -> dict[str, Any]:
        return {
            "name": chance.choice(words) or "Duck",
            "email": chance.choice(words),
            "phone": chance.choice(words),
            "company": chance.choice(words),
            "authenticated": chance.random() < 0.5,
            "custom_data": {
                key: chance.choice((1, True, "a")) for key in ("k", "l") if chance.random() < 0.5
            },
        }

    for _ in range(120):
        if not people.contacts or chance.random() < 0.4:
            await people.add(**fields())
        else:
            await people.change(chance.choice(list(people.contacts.values())), **fields())
    wanted: list[Filter] = [ByPrefix(word) for word in (*words, "us", "x" * 40, "+4") if word]
    wanted += [ByEmail("ben"), ByCustomData("k", "true"), ByAuthenticated(True), Everyone()]
    for one in wanted:
        assert await people.find(one) == people.expected(one)
    fresh = People(people.link)
    for contact in people.contacts.values():
        await fresh._write(contact, None)
    assert {key: len(members) for key, members in (await people.keys()).items() if "find" not in key} == {
        key: len(members) for key, members in (await fresh.keys()).items() if "find" not in key
    }
    assert sum(len(m) for key, m in (await people.keys()).items() if "find" in key) == sum(
        len(m) for key, m in (await fresh.keys()).items() if "find" in key
    )


async def test_an_overtaken_write_files_nothing(people: People) -> None:
    """A write that comes too late changes neither the profile nor what it is found by."""
    ana = await people.add(name="Ana")
    await people.change(ana, name="Zoe")
    keys = await people.keys()
    late = Writing(version=1, before=ana, contact=replace(ana, name="Late"), epoch="")
    assert await people.store.write(ThreadKeys(people.org, ana.thread), late) is None
    assert await people.keys() == keys


async def test_no_contact(people: People) -> None:
    """An id that is none, or nobody's, is answered with nothing."""
    for id_ in ("", "ct_", "th_0_0123456789abcdefghij", "ct_0_0123456789abcdefghij", "ct_0_\0"):
        assert await people.listing.one(people.org, id_) is None
    assert await people.find(Everyone()) == []


async def test_a_long_page_ends_early(people: People) -> None:
    """A page ends before its limit when its profiles get long; the next goes on behind it."""
    data = {f"k{i}": "x" * 1000 for i in range(30)}
    for _ in range(50):
        await people.add(custom_data=data)
    page = await people.listing.page(people.org, 1, Everyone(), None, 100)
    assert 30 < len(page.profiles) < 50
    assert await people.find(Everyone(), 100) == people.expected(Everyone())
