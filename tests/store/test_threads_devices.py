"""join.lua, online.lua and refresh.lua against a real store: which devices there are, and who is online."""

import asyncio

import msgspec
import pytest

from onethread.hub.keys import ThreadKeys
from onethread.hub.log import DeviceState
from onethread.hub.presence import REFRESH_EVERY
from onethread.store.threads import ONLINE_MS, REFRESHED
from tests.store.link_store import eventually
from tests.store.thread_log import ThreadLog, new_log


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
