"""What a connection and its join cost, in counters; see test_messages.py."""

from tests.guard.devices import family, leave
from tests.guard.spending import Spending
from tests.guard.test_messages import assert_within, told

THREADS, DEVICES = 20, 3
JOINS = THREADS * DEVICES

JOIN = {
    "frames": 5,  # 3.1: ready, replay, presence of the thread
    "writes": 5,  # 3.1
    "hub calls": 19,  # 12.8 reads and writes, with accepting and the upgrade
    "store calls": 13,  # 8.3
    "scripts": 5,  # 3.3: look up, join and, for the first of a thread, write the contact; stay of others
    "commands": 38,  # 25
    "reads": 4.2,  # 2.8
    "bytes to the store": 2100,  # 1,400
}
"""Connect, upgrade, init, replay of an empty thread; a third of them found the contact."""
CALLS = 1200
"""Calls of functions in the hub for one join: 770, and 1,800 were the handshake uvicorn's."""
BYTES = 5500
"""What a connection weighs by Python's own accounting: 3,660, a third of its thread with it."""
BLOCKS = 55
"""The same in blocks: 37."""
LEFT = 8
"""Blocks for each connection that may be left when all have gone, and the hub has let go of their threads."""
RESIDENT = 16_000
"""What it adds to the process by the kernel's accounting: some 5,000, but it counts in pages and arenas."""


async def test_a_join(server: Spending) -> None:
    """Few calls to the kernel, few scripts of few commands, few functions."""
    await leave(await family(server, "warm", 3))
    async with server.of() as spent:
        devices = [await server.join(f"user-{number // DEVICES}", f"{number}") for number in range(JOINS)]
    async with server.calls() as calls:
        devices += [await server.join(f"other-{number // DEVICES}", f"{number}") for number in range(JOINS)]
    await leave(devices)
    assert spent["frames in"] == JOINS
    assert_within(spent, JOINS, JOIN)
    assert JOINS < calls.total() <= CALLS * JOINS, told(calls, JOINS)


async def test_memory_of_a_connection(server: Spending) -> None:
    """A connection weighs little, and nothing is left of it when it has gone and its thread is let go."""
    await leave([each for number in range(10) for each in await family(server, f"warm-{number}", DEVICES)])
    before = await server.memory()
    devices = [each for number in range(THREADS) for each in await family(server, f"user-{number}", DEVICES)]
    held = await server.memory()
    await leave(devices)
    gone = await server.fewer_blocks(before["blocks"] + LEFT * JOINS)
    assert gone, "what has gone still holds memory"
    assert 0 < held["bytes"] - before["bytes"] <= BYTES * JOINS
    assert 0 < held["blocks"] - before["blocks"] <= BLOCKS * JOINS
    assert held["resident"] - before["resident"] <= RESIDENT * JOINS
