"""The outbox: commands typed but not yet known to be in the log, kept by thread (WIRE.md section 2, 6 and 8).

    queued ── written, `ack` ──▶ acked ── its event comes, or the position passes it ──▶ gone
      ▲  │                         │
      │  └── `error` of no return ─│─▶ failed (shown, never repeated)
      └──────── reset: true ───────┘

One command is on its way at a time. Those typed after it wait for its answer, because a 429 or 503 to it
means "repeat", and nothing typed later may get into the log before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count

from onethread_client.backoff import Backoff
from onethread_client.entry import Entry, Failure, Kind
from onethread_client.events import Event, Position
from onethread_client.frames import Ack, Error
from onethread_client.storage import Storage
from onethread_client.wire import new_cid

PREFIX = "outbox."
KEEP = frozenset({"moved", "not_admitted"})


class Outbox:
    """Entries in the order typed. Every change is in the storage before a method returns, but for what a
    repeat restores.

    An acked entry is loaded as queued: sending it again is answered with its ack (P2).
    """

    def __init__(self, storage: Storage, backoff: Backoff) -> None:
        self._storage = storage
        self._backoff = backoff
        loaded = [Entry.of(record) for _, record in storage.items(PREFIX)]
        self._entries = {
            entry.cid: entry for entry in sorted(filter(None, loaded), key=lambda one: (one.order, one.cid))
        }
        self._order = count(max((entry.order for entry in self._entries.values()), default=0) + 1)
        self._on_its_way: str | None = None
        self._held_until = 0.0
        self._blocked = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them, of every thread."""
        return tuple(self._entries.values())

    def get(self, cid: str) -> Entry | None:
        return self._entries.get(cid)

    def add(
        self,
        kind: Kind,
        identity: str,
        thread: str | None,
        *,
        text: str | None = None,
        target: Position | None = None,
    ) -> Entry:
        """Queues a command under a fresh random cid."""
        entry = Entry(
            cid=new_cid(),
            kind=kind,
            order=next(self._order),
            identity=identity,
            thread=thread,
            text=text,
            target=target.seq if target else None,
            target_id=target.id if target else None,
        )
        return self._keep(entry)

    def discard(self, cid: str) -> Entry | None:
        """Forgets an entry, such as a failed one that was looked at. One on its way may still get into the
        log.
        """
        return self._leave(cid)

    # What is sent

    def next(self, thread: str, now: float) -> Entry | None:
        """The entry to write now, which is then on its way; None while another is, or while held."""
        if self._blocked or self._on_its_way is not None or now < self._held_until:
            return None
        for entry in self._entries.values():
            if entry.thread == thread and entry.ready:
                self._on_its_way = entry.cid
                return entry
        return None

    def deadline(self, thread: str) -> float | None:
        """When `next` is to be asked again though nothing was heard."""
        if self._blocked or self._on_its_way is not None:
            return None
        waiting = any(entry.thread == thread and entry.ready for entry in self._entries.values())
        return self._held_until if waiting else None

    # What is heard

    def acked(self, ack: Ack, position: int) -> Entry | None:
        """Takes an ack; answers its entry, which leaves if `position` has passed the ack's seq."""
        entry = self._entries.get(ack.cid)
        if entry is None:
            return None
        self._answered(ack.cid)
        entry = replace(entry, ack=ack, failure=None)
        # Not written down: see the class.
        self._entries[ack.cid] = entry
        if position >= ack.seq:
            self._leave(ack.cid)
        return entry

    def seen(self, event: Event) -> Entry | None:
        """Takes an event of the customer's side; answers the entry that it ends, acked by the event's own
        numbers.
        """
        if event.cid is None or event.author.type != "contact" or event.cid not in self._entries:
            return None
        self._answered(event.cid)
        return self._leave(event.cid)

    def passed(self, thread: str, position: int) -> list[Entry]:
        """The entries of the thread whose ack the position has passed; they leave."""
        done = [
            one
            for one in self._entries.values()
            if one.thread == thread and one.ack and one.ack.seq <= position
        ]
        for entry in done:
            self._leave(entry.cid)
        return done

    def reset(self, thread: str) -> None:
        """The log was replaced: what was acked and not seen is sent again."""
        for entry in self.entries:
            if entry.thread == thread and entry.ack:
                self._entries[entry.cid] = replace(entry, ack=None)

    def refused(self, error: Error, now: float) -> Entry | None:
        """Takes an error with a cid; answers the entry if it has now failed, and None if it is kept or
        repeated.
        """
        entry = self._entries.get(error.cid or "")
        if entry is None or entry.ack:
            return None
        self._on_its_way = None
        if error.code in (429, 503):
            wait = self._backoff.next() if error.retry_after_ms is None else error.retry_after_ms / 1000
            self._held_until = max(self._held_until, now + wait)
            return None
        if error.code == 401 or error.reason in KEEP:
            self._blocked = True
            return None
        return self.fail(entry.cid, Failure(error.code, error.reason, error.message))

    def fail(self, cid: str, failure: Failure) -> Entry | None:
        """Shows the entry as failed, for good."""
        if self._on_its_way == cid:
            self._on_its_way = None
        entry = self._entries.get(cid)
        return self._keep(replace(entry, failure=failure, ack=None)) if entry else None

    def disconnected(self) -> str | None:
        """What was on its way is queued again: whether it arrived is unknown, and its cid makes a repeat
        harmless.

        Answers the cid of what was on its way.
        """
        was, self._on_its_way = self._on_its_way, None
        return was

    # Which thread

    def admitted(self) -> None:
        """A new connection is ready: what was kept back may be tried there."""
        self._blocked = False

    def settle(self, identity: str, thread: str) -> None:
        """What was typed before the first `ready` takes its thread."""
        for entry in self.entries:
            if entry.thread is None and entry.identity == identity:
                self._keep(replace(entry, thread=thread))

    def take_along(self, identity: str, onto: str) -> None:
        """Login before the first `ready`: what was typed under one identity is now under another."""
        for entry in self.entries:
            if entry.thread is None and entry.identity == identity:
                self._keep(replace(entry, identity=onto))

    def carry(self, threads: Iterable[str], thread: str) -> None:
        """Moves what was queued for the carried threads, cids and all. Edits and deletions wait for
        `relocate`.
        """
        carried = frozenset(threads) - {thread}
        for entry in self.entries:
            if entry.thread in carried:
                self._keep(replace(entry, thread=thread, ack=None, astray=entry.target is not None))

    def relocate(self, thread: str, find: Callable[[str], int | None]) -> list[Entry]:
        """Gives carried edits and deletions their message's new seq; answers those whose message is not held:
        failed.
        """
        lost = []
        for entry in self.entries:
            if entry.thread == thread and entry.astray and not entry.failure:
                seq = find(entry.target_id or "")
                found = replace(entry, target=seq, astray=False)
                failure = Failure(404, "unknown_target", "its message was not found after it moved")
                lost += [self._keep(replace(found, failure=failure))] if seq is None else []
                if seq is not None:
                    self._keep(found)
        return lost

    def strand(self, thread: str) -> list[Entry]:
        """The identity was given another thread and nothing explains it: answers what was queued for the old
        one, failed.
        """
        failure = Failure(409, "moved", "the conversation it was written for is no more")
        stranded = [one for one in self._entries.values() if one.thread == thread and not one.failure]
        return [self._keep(replace(entry, failure=failure, ack=None)) for entry in stranded]

    def wipe(self) -> None:
        """Forgets everything. The storage is cleared by whoever calls this."""
        self._entries.clear()
        self._on_its_way = None

    def _answered(self, cid: str) -> None:
        self._backoff.reset()
        if self._on_its_way == cid:
            self._on_its_way = None

    def _keep(self, entry: Entry) -> Entry:
        self._entries[entry.cid] = entry
        self._storage.put(PREFIX + entry.cid, entry.record())
        return entry

    def _leave(self, cid: str) -> Entry | None:
        if self._on_its_way == cid:
            self._on_its_way = None
        self._storage.remove(PREFIX + cid)
        return self._entries.pop(cid, None)
