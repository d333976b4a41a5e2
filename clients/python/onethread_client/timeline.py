"""One thread's events as this client holds them, and the point from which it may resume (WIRE.md section 6, 1
to 3, 9, 11).

The events held are always one unbroken run of the log up to `position`, as far as the customer may see it: a
replay starts it, each event lengthens it, each page of history reaches further back. That is why `position`
is a valid resume point, and why both are kept on disk in one record or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from onethread_client.errors import BadFrame
from onethread_client.events import Event, Position, changed, may, need, newest
from onethread_client.frames import Arrival, History, Replay

# Some 2.5 MB at 500 bytes an event. A customer who reads further back asks for the older ones again.
HELD = 5_000
# What a record holds: a few screens, about 100 kB, written again every other second while messages come.
KEPT = 200
# Changes to messages that are not held matter only to a page that is already on its way.
WAITING = 1_000


class Timeline:
    """The events of one thread, in `seq` order, with edits and deletions applied."""

    def __init__(self, thread: str | None) -> None:
        self.thread = thread
        self.epoch: str | None = None
        self.position = Position()
        self.more = False
        self.version = 0
        # Ascending by seq, always: live events come so, and pages are sorted in.
        self._held: dict[int, Event] = {}
        self._waiting: dict[int, Event] = {}

    @property
    def events(self) -> tuple[Event, ...]:
        """What is held, ascending."""
        return tuple(self._held.values())

    def newest_first(self) -> Iterator[Event]:
        """What is held, descending."""
        return reversed(self._held.values())

    @property
    def before(self) -> int:
        """The `before` that asks for the page just older than what is held."""
        return next(iter(self._held), self.position.seq + 1)

    def get(self, seq: int) -> Event | None:
        """The event held at `seq`."""
        return self._held.get(seq)

    def find(self, event_id: str) -> int | None:
        """The `seq` of the event of that id, if it is held. A carry renumbers, ids stay."""
        return next((event.seq for event in self._held.values() if event.id == event_id), None)

    def resume(self) -> dict[str, object] | None:
        """The `resume` field for init; None when there is no log to go on from."""
        if self.epoch is None:
            return None
        point: dict[str, object] = {"epoch": self.epoch, "seq": self.position.seq}
        return point if self.position.id is None else point | {"id": self.position.id}

    def replayed(self, part: Replay) -> list[Event]:
        """Takes a part of a replay; answers what is new or changed. At `reset` everything held is forgotten
        first.

        Raises `BadFrame` for a part that goes on from a log that is not the one held: the gap would never be
        seen.
        """
        if part.reset:
            self.forget()
            self.epoch, self.more = part.epoch, bool(part.more)
        elif part.epoch != self.epoch:
            raise BadFrame("a replay that goes on from a log which is not held")
        self.position = part.at
        self.version += 1
        return self._merge(part.events)

    def arrived(self, arrival: Arrival) -> list[Event]:
        """Takes a live event; answers what is new or changed. One that is not after `position` is a repeat:
        nothing.
        """
        event = arrival.event
        if event.seq <= self.position.seq:
            return []
        self.position = Position(event.seq, event.id)
        fresh = self._merge([event])
        self._trim()
        return fresh

    def paged(self, page: History, before: int) -> list[Event]:
        """Takes the page that was asked for with `before`; answers what is new or changed. The resume point
        stays.

        A page that does not reach up to what is held, because the oldest were dropped meanwhile, would leave
        a gap: nothing.
        """
        if before < self.before:
            return []
        if not page.events or page.events[0].seq < self.before:
            self.more = page.more
        return self._merge(page.events)

    def forget(self) -> None:
        """Drops everything, the resume point too: the next replay starts afresh."""
        self.epoch, self.position, self.more = None, Position(), False
        self.version += 1
        self._held.clear()
        self._waiting.clear()

    def record(self) -> dict[str, Any]:
        """The newest events beside their resume point, as one map for a store."""
        events = self.events[-KEPT:]
        return {
            "thread": self.thread,
            "epoch": self.epoch,
            "seq": self.position.seq,
            "id": self.position.id,
            "more": self.more or len(events) < len(self._held),
            "events": [event.record() for event in events],
        }

    @classmethod
    def of(cls, record: Mapping[str, object]) -> Timeline:
        """The timeline in such a map. Raises `BadFrame` when it was damaged."""
        timeline = cls(may(record, "thread", str))
        timeline.epoch = may(record, "epoch", str)
        timeline.position = Position(need(record, "seq", int), may(record, "id", str))
        timeline.more = need(record, "more", bool)
        timeline._merge(Event.of(event) for event in need(record, "events", list))
        return timeline

    def _merge(self, events: Iterable[Event]) -> list[Event]:
        """Every event joins what is held, whatever order parts and pages come in; the result is the same."""
        fresh: dict[int, Event] = {}
        last = next(reversed(self._held), 0)
        self.version += 1
        for event in events:
            if event.kind in ("edited", "deleted") and event.target is not None:
                self._change(event, fresh)
                # The text belongs to the message. Left here, it would outlive the message's next change.
                event = event.without_text()
            held = self._held.get(event.seq)
            state = event if held is None else newest(held, event)
            waiting = self._waiting.pop(event.seq, None)
            if waiting is not None:
                state = changed(state, waiting)
            if state is not held:
                self._held[event.seq] = fresh[event.seq] = state
        if any(seq < last for seq in fresh):
            self._held = dict(sorted(self._held.items()))
        return list(fresh.values())

    def _change(self, change: Event, fresh: dict[int, Event]) -> None:
        target = change.target or 0
        held = self._held.get(target)
        if held is not None:
            state = changed(held, change)
            if state is not held:
                self._held[target] = fresh[target] = state
            return
        waiting = self._waiting.get(target)
        overtaken = change.kind == "edited" and change.text is None
        if not overtaken and (waiting is None or waiting.kind == "edited"):
            self._waiting[target] = change
        while len(self._waiting) > WAITING:
            del self._waiting[next(iter(self._waiting))]

    def _trim(self) -> None:
        while len(self._held) > HELD:
            del self._held[next(iter(self._held))]
            self.more = True
