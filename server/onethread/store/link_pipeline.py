"""The pipeline: the commands of one connection, sent in the order called, answered in that order.

When a script is called that has no name here, or the store says NOSCRIPT, the pipeline holds: what wasn't
sent yet stays back until all that is in flight has been answered; then the scripts are found or loaded, and
what was refused and what was held back follow, in the order called. link_scripts.py says why no call of a
script overtakes another this way. (A plain command may overtake a call refused with NOSCRIPT.)
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterable
from typing import Protocol

from onethread.store import resp
from onethread.store.link_gathering import Gathering
from onethread.store.link_line import Line
from onethread.store.link_pending import Pending
from onethread.store.link_scripts import LoadedScripts
from onethread.store.scripts import Script

# So often refused, each time right after a load, a call shows that something on the way forgets scripts.
_MOST_RELOADS = 8

_PING = resp.pack(("PING",))
_TOO_MANY = "too many commands wait for the store"


class Owner(Protocol):
    """Whose pipeline it is: told, once each, that the connection stands and that it has ended, and why."""

    def made(self, pipeline: "Pipeline") -> None: ...

    def lost(self, pipeline: "Pipeline", why: str) -> None: ...


class _Hold:
    """What waits until scripts are loaded: calls refused for want of one; later commands, not sent yet."""

    def __init__(self, unsent: Iterable[Pending]) -> None:
        self.refused: list[Pending] = []
        self.later = list(unsent)


class Pipeline(Line):
    """Has at most `limit` commands in flight, and holds back at most as many while scripts are loaded."""

    def __init__(self, known: dict[str, Script], limit: int, owner: Owner) -> None:
        super().__init__()
        self.scripts = LoadedScripts(known)
        self._in_flight: deque[Pending] = deque()
        self._hold: _Hold | None = None
        self._limit = limit
        self._owner = owner
        self._gathering = Gathering(self._loop.time())

    @property
    def unanswered(self) -> int:
        """How many commands have no answer yet, those held back included."""
        held = 0 if self._hold is None else len(self._hold.refused) + len(self._hold.later)
        return len(self._in_flight) + held

    def send(self, pending: Pending) -> None:
        """Sends it with all that this tick brings; fails it when the limit is reached."""
        in_flight = self._in_flight
        if self._hold is not None:
            self._hold_back(pending, self._hold)
        elif len(in_flight) >= self._limit:
            pending.fail(_TOO_MANY)
        else:
            in_flight.append(pending)
            if not self._queued:
                self._flush_soon()
            self._queued.append(pending.packed)

    def send_first(self, pending: Pending, script: Script) -> None:
        """As `send`, for the call of a script that isn't loaded here."""
        self.scripts.known[script.sha] = script
        self._hold_back(pending, self._begin_hold())
        self._loop.call_soon(self._resume)

    def start(self, waiting: Iterable[Pending]) -> None:
        """Finds or loads the known scripts, then sends what waited for this connection; before anything
        else."""
        self._hold = _Hold(waiting)
        self._resume()

    def abandon(self) -> list[Pending]:
        """All that has no answer, in the order called, each noting whether it was sent. None is left."""
        sent = len(self._in_flight) - len(self._queued)
        for pending in itertools.islice(self._in_flight, sent):
            pending.sent = True
        hold = self._hold or _Hold(())
        abandoned = [*hold.refused, *self._in_flight, *hold.later]
        self._in_flight.clear()
        self._hold = None
        return abandoned

    def probe(self) -> None:
        if not self.unanswered:
            self._push(Pending(_PING, _ignore, None, idempotent=False))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._owner.made(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._owner.lost(self, self._reason)

    def data_received(self, data: bytes) -> None:
        self.heard = True
        in_flight = self._in_flight
        try:
            self._reader.feed(data)
            gets = self._reader.gets
            while (reply := gets()) is not resp.PENDING:
                pending = in_flight.popleft()
                if type(reply) is resp.NoScript and pending.script is not None:
                    self._refuse(pending, pending.script)
                    continue
                try:
                    pending.done(reply)
                except Exception as error:  # noqa: BLE001 - whatever a callback does, the next reply is another's
                    self._report(error)
        except (resp.BrokenStream, IndexError):  # IndexError: a reply that nobody asked for
            self.abort("the replies make no sense")
        if self._hold is not None and not in_flight:
            self._resume()

    def _flush_soon(self) -> None:
        wait = self._gathering.wait(self._loop.time())
        if wait:
            self._loop.call_later(wait, self._flush)
        else:
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        if self._queued:
            self._gathering.wrote(len(self._queued), self._loop.time())
        super()._flush()

    def _refuse(self, pending: Pending, script: Script) -> None:
        does_not_compile = self.scripts.refused.get(script.sha)
        if does_not_compile is not None:
            pending.done(does_not_compile)
        else:
            self._begin_hold().refused.append(pending)

    def _begin_hold(self) -> _Hold:
        if self._hold is None:
            unsent = [self._in_flight.pop() for _ in self._queued]
            self._queued.clear()
            self._hold = _Hold(reversed(unsent))
        return self._hold

    def _hold_back(self, pending: Pending, hold: _Hold) -> None:
        if len(hold.later) >= self._limit:
            pending.fail(_TOO_MANY)
        else:
            hold.later.append(pending)

    def _resume(self) -> None:
        """With nothing in flight: ask on, or load what has to be loaded, and end the hold."""
        hold = self._hold
        if hold is None or self._in_flight:
            return
        if hold.refused:
            self.scripts.flushed()
            hold.refused[0].reloads += 1
            if hold.refused[0].reloads > _MOST_RELOADS:
                self._hold = None
                for pending in (*hold.refused, *hold.later):
                    pending.fail(f"the store forgets its scripts {self.scripts.trouble}")
                return
        question = None if self.scripts.complete else self.scripts.question()
        if question is not None:
            self._push(Pending(*question, None, idempotent=False))
        else:
            self._hold = None
            self._load()
            for pending in (*hold.refused, *hold.later):
                if pending.script is not None:
                    pending.packed = resp.renamed(pending.packed, self.scripts.names[pending.script.sha])
                self._push(pending)
        self._flush()  # now: a hold beginning in this tick would take the transaction for something unsent

    def _load(self) -> None:
        if self.scripts.complete:
            return
        *begins, executes, notes = self.scripts.transaction()
        for packed in begins:
            self._push(Pending(packed, _ignore, None, idempotent=False))
        self._push(Pending(executes, self.scripts.loaded, None, idempotent=False))
        self._push(Pending(notes, _ignore, None, idempotent=False))

    def _push(self, pending: Pending) -> None:
        self._in_flight.append(pending)
        self._queue(pending.packed)


def _ignore(reply: object) -> None:
    """The reply of a command that is sent for its effect, or only to be answered."""
