"""read.lua, range.lua, join.lua, online.lua and compare.lua against a real store."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onethread.hub.entry import unpack
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import START, DeviceState, Difference, Hosted, Position
from onethread.hub.presence import REFRESH_EVERY
from onethread.store.subscriber import Subscriber
from onethread.store.threads import ONLINE_MS, REFRESHED
from tests.store.link_store import eventually
from tests.store.thread_log import ANA, ThreadLog, new_log


@pytest.fixture
async def log(store_url: str) -> AsyncIterator[ThreadLog]:
    """A stored thread of an organization of its own."""
    async with new_log(store_url) as log:
        yield log


@pytest.fixture
async def signals(store_url: str, log: ThreadLog) -> AsyncIterator[list[bytes]]:
    """What hubs that host the thread hear."""
    heard: list[bytes] = []

    def hear(channel: bytes, payload: bytes) -> None:
        heard.append(payload)

    async with Subscriber(store_url, on_message=hear, on_gap=lambda channels: None) as subscriber:
        await subscriber.ready()
        await subscriber.subscribe(log.keys.channel)
        yield heard


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


async def online(log: ThreadLog) -> dict[str, int]:
    """Each device and whether it is online, as one that joins is told; that one is left out."""
    joined = await log.store.join(log.keys, log.arrival("watcher"))
    assert joined
    return {device.id: device.online for device in joined.devices if device.id != "watcher"}


async def test_a_device_is_online_while_any_hub_has_it(log: ThreadLog) -> None:
    """It leaves with the last hub's word, and stays known."""
    for hub in ("hub1", "hub2"):
        await log.store.join(log.keys, log.arrival("laptop", hub=hub))
    await log.store.stay(log.keys, "hub1", [], ["laptop"])
    assert await online(log) == {"laptop": 1}
    await log.store.stay(log.keys, "hub2", [], ["laptop"])
    assert await online(log) == {"laptop": 0}


async def test_a_silent_hubs_devices_fade_and_every_hub_is_told(log: ThreadLog, signals: list[bytes]) -> None:
    """A device that nobody speaks for is offline once its time has come; others keep theirs."""
    await log.store.join(log.keys, log.arrival("laptop", hub="dead"))
    await log.store.join(log.keys, log.arrival("phone", hub="alive"))
    await log.link.command("ZADD", log.keys.of("online"), 1, "dead laptop")
    told = len(signals)
    await log.store.stay(log.keys, "alive", ["phone"], [])
    await eventually(lambda: len(signals) > told)
    assert await online(log) == {"laptop": 0, "phone": 1}


async def test_fifty_devices_are_remembered(log: ThreadLog) -> None:
    """Beyond that, of those that are away, the one that joined longest ago is forgotten."""
    names = [f"device-{number:02}" for number in range(49)]
    await log.store.join(log.keys, log.arrival("always here"))
    for name in names:
        await log.store.join(log.keys, log.arrival(name))
        await log.store.stay(log.keys, "hub1", [], [name])
        await asyncio.sleep(0.001)  # the time of each is another
    assert await online(log) == {"always here": 1} | dict.fromkeys(names[1:], 0)


async def test_of_more_than_fifty_online_the_last_are_told(log: ThreadLog) -> None:
    """Those that joined last: so that what is told fits into a frame, whatever crowd there is."""
    names = [f"device-{number}" for number in range(70)]
    for name in names:
        await log.store.join(log.keys, log.arrival(name))
        await asyncio.sleep(0.001)  # the time of each is another
    assert await online(log) == dict.fromkeys(names[-49:], 1)  # the watcher is one of the fifty


async def test_a_device_is_told_as_it_came_last(log: ThreadLog) -> None:
    """Its kind and name are those of its last join, though a known one is noted but once an hour."""
    await log.store.join(log.keys, log.arrival("laptop"))
    renamed = msgspec.structs.replace(log.arrival("laptop"), kind="other", name="")
    joined = await log.store.join(log.keys, renamed)
    assert joined
    assert joined.devices == [DeviceState("laptop", "other", "", 1)]


@pytest.mark.parametrize("arriving", ["phone", "tablet"])
async def test_who_finds_a_device_faded_tells(log: ThreadLog, signals: list[bytes], arriving: str) -> None:
    """A device that had faded when another one joins is told as gone by that joining, known or new."""
    await log.store.join(log.keys, log.arrival("laptop", hub="dead"))
    await log.store.join(log.keys, log.arrival("phone", hub="alive"))
    await log.link.command("ZADD", log.keys.of("online"), 1, "dead laptop")
    await asyncio.sleep(0)
    told = len(signals)
    await log.store.join(log.keys, log.arrival(arriving, hub="alive"))
    await eventually(lambda: len(signals) > told)
    assert b"laptop\xa3web\xa6Laptop\x00" in signals[-1]


async def test_a_device_that_returns_is_told(log: ThreadLog, signals: list[bytes]) -> None:
    """A hub that was thought dead and speaks again brings its devices back for everybody."""
    await log.store.join(log.keys, log.arrival("laptop"))
    await log.link.command("DEL", log.keys.of("online"))
    told = len(signals)
    await log.store.stay(log.keys, "hub1", ["laptop"], [])
    await eventually(lambda: len(signals) > told)
    assert b"laptop\xa3web\xa6Laptop\x01" in signals[-1]


async def test_nothing_new_is_not_told(log: ThreadLog, signals: list[bytes]) -> None:
    """Refreshing what is online, and a second tab of an online device, are silent."""
    await log.store.join(log.keys, log.arrival("laptop"))
    await eventually(lambda: signals)
    await log.store.join(log.keys, log.arrival("laptop"))
    await log.store.stay(log.keys, "hub1", ["laptop"], [])
    await log.say()
    await eventually(lambda: signals[-1][:1] == b"e")
    assert len([s for s in signals if s[:1] == b"p"]) == 1


async def test_refreshing_many_threads_finds_those_where_more_is_due(log: ThreadLog, store_url: str) -> None:
    """Where all is as it was, devices are kept, untold; a missing or faded one, or a crowd, is named."""
    async with (
        new_log(store_url, log.keys.org) as other,
        new_log(store_url, log.keys.org, stored=False) as no,
    ):
        await log.store.join(log.keys, log.arrival("laptop"))
        await other.store.join(other.keys, other.arrival("phone"))
        online = log.keys.of("online")
        before = float(await log.link.command("ZSCORE", online, "hub1 laptop"))
        both = [(log.keys, ["laptop"]), (other.keys, ["phone"])]

        async def due(present: list[tuple[ThreadKeys, list[str]]]) -> list[ThreadKeys]:
            await asyncio.sleep(0.002)  # the expiry is another than the one before
            return await log.store.refresh("hub1", present)

        assert await due(both) == []
        assert float(await log.link.command("ZSCORE", online, "hub1 laptop")) > before
        assert await due([*both, (no.keys, ["tablet"])]) == [no.keys]
        assert await log.link.command("EXISTS", no.keys.of("online")) == 0
        assert await due([(log.keys, ["laptop", "tv"]), both[1]]) == [log.keys]
        crowd = [f"device-{number}" for number in range(REFRESHED + 1)]
        assert await due([(log.keys, crowd), both[1]]) == [log.keys]
        await log.link.command("ZADD", other.keys.of("online"), 1, "dead laptop")
        assert await due([both[0], (other.keys, [])]) == [other.keys]


def test_a_killed_hubs_devices_are_gone_within_a_minute() -> None:
    """Its last word's time and the next look of another hub are over before 60 s; two words may be lost."""
    assert ONLINE_MS / 1000 + REFRESH_EVERY < 60
    assert ONLINE_MS / 1000 > 3 * REFRESH_EVERY


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
