"""Keeps a line to one node of the store: dials until it is reached, watches that it isn't silent, dials
again.

Pub/sub, blocked peers and half-open TCP all look the same from here: nothing comes. So whenever a fifth of
the allowed silence has passed, the store is asked for a sign of life; when five in a row brought nothing, the
transport is aborted. Ticks are counted and not the clock, so that a hub that was itself stopped for a while
doesn't blame the link.
"""

import asyncio
import itertools
import random
from collections.abc import Callable, Iterator

from onethread.store.errors import StoreUnavailable
from onethread.store.link_dialer import dial, read_node
from onethread.store.link_line import Line

SILENCE_SECONDS = 5.0
"""How long a link may say nothing (DESIGN.md P7)."""

_TICKS = 5
# A line that lived this long was no false start: the next try is made at once.
_STEADY_SECONDS = 1.0


def backoff() -> Iterator[float]:
    """Seconds before each next try: 20 ms doubling up to 1 s, each shortened by up to half, so that hubs
    don't dial in step.
    """
    for tries in itertools.count():
        yield min(1.0, 0.02 * 2 ** min(tries, 6)) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


class Upkeep:
    """`start` dials for ever, each time with a new line from `make_line`; `stop` ends the line and the
    dialing.

    Whoever makes the lines says `up` and `down`. ValueError: the URL is none of a store.
    """

    def __init__(self, url: str, make_line: Callable[[], Line], silence: float) -> None:
        self._node = read_node(url)
        self._make_line = make_line
        self._tick = silence / _TICKS
        self._dialing: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._trouble = "not dialed yet"

    @property
    def running(self) -> bool:
        """Whether another line may come: between `start` and `stop`."""
        return self._dialing is not None

    @property
    def trouble(self) -> str:
        """Why there is no line, for a person; empty while there is one."""
        return "" if self._up.is_set() else f"{self._node.label}: {self._trouble}"

    def up(self) -> None:
        """The line stands."""
        self._up.set()

    def down(self, why: str) -> None:
        """The line has ended."""
        self._up.clear()
        self._trouble = why

    async def ready(self) -> None:
        """Returns once a line stands; however long that takes."""
        await self._up.wait()

    def start(self) -> None:
        self._dialing = asyncio.create_task(self._keep(), name="onethread store link")

    async def stop(self) -> None:
        """Returns when the transport has ended, and with it what was in flight."""
        dialing, self._dialing = self._dialing, None
        if dialing is not None:
            dialing.cancel()
            await asyncio.wait([dialing])

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        delays = backoff()
        while True:
            began = loop.time()
            line = self._make_line()
            try:
                await dial(self._node, line)
                await self._watch(line)
            except StoreUnavailable as error:
                self._trouble = str(error)
            if loop.time() - began > _STEADY_SECONDS:
                delays = backoff()
            await asyncio.sleep(next(delays))

    async def _watch(self, line: Line) -> None:
        """Returns when the line is lost, by itself or because it was silent; ends it when cancelled."""
        silent = 0
        try:
            while not line.lost.done() and silent < _TICKS:
                await asyncio.wait([line.lost], timeout=self._tick)
                silent = 0 if line.heard else silent + 1
                line.heard = False
                if not line.lost.done():  # the answer would be awaited of the next line
                    line.probe()
        finally:
            line.abort("closed by the hub" if silent < _TICKS else f"silent for {_TICKS * self._tick:g} s")
            await line.lost
