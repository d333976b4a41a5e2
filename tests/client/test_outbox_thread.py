"""The outbox: an entry's thread, before the first `ready` and after a carry (WIRE.md section 8)."""

from __future__ import annotations

from dataclasses import replace

from onethread_client.events import Position
from onethread_client.storage import MemoryStorage
from tests.client.builders import OTHER, THREAD, event_id
from tests.client.outboxes import LATER, acked, fresh, queued


def test_what_was_typed_before_the_first_ready_takes_its_thread() -> None:
    """Only entries of this identity, and only those without a thread (WIRE.md section 8, Before the first
    ready).
    """
    outbox = fresh()
    entry, other = queued(outbox, thread=None), outbox.add("send", "user-y", None, text="y")
    assert outbox.next(THREAD, 0.0) is None
    outbox.settle("user-x", THREAD)
    assert outbox.get(entry.cid) == replace(entry, thread=THREAD)
    assert outbox.get(other.cid) == other


def test_carried_entries_move_with_their_cids() -> None:
    """`ready.carried_from` tells the client to move its unsent entries, with their cids (WIRE.md section 8,
    Carry).
    """
    outbox = fresh()
    entry, stays = queued(outbox, thread=OTHER), queued(outbox, thread="th_0_elsewhere")
    outbox.carry([OTHER], THREAD)
    assert outbox.get(entry.cid) == replace(entry, thread=THREAD)
    assert outbox.get(stays.cid) == stays


def test_a_carried_ack_is_asked_for_again() -> None:
    """Its seq was the old thread's, so the position here says nothing about it."""
    outbox = fresh()
    entry = queued(outbox, thread=OTHER)
    outbox.next(OTHER, 0.0)
    acked(outbox, entry, 3)
    outbox.carry([OTHER], THREAD)
    assert outbox.passed(THREAD, 50) == []
    assert outbox.next(THREAD, 0.0) == replace(entry, thread=THREAD)


def test_carried_edits_and_deletions_find_their_messages_new_seq() -> None:
    """By `target_id`, or they are shown as failed; nothing is sent before that (WIRE.md section 8, Carry)."""
    outbox = fresh()
    found = outbox.add("edit", "user-x", OTHER, text="new", target=Position(3, event_id(3)))
    lost = outbox.add("delete", "user-x", OTHER, target=Position(4, event_id(4)))
    outbox.carry([OTHER], THREAD)
    assert outbox.next(THREAD, 0.0) is None
    failed = outbox.relocate(THREAD, {event_id(3): 41}.get)
    assert [one.cid for one in failed] == [lost.cid]
    following = outbox.next(THREAD, 0.0)
    assert following is not None
    assert following.frame() == replace(found, thread=THREAD, target=41).frame()


def test_stranded_entries_are_shown_as_failed() -> None:
    """The identity was given another thread, which nothing explains (WIRE.md section 8, Before the first
    ready).
    """
    storage = MemoryStorage()
    outbox = fresh(storage)
    entry, other = queued(outbox, thread=OTHER), queued(outbox)
    assert [one.cid for one in outbox.strand(OTHER)] == [entry.cid]
    assert outbox.strand(OTHER) == []
    kept = fresh(storage).get(entry.cid)
    assert kept is not None
    assert kept.failure is not None
    assert outbox.next(OTHER, LATER) is None
    assert outbox.next(THREAD, LATER) == other
