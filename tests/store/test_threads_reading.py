"""read.lua, range.lua, join.lua and compare.lua against a real store."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onethread.hub.entry import unpack
from onethread.hub.log import START, Difference, Hosted, Position
from tests.store.link_store import eventually
from tests.store.thread_log import ANA, ThreadLog, new_log


async def test_a_read_position_never_goes_back(log: ThreadLog) -> None:
    """A lower one is ignored, one beyond the head counts as the head; each side has its own."""
    await log.fill("1", "2", "3", "4")
    for asked, stands in ((2, 2), (1, 2), (3, 3), (99, 4), (2**53 - 1, 4), (2, 4)):
        await log.read("c", asked)
        assert int(await log.meta("rc")) == stands
    assert await log.meta("ra") == ""


async def test_reading_is_told_once(log: ThreadLog, signals: list[bytes]) -> None:
    """Hubs hear of a position that moved, with the session that moved it, and of none that did not."""
    await log.fill("1", "2")
    await log.read("c", 2)
    await log.read("c", 1)
    await log.read("a", 1)
    await eventually(lambda: len([s for s in signals if s[:1] == b"r"]) == 2)
    assert signals[-1][1:17] == b"s" * 16


async def test_a_thread_that_is_not_stored_is_not_read(store_url: str) -> None:
    """Reading makes no key."""
    async with new_log(store_url, stored=False) as log:
        await log.read("c", 1)
        assert await log.link.command("EXISTS", log.keys.meta) == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["say", "agent", "note"]),
            st.tuples(st.sampled_from(["read_c", "read_a", "delete"]), st.integers(1, 12)),
        ),
        max_size=16,
    )
)
async def test_unread_is_what_a_count_of_the_log_gives(store_url: str, acts: list[object]) -> None:
    """Whatever is said, deleted and read in whatever order, both figures are those of a full count."""
    async with new_log(store_url) as log:
        read = {"c": 0, "a": 0}
        for act in acts:
            match act:
                case "say":
                    await log.say()
                case "agent" | "note":
                    await log.agent_says(kind="message" if act == "agent" else "note")
                case ("read_c" | "read_a" as side, int(seq)):
                    await log.read(side[-1], seq)
                    head = (await log.head()).seq
                    read[side[-1]] = max(read[side[-1]], min(seq, head))
                case ("delete", int(seq)):
                    await log.revise("deleted", seq)
                    await log.revise("deleted", seq, by=ANA)
        entries = list(enumerate(await log.entries(), 1))

        def unread(author: str, after: int) -> int:
            return sum(
                e.kind == "message" and e.from_type == author and not e.deleted
                for seq, e in entries
                if seq > after
            )

        assert await log.unread() == (unread("agent", read["c"]), unread("contact", read["a"]))


async def test_a_range_is_read_both_ways_within_its_bytes(log: ThreadLog) -> None:
    """In the order asked for, as many as fit and one at least; beyond the log there is nothing."""
    await log.fill(*map(str, range(1, 41)))

    async def texts(first: int, last: int, size: int = 2**20) -> list[str]:
        return [unpack(element)[1].text for element in await log.store.range(log.keys, first, last, size)]

    numbers = [str(number) for number in range(1, 41)]
    assert await texts(1, 2**31) == numbers
    assert await texts(40, 1) == numbers[::-1]
    assert await texts(17, 33) == numbers[16:33]
    assert await texts(33, 17) == numbers[16:33][::-1]
    assert await texts(5, 40, 1) == ["5"]
    assert await texts(5, 1, 1) == ["5"]
    size = len((await log.store.range(log.keys, 1, 1, 1))[0])
    assert await texts(1, 40, 3 * size) == ["1", "2", "3"]
    assert await texts(41, 50) == []


async def test_joining_reads_one_moment(log: ThreadLog) -> None:
    """Head, newest events first, read positions, unread figures and the device itself are of one moment."""
    await log.fill("1", "2", "3")
    await log.say("4")
    await log.read("c", 2)
    joined = await log.store.join(log.keys, log.arrival("laptop", tail=2))
    assert joined
    assert joined.head == Position(4, await log.id_of(4))
    assert [unpack(element)[1].text for element in joined.events] == ["4", "3"]
    assert (joined.epoch, joined.read_contact, joined.read_agents) == (log.epoch, 2, 0)
    assert (joined.unread_contact, joined.unread_agents) == (1, 1)
    assert [(d.id, d.name, d.online) for d in joined.devices] == [("laptop", "Laptop", 1)]


@pytest.mark.parametrize(
    ("tail", "size", "expected"), [(0, 2**20, 0), (20, 2**20, 20), (50, 2**20, 40), (50, 1, 1)]
)
async def test_joining_reads_no_more_than_asked(log: ThreadLog, tail: int, size: int, expected: int) -> None:
    """The newest so many, within so many bytes, one at least if any is wanted."""
    await log.fill(*map(str, range(1, 41)))
    joined = await log.store.join(log.keys, log.arrival("laptop", tail=tail, size=size))
    assert joined
    assert [unpack(element)[1].text for element in joined.events] == [str(40 - i) for i in range(expected)]


async def test_nobody_joins_what_is_not_stored(store_url: str) -> None:
    """The answer is none, and no key is made."""
    async with new_log(store_url, stored=False) as log:
        assert await log.store.join(log.keys, log.arrival("laptop")) is None
        await log.store.stay(log.keys, "hub1", ["laptop"], [])
        assert await log.link.command("EXISTS", log.keys.of("online"), log.keys.of("devices")) == 0


async def test_p7_a_comparison_finds_whatever_differs(log: ThreadLog) -> None:
    """All the same gives nothing; another head, id, epoch or admission number gives the log's state."""
    await log.fill("1", "2")
    here, earlier = await log.head(), Position(1, await log.id_of(1))
    same = Hosted(log.keys, here, log.epoch, 0)
    found = await log.compare(
        same,
        Hosted(log.keys, earlier, log.epoch, 0),
        Hosted(log.keys, Position(2, "-" * 16), log.epoch, 0),
        Hosted(log.keys, Position(3, "-" * 16), log.epoch, 0),
        Hosted(log.keys, here, "another", 0),
        Hosted(log.keys, here, log.epoch, 5),
        Hosted(log.keys, START, log.epoch, 0),
    )
    assert found[0] is None
    rest = [difference for difference in found if difference is not None]
    assert [d.same_id for d in rest] == [True, False, False, True, True, True]
    assert {(d.epoch, d.head, d.adm) for d in rest} == {(log.epoch, 2, 0)}


async def test_p7_a_comparison_tells_what_ended_and_what_is_unread(log: ThreadLog) -> None:
    """The admission number with what ended at it, read positions and unread figures come along."""
    await log.fill("1", "2", "3")
    await log.say("4")
    await log.read("c", 1)
    await log.read("a", 2)
    await log.store.logout(log.keys, "laptop", tokens=False)
    [found] = await log.compare(Hosted(log.keys, await log.head(), log.epoch, 0))
    assert found == Difference(
        epoch=log.epoch,
        head=4,
        same_id=True,
        adm=1,
        ends={"device:laptop": 1},
        read_contact=1,
        read_agents=2,
        unread_contact=2,
        unread_agents=1,
    )


async def test_p7_a_thread_that_is_gone_is_found(store_url: str, log: ThreadLog) -> None:
    """A hosted thread that the store has not any more has no epoch; a visitor's unstored one is no
    difference."""
    async with new_log(store_url, stored=False) as unstored:
        found = await log.compare(
            Hosted(unstored.keys, Position(3, "-" * 16), "epoch", 0), Hosted(unstored.keys, START, "", 0)
        )
    assert found[0] is not None
    assert (found[0].epoch, found[0].head) == ("", 0)
    assert found[1] is None
