"""What a message costs, in counters: whatever doubles it fails here, on any machine, however busy.

Each bound is some one and a half times what was counted (the number beside it, Python 3.11), so that a change
for a reason has room, and one without a look at its cost has not. Lower them when the cost falls.
"""

import os
import signal
from collections import Counter

from tests.guard.devices import at_once, family, in_turn, leave, settled
from tests.guard.spending import Spending

MESSAGES = 100
WARM = 60
"""Messages before anything is counted: the tail that a hub keeps of a thread is full then."""

ONE_BY_ONE = {
    "frames": 4.1,  # 4: three events and an ack
    "writes": 4.1,  # 3.1: the sender's ack and event mostly leave together
    "hub calls": 10,  # 7.1: read the sender, write to the store, read reply and push, write to three
    "store calls": 6.2,  # 4.2
    "scripts": 1.1,  # 1
    "commands": 12,  # 8, inside the script, with the script
    "reads": 1.2,  # 1: all that is asked of the store for a message leaves in one write
    "bytes to the store": 900,  # 605
    "bytes from the store": 450,  # 300: the reply, and the event once for this hub
}
"""With three devices, each message sent when all have the one before."""
AT_ONCE = {
    "frames": 4.2,  # 4
    "writes": 0.5,  # 0.1: what one turn of the loop brings to a connection leaves in one write
    "hub calls": 1,  # 0.2
    "store calls": 1,  # 0.2
    "reads": 0.3,  # 0.04
    "scripts": 1.1,  # 1
    "commands": 12,  # 8
}
"""With three devices, 30 messages of each in one write."""
CALLS = 210
"""Calls of functions in the hub for a message of three devices: 142, one by one."""
CALLS_AT_ONCE = 160
"""The same when messages come together: 106."""
CALLS_FOR_A_DELIVERY = 13
"""What each further device adds to them: 8.7."""


def assert_within(spent: Counter[str], messages: int, bounds: dict[str, float]) -> None:
    """Nothing of this was spent more than its bound allows a message."""
    over = {name: spent[name] / messages for name, most in bounds.items() if spent[name] > most * messages}
    assert over == {}, f"a message costs {over}, at most {bounds}"


def told(calls: Counter[str], messages: int) -> str:
    """Which functions are called most, for whoever has to find what has become dear."""
    return "\n".join(f"{count / messages:7.2f} {name}" for name, count in calls.most_common(40))


async def test_one_by_one(server: Spending) -> None:
    """A message costs few calls to the kernel, one script of few commands, and few bytes."""
    devices = await family(server, "one by one", 3)
    await in_turn(devices, WARM)
    async with server.of() as spent:
        await in_turn(devices, MESSAGES)
    await leave(devices)
    assert spent["frames in"] == MESSAGES
    assert spent["scripts"] >= MESSAGES
    assert_within(spent, MESSAGES, ONE_BY_ONE)


async def test_at_once(server: Spending) -> None:
    """What comes together is read, asked of the store, and written together."""
    devices = await family(server, "at once", 3)
    await in_turn(devices, WARM)
    async with server.of() as spent:
        at_once(devices, 30)
        await settled(devices, 30)
    await leave(devices)
    assert spent["frames in"] == 90
    assert spent["frames"] >= 90 * 4
    assert_within(spent, 90, AT_ONCE)


async def test_calls(server: Spending) -> None:
    """Few functions are called for a message, fewer when many come together, few for each who gets it."""
    devices = await family(server, "calls", 3)
    await in_turn(devices, WARM)
    async with server.calls() as alone:
        await in_turn(devices, MESSAGES)
    async with server.calls() as together:
        at_once(devices, 30)
        await settled(devices, 30)
    more = devices + await family(server, "calls", 23)
    async with server.calls() as many:
        await in_turn(more, MESSAGES)
    await leave(more)
    assert MESSAGES < alone.total() <= CALLS * MESSAGES, told(alone, MESSAGES)
    assert 90 < together.total() <= CALLS_AT_ONCE * 90, told(together, 90)
    further = (many.total() - alone.total()) / MESSAGES / (len(more) - len(devices))
    assert 1 < further <= CALLS_FOR_A_DELIVERY, told(many, MESSAGES)


async def test_memory_while_it_waits(server: Spending) -> None:
    """A message on its way to a store that stands still holds few blocks of memory, and keeps none after."""
    devices = await family(server, "waiting", 3)
    await in_turn(devices, WARM)
    before, received, waiting = await server.memory(), await server.frames_in(), 3 * 60
    os.kill(server.store, signal.SIGSTOP)
    try:
        at_once(devices, 60)
        await server.received(received + waiting)
        held = await server.memory()
    finally:
        os.kill(server.store, signal.SIGCONT)
    await settled(devices, 60)
    after = await server.memory()
    await leave(devices)
    assert 0 < held["blocks"] - before["blocks"] <= 24 * waiting  # 15
    assert 0 < held["bytes"] - before["bytes"] <= 2600 * waiting  # 1,650
    assert after["blocks"] - before["blocks"] <= waiting  # next to nothing


async def test_memory_of_a_long_one(server: Spending) -> None:
    """A long message to many is packed once: they share its bytes."""
    devices = await family(server, "long", 23)
    await in_turn(devices, WARM)
    before = await server.memory()
    await in_turn(devices, 1, "y" * 10_000)
    most = (await server.memory())["most"]
    await leave(devices)
    assert 10_000 < most - before["bytes"] <= 150_000  # 78,000; a copy for each would be 230,000 more
