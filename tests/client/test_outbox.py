"""The outbox: one command on its way, repeats by cid, failures (WIRE.md section 6, 2 and 7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onethread_client.entry import Entry
from onethread_client.events import Event
from onethread_client.frames import Error
from onethread_client.outbox import Outbox
from onethread_client.storage import MemoryStorage
from tests.client.builders import ANA, OTHER, THREAD, error, event, event_id, mine
from tests.client.outboxes import LATER, acked, fresh, queued


def refused(
    outbox: Outbox, entry: Entry, code: int, reason: str, now: float = 0.0, **fields: int
) -> Entry | None:
    """Takes an error for the entry."""
    return outbox.refused(Error.of(error(code, reason, cid=entry.cid, **fields)), now)


def test_a_cid_is_random_with_at_least_96_bits() -> None:
    """A `cid` is random, at least 96 bits, at most 64 characters (WIRE.md section 1 and 2)."""
    outbox = fresh()
    cids = {queued(outbox).cid for _ in range(100)}
    assert len(cids) == 100
    assert all(16 <= len(cid) <= 64 for cid in cids)


def test_one_command_is_on_its_way_at_a_time_in_the_order_typed() -> None:
    """What was typed later waits for the answer to what was typed before."""
    outbox = fresh()
    first, second = queued(outbox, "1"), queued(outbox, "2")
    assert outbox.next(THREAD, 0.0) == first
    assert outbox.next(THREAD, 0.0) is None
    acked(outbox, first, 1)
    assert outbox.next(THREAD, 0.0) == second


def test_an_entry_leaves_when_its_event_has_come() -> None:
    """An entry leaves the outbox when its event has come, before any ack (WIRE.md section 6, 2)."""
    outbox = fresh()
    entry, other = queued(outbox), queued(outbox)
    outbox.next(THREAD, 0.0)
    assert outbox.seen(Event.of(mine(1, entry.cid))) == entry
    assert outbox.entries == (other,)
    assert outbox.next(THREAD, 0.0) == other


def test_an_entry_leaves_when_the_position_has_passed_its_ack() -> None:
    """An acked entry whose event will not be seen again leaves with the position (WIRE.md section 6, 2)."""
    outbox = fresh()
    entry = queued(outbox)
    outbox.next(THREAD, 0.0)
    acked(outbox, entry, 5, position=4)
    assert [one.cid for one in outbox.entries] == [entry.cid]
    assert [one.cid for one in outbox.passed(THREAD, 5)] == [entry.cid]
    assert outbox.entries == ()


def test_an_ack_behind_the_position_ends_the_entry_at_once() -> None:
    """A repeat is acked with old numbers, which the position has passed already."""
    outbox = fresh()
    entry = queued(outbox)
    outbox.next(THREAD, 0.0)
    assert acked(outbox, entry, 5, position=9) is not None
    assert outbox.entries == ()


@pytest.mark.parametrize("author", [ANA, {"type": "system", "id": "system", "name": "Demo"}])
def test_another_sides_event_with_the_cid_ends_nothing(author: dict[str, str]) -> None:
    """A cid's scope is thread and author (WIRE.md section 2)."""
    outbox = fresh()
    entry = queued(outbox)
    assert outbox.seen(Event.of(event(1, cid=entry.cid) | {"from": author})) is None
    assert outbox.entries == (entry,)


def test_at_reset_what_was_acked_and_not_seen_is_sent_again() -> None:
    """The log that acked it is gone; the same cid makes the repeat harmless (WIRE.md section 6, 2)."""
    outbox = fresh()
    entry = queued(outbox)
    outbox.next(THREAD, 0.0)
    acked(outbox, entry, 5)
    assert outbox.next(THREAD, 0.0) is None
    outbox.reset(THREAD)
    again = outbox.next(THREAD, 0.0)
    assert again is not None
    assert again.frame() == entry.frame()


@pytest.mark.parametrize(("code", "reason"), [(429, "rate_limited"), (503, "store_unavailable")])
def test_429_and_503_are_repeated_with_the_same_cid_and_hold_later_ones(code: int, reason: str) -> None:
    """Repeat with the same cid, and hold later ones until then (WIRE.md section 6, 7)."""
    outbox = fresh()
    entry, _ = queued(outbox, "1"), queued(outbox, "2")
    outbox.next(THREAD, 0.0)
    assert refused(outbox, entry, code, reason, now=10.0, retry_after_ms=2_500) is None
    assert outbox.next(THREAD, 12.4) is None
    assert outbox.deadline(THREAD) == 12.5
    assert outbox.next(THREAD, 12.5) == entry


def test_503_without_a_time_is_repeated_after_a_growing_wait() -> None:
    """A store that is away is not asked more and more often."""
    outbox, now = fresh(), 0.0
    entry = queued(outbox)
    waits = []
    for _ in range(4):
        assert outbox.next(THREAD, now) == entry
        refused(outbox, entry, 503, "store_unavailable", now=now)
        deadline = outbox.deadline(THREAD)
        assert deadline is not None
        waits.append(deadline - now)
        now = deadline
    assert waits == sorted(waits)
    assert waits[0] > 0
    assert waits[-1] > waits[0]


@pytest.mark.parametrize(("code", "reason"), [(401, "token_expired"), (409, "moved"), (403, "not_admitted")])
def test_401_moved_and_not_admitted_keep_the_entry_under_its_thread(code: int, reason: str) -> None:
    """It is not failed and not sent on this connection, nor is what came after it (WIRE.md section 6, 7)."""
    outbox = fresh()
    entry, _ = queued(outbox, "1"), queued(outbox, "2")
    outbox.next(THREAD, 0.0)
    assert refused(outbox, entry, code, reason) is None
    assert outbox.next(THREAD, LATER) is None
    assert outbox.deadline(THREAD) is None
    outbox.admitted()
    assert outbox.next(OTHER, LATER) is None
    assert outbox.next(THREAD, LATER) == entry


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (400, "bad_field"),
        (403, "not_yours"),
        (404, "unknown_target"),
        (404, "unknown_thread"),
        (409, "cid_conflict"),
        (418, "a_reason_of_tomorrow"),
    ],
)
def test_any_other_error_fails_the_entry_for_good(code: int, reason: str) -> None:
    """Show it as failed, never repeat, not after a restart either (WIRE.md section 6, 7)."""
    storage = MemoryStorage()
    outbox = fresh(storage)
    entry, second = queued(outbox, "1"), queued(outbox, "2")
    outbox.next(THREAD, 0.0)
    failed = refused(outbox, entry, code, reason)
    assert failed is not None
    assert failed.failure is not None
    assert failed.failure.reason == reason
    assert outbox.next(THREAD, LATER) == second
    outbox.disconnected()
    outbox.reset(THREAD)
    for one in (outbox, fresh(storage)):
        following = one.next(THREAD, LATER)
        assert following is not None
        assert following.cid == second.cid


def test_what_was_on_its_way_is_queued_again_when_the_connection_ends() -> None:
    """Whether it arrived is unknown; its cid makes the repeat harmless (P2)."""
    outbox = fresh()
    entry = queued(outbox)
    outbox.next(THREAD, 0.0)
    assert outbox.disconnected() == entry.cid
    assert outbox.next(THREAD, 0.0) == entry


def test_an_entry_is_the_same_on_every_connection() -> None:
    """Once written to a socket an entry is never changed (WIRE.md section 6, 7)."""
    outbox = fresh()
    target = Event.of(mine(3))
    entry = outbox.add("edit", "user-x", THREAD, text="new", target=target)
    frames = []
    for _ in range(3):
        following = outbox.next(THREAD, 0.0)
        assert following is not None
        frames.append(following.frame())
        outbox.disconnected()
    expected = {
        "t": "edit",
        "cid": entry.cid,
        "thread": THREAD,
        "target": 3,
        "target_id": event_id(3),
        "text": "new",
    }
    assert frames == [expected] * 3


def test_entries_survive_the_process_in_the_order_typed() -> None:
    """What was typed is kept until it is known to be in the log, and an acked one is asked for again."""
    storage = MemoryStorage()
    outbox = fresh(storage)
    entries = [queued(outbox, f"{number}") for number in range(12)]
    outbox.next(THREAD, 0.0)
    acked(outbox, entries[0], 1)
    assert fresh(storage).entries == tuple(entries)
    fresh(storage).seen(Event.of(mine(1, entries[0].cid)))
    again = fresh(storage)
    assert again.entries == tuple(entries[1:])
    assert queued(again).order > entries[-1].order


def test_a_damaged_record_is_passed_over() -> None:
    """One file cut in half does not keep the others from being sent."""
    storage = MemoryStorage()
    entry = queued(fresh(storage))
    storage.put("outbox.broken", {"cid": 5})
    storage.put("outbox.odd", entry.record() | {"kind": "explode"})
    assert fresh(storage).entries == (entry,)


def test_an_answer_to_an_unknown_cid_is_nothing() -> None:
    """Another tab's ack, or one of an entry that its event has ended already."""
    outbox = fresh()
    entry = queued(outbox)
    stranger = replace(entry, cid="someone-elses")
    assert acked(outbox, stranger, 1) is None
    assert refused(outbox, stranger, 400, "bad_field") is None
    assert outbox.entries == (entry,)


def test_discarding_forgets_an_entry_for_good() -> None:
    """A failed entry that was looked at can be put away."""
    storage = MemoryStorage()
    outbox = fresh(storage)
    entry = queued(outbox)
    outbox.discard(entry.cid)
    outbox.discard(entry.cid)
    assert fresh(storage).entries == outbox.entries == ()
