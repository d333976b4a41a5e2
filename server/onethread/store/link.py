"""The link: one connection to a node of the store, for all that this hub asks of it (DESIGN.md section 3).

The way of a call: it is packed, queued, written with everything else of its loop tick, and answered by a
callback when the reply arrives, in order: about 3 µs of the hub's time, against 55 through a client that
awaits each (link_pipeline.py). When the connection is cut, what was in flight ends with UnknownOutcome,
except for idempotent commands: these wait for the next connection (link_pending.py), which is dialed until it
stands (link_upkeep.py).
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

from onethread.store import resp
from onethread.store.errors import StoreError, StoreUnavailable
from onethread.store.link_pending import Done, Pending, Waiting
from onethread.store.link_pipeline import Pipeline
from onethread.store.link_upkeep import SILENCE_SECONDS, Upkeep
from onethread.store.scripts import Script

Argument = bytes | str | int | float

MOST_IN_FLIGHT = 65_536
"""Commands without an answer; at 50,000 a second, more than a second of a store that stands still."""

PATIENCE_SECONDS = 2.0
"""How long an idempotent command waits for a connection: a store that restarts is back sooner."""


class Link:
    """`async with Link(url) as link:` dials for ever; at the end of the block what has no answer fails.

    Calls of scripts take effect in the order made, except for idempotent ones sent again after a loss. The
    given scripts are loaded with each connection; any other is at its first call, which waits until all in
    flight has been answered. Callbacks are called once, never inside the call; what they raise is reported to
    the loop. ValueError: the URL is none of a store.
    """

    def __init__(
        self,
        url: str,
        *,
        scripts: Iterable[Script] = (),
        on_connected: Callable[[], None] = lambda: None,
        on_lost: Callable[[StoreError], None] = lambda error: None,
        most_in_flight: int = MOST_IN_FLIGHT,
        patience: float = PATIENCE_SECONDS,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        known = {script.sha: script for script in scripts}
        self._upkeep = Upkeep(url, lambda: Pipeline(known, most_in_flight, self), silence)
        self._limit = most_in_flight
        self._waiting = Waiting(patience)
        self._on_connected = on_connected
        self._on_lost = on_lost
        self._pipeline: Pipeline | None = None
        self._names: dict[str, str] = {}  # the pipeline's own, here for one attribute less on a call's way

    async def __aenter__(self) -> Self:
        self._upkeep.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._upkeep.stop()
        for pending in self._waiting.take():
            pending.fail("the link was closed")
        await asyncio.sleep(0)  # the callbacks of all that failed have been called when the block is left

    @property
    def connected(self) -> bool:
        return self._pipeline is not None

    @property
    def trouble(self) -> str:
        """Why there is no connection, for a person; empty while there is one."""
        return self._upkeep.trouble

    @property
    def in_flight(self) -> int:
        """Commands that have no answer yet, those that wait for a connection included."""
        return len(self._waiting) + (0 if self._pipeline is None else self._pipeline.unanswered)

    async def ready(self) -> None:
        """Returns once connected; however long that takes."""
        await self._upkeep.ready()

    def call(self, script: Script, keys: Sequence[bytes | str], args: Sequence[Argument], done: Done) -> None:
        """Runs a script; `done` gets its reply or a StoreError. Returns at once.

        StoreUnavailable: it did not run (no connection, for idempotent scripts for 2 s; or too much in
        flight). UnknownOutcome: the connection was lost before the answer. CommandError: the script's own
        error. Raises only for what can't be sent, and then nothing is: TypeError for another type of
        argument, UnicodeEncodeError for a lone surrogate.
        """
        words = resp.pack_words(len(keys), *keys, *args)
        packed = resp.evalsha(self.name_of(script), 1 + len(keys) + len(args), words)
        self.call_packed(script, packed, done)

    def name_of(self, script: Script) -> str:
        """What the store knows the script by, now."""
        return self._names.get(script.sha, script.sha)

    def call_packed(self, script: Script, packed: bytes, done: Done) -> None:
        """As `call`, of a script by its present name."""
        pending = Pending(packed, done, script, script.idempotent)
        if self._pipeline is None or script.sha not in self._names:
            self._put_off(pending)
        else:
            self._pipeline.send(pending)

    def ask(self, words: Sequence[Argument], done: Done, *, idempotent: bool = False) -> None:
        """As `call`, for a plain command. None that blocks, subscribes, or changes the connection's state."""
        pending = Pending(resp.pack(tuple(words)), done, None, idempotent)
        if self._pipeline is None:
            self._put_off(pending)
        else:
            self._pipeline.send(pending)

    async def run(self, script: Script, keys: Sequence[bytes | str], args: Sequence[Argument]) -> Any:
        """As `call`: returns the reply, or raises. Cancelled, the script runs nevertheless."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.call(script, keys, args, partial(_settle, future))
        return await future

    async def command(self, *words: Argument, idempotent: bool = False) -> Any:
        """As `ask`: returns the reply, or raises. Cancelled, the command runs nevertheless."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.ask(words, partial(_settle, future), idempotent=idempotent)
        return await future

    def made(self, pipeline: Pipeline) -> None:
        """The connection stands; called by its pipeline."""
        self._pipeline, self._names = pipeline, pipeline.scripts.names
        self._upkeep.up()
        pipeline.start(self._waiting.take())
        self._tell(self._on_connected)

    def lost(self, pipeline: Pipeline, why: str) -> None:
        """The connection has ended; called by its pipeline."""
        self._pipeline, self._names = None, {}
        self._upkeep.down(why)
        for pending in pipeline.abandon():
            if pending.idempotent and self._upkeep.running:
                self._waiting.add(pending)
            else:
                pending.fail(self.trouble)
        self._tell(self._on_lost, StoreUnavailable(self.trouble))

    def _tell(self, callback: Callable[..., None], *args: object) -> None:
        asyncio.get_running_loop().call_soon(
            callback, *args
        )  # not from here: what it raises is the loop's to report

    def _put_off(self, pending: Pending) -> None:
        if self._pipeline is not None and pending.script is not None:
            self._pipeline.send_first(pending, pending.script)
        elif pending.idempotent and self._upkeep.running and len(self._waiting) < self._limit:
            self._waiting.add(pending)
        else:
            pending.fail(f"no link to the store: {self.trouble}")


def _settle(future: asyncio.Future[Any], reply: object) -> None:
    if future.done():  # whoever awaited it was cancelled
        return
    if isinstance(reply, StoreError):
        future.set_exception(reply)
    else:
        future.set_result(reply)
