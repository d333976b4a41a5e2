"""One process of the fleet: takes steps as JSON lines on standard input, reports on standard output.

In: {"does": …, "options": {…}}. Out: four times a second {"tick": …}, after each step {"done": …}, and what
`report` asks for {"counts": …, "faults": …}. The end of the input is the end of the process, so none outlives
who started it.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from typing import Any, Final

import uvloop

from loadtest.device import Notes
from loadtest.fleet import Crew, Fleet
from loadtest.histogram import packed

TICK_S: Final = 0.25
LONGEST_LINE: Final = 2**26
"""Bytes of one line of a report: the counts of 100,000 threads fit in."""


def tell(message: dict[str, Any]) -> None:
    """Write one line to whoever started this process."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def tick(notes: Notes) -> dict[str, Any]:
    """What happened since the last tick; the latencies are taken away, the numbers go on rising."""
    latencies = {}
    for name in ("ack_us", "delivery_us", "join_us"):
        latencies[name.removesuffix("_us")] = packed(getattr(notes, name))
        getattr(notes, name).clear()
    numbers = {name: getattr(notes, name) for name in ("sends", "acks", "deliveries", "joins", "cut")}
    return {**numbers, "errors": notes.faults.total(), "latencies": latencies}


async def _tick(fleet: Fleet) -> None:
    while True:
        await asyncio.sleep(TICK_S)
        tell({"tick": tick(fleet.notes)})


async def work(crew: Crew) -> None:
    """Take steps until the input ends."""
    lines = asyncio.StreamReader(limit=LONGEST_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    fleet = Fleet(crew)
    # A collection over 10,000 devices takes tens of milliseconds, which would count as the server's.
    gc.freeze()
    gc.disable()
    ticking = asyncio.create_task(_tick(fleet))
    while line := await lines.readline():
        step = json.loads(line)
        if step["does"] == "report":
            tell({"counts": fleet.counts(), "faults": fleet.faults()})
            continue
        await fleet.step(step["does"], step["options"])
        tell({"tick": tick(fleet.notes)})
        tell({"done": step["does"]})
    ticking.cancel()


if __name__ == "__main__":
    uvloop.run(work(Crew(**json.loads(sys.argv[1]))))
