"""One thread's events: replays, live events, pages, edits and deletions in any order, and the resume point
beside them.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onethread_client import timeline as module
from onethread_client.errors import BadFrame
from onethread_client.events import Event
from onethread_client.frames import Arrival, History, Replay
from onethread_client.timeline import Timeline
from tests.client.builders import EPOCH, THREAD, Frame, arrival, at, deleted, edited, event, mine, replay


def started(*events: Frame, more: bool = False) -> Timeline:
    """A timeline after a first replay of these."""
    timeline = Timeline(THREAD)
    timeline.replayed(Replay.of(replay(*events, more=more)))
    return timeline


def page(*events: Frame, more: bool = False) -> History:
    """A page of history."""
    return History.of({"t": "history", "thread": THREAD, "events": list(events), "more": more})


def live(timeline: Timeline, *events: Frame) -> list[Event]:
    """Lets the events arrive; answers what changed by the last one."""
    fresh: list[Event] = []
    for one in events:
        fresh = timeline.arrived(Arrival.of(arrival(one)))
    return fresh


def texts(timeline: Timeline) -> list[str | None]:
    """The texts of the messages held."""
    return [one.text for one in timeline.events if one.is_message]


def test_events_are_held_in_seq_order_and_may_skip_numbers() -> None:
    """Hidden events leave gaps in `seq`; what is visible is held in order (WIRE.md section 5)."""
    timeline = started(event(2), event(5))
    live(timeline, event(9))
    assert [one.seq for one in timeline.events] == [2, 5, 9]


def test_an_event_that_came_before_changes_nothing() -> None:
    """Each event counts once, however often it is heard (WIRE.md section 6, 1)."""
    timeline = started(event(1), event(2))
    assert live(timeline, event(2, text="another")) == []
    assert texts(timeline) == ["text 1", "text 2"]


def test_the_resume_point_is_at_of_the_last_replay_moved_on_by_events() -> None:
    """The resume point counts hidden events too, since `at` does (WIRE.md section 6, 2)."""
    timeline = Timeline(THREAD)
    assert timeline.resume() is None
    timeline.replayed(Replay.of(replay(event(3), at=at(7))))
    assert timeline.resume() == {"epoch": EPOCH, **at(7)}
    live(timeline, event(8))
    assert timeline.resume() == {"epoch": EPOCH, **at(8)}


def test_an_unknown_kind_moves_the_resume_point() -> None:
    """An unknown `kind` is shown as nothing and moves the resume point (WIRE.md section 6, 9)."""
    timeline = started(event(1))
    live(timeline, event(2, "holographed", shape="cube"))
    assert texts(timeline) == ["text 1"]
    assert timeline.resume() == {"epoch": EPOCH, **at(2)}


def test_history_never_moves_the_resume_point() -> None:
    """A page's numbers say nothing about what follows (WIRE.md section 6, 2)."""
    timeline = started(event(5), more=True)
    timeline.paged(page(event(3), event(4)), before=5)
    assert timeline.resume() == {"epoch": EPOCH, **at(5)}
    assert [one.seq for one in timeline.events] == [3, 4, 5]


def test_an_empty_thread_is_resumed_without_an_id() -> None:
    """At `seq: 0` there is no entry whose id could be checked (WIRE.md section 6, 3)."""
    assert started().resume() == {"epoch": EPOCH, "seq": 0}


def test_reset_forgets_what_was_held() -> None:
    """`reset: true` means: forget what you hold (WIRE.md section 4)."""
    timeline = started(event(1), event(2))
    timeline.replayed(Replay.of(replay(event(1, text="of the new log"), epoch="epoch-2")))
    assert texts(timeline) == ["of the new log"]
    assert timeline.resume() == {"epoch": "epoch-2", **at(1)}


def test_a_replay_in_parts_is_one_replay() -> None:
    """Only the first part resets; each part's `at` is a resume point (WIRE.md section 4 and 6, 4)."""
    timeline = Timeline(THREAD)
    timeline.replayed(Replay.of(replay(event(1), event(2), done=False)))
    assert timeline.resume() == {"epoch": EPOCH, **at(2)}
    timeline.replayed(Replay.of(replay(event(3), reset=False)))
    assert [one.seq for one in timeline.events] == [1, 2, 3]
    assert timeline.resume() == {"epoch": EPOCH, **at(3)}


def test_a_replay_that_goes_on_from_another_log_is_refused() -> None:
    """Taking it would hide a gap, which P4 rules out."""
    timeline = started(event(1))
    with pytest.raises(BadFrame):
        timeline.replayed(Replay.of(replay(event(2), reset=False, epoch="epoch-2")))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_edits_merge_to_the_newest_in_whatever_order_they_are_held(order: tuple[int, ...]) -> None:
    """Of two states of a message the higher `rev` is kept, whether it came as a page or as an event (section
    5 and 6, 11).
    """
    timeline = started(event(10), more=True)
    changes = [
        lambda: live(timeline, edited(11, 5, "second")),
        lambda: timeline.paged(page(event(5)), before=10),
        lambda: timeline.paged(page(event(5, text="first", rev=8)), before=10),
    ]
    for index in order:
        changes[index]()
    assert texts(timeline) == ["second", "text 10"]


def test_the_deletion_of_a_message_not_held_is_kept_for_when_it_comes() -> None:
    """A page already on its way may bring the message as it was (WIRE.md section 6, 11)."""
    timeline = started(event(10), more=True)
    live(timeline, edited(11, 5, "new"), deleted(12, 5))
    timeline.paged(page(event(5)), before=10)
    message = timeline.get(5)
    assert message is not None
    assert (message.deleted, message.text, message.fields.get("text")) == (True, None, None)


def test_a_deleted_message_stays_deleted() -> None:
    """A deletion is final, whatever `rev` an older page still shows (WIRE.md section 5)."""
    timeline = started(event(5), more=True)
    live(timeline, deleted(6, 5))
    timeline.paged(page(event(5, rev=9, text="late")), before=7)
    assert texts(timeline) == [None]


def test_a_change_of_another_id_at_that_seq_changes_nothing() -> None:
    """`target_id` says which message is meant; a number alone may be another log's."""
    timeline = started(event(1))
    live(timeline, edited(2, 1, "wrong", target_id="another-one"))
    assert texts(timeline) == ["text 1"]


def test_an_overtaken_edit_leaves_the_text_to_the_later_one() -> None:
    """The old text leaves earlier `edited` events too, which then have none (WIRE.md section 5)."""
    timeline = started(event(1))
    live(timeline, edited(2, 1, None), edited(3, 1, "last"))
    assert texts(timeline) == ["last"]


def test_no_old_text_is_held_or_kept_after_an_edit_or_deletion() -> None:
    """What left the server's log leaves the client's memory and disk too."""
    timeline = started(event(1, text="secret one"), event(2, text="secret two"))
    live(timeline, edited(3, 1, "secret three"), edited(4, 1, "public"), deleted(5, 2))
    assert "secret" not in f"{timeline.record()} {[(one, one.fields) for one in timeline.events]}"
    assert texts(timeline) == ["public", None]


def test_more_follows_the_page_that_reaches_furthest_back() -> None:
    """`more` says whether older events exist than the oldest held."""
    timeline = started(event(50), more=True)
    timeline.paged(page(event(30), more=False), before=50)
    timeline.paged(page(event(40), more=True), before=50)
    assert timeline.more is False
    assert timeline.before == 30


def test_a_page_that_would_leave_a_gap_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held is one unbroken run; when the oldest were dropped, a page from before them does not join
    it.
    """
    monkeypatch.setattr(module, "HELD", 3)
    timeline = started(event(5), event(6), event(7))
    live(timeline, event(8), event(9))
    assert [one.seq for one in timeline.events] == [7, 8, 9]
    assert timeline.more is True
    assert timeline.paged(page(event(3), event(4)), before=5) == []
    assert [one.seq for one in timeline.events] == [7, 8, 9]


def test_changes_that_wait_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Edits of messages that never come don't fill memory; the oldest go first."""
    monkeypatch.setattr(module, "WAITING", 2)
    timeline = started(event(10), more=True)
    live(timeline, *(edited(20 + target, target, "new") for target in (1, 2, 3)))
    timeline.paged(page(event(1), event(2), event(3)), before=10)
    assert texts(timeline) == ["text 1", "new", "new", "text 10"]


def test_a_record_brings_back_events_and_resume_point_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resume point is valid only beside the events held up to it (WIRE.md section 6, 2)."""
    monkeypatch.setattr(module, "KEPT", 2)
    timeline = started(event(1), mine(2, "cid-2"), event(3))
    live(timeline, edited(4, 2, "new"))
    again = Timeline.of(timeline.record())
    assert again.events == timeline.events[-2:]
    assert again.resume() == timeline.resume()
    assert again.more is True


@pytest.mark.parametrize("damage", ["thread", "seq", "events", "more"])
def test_a_damaged_record_is_refused(damage: str) -> None:
    """Half a record is no record."""
    record = started(event(1)).record() | {damage: object()}
    with pytest.raises(BadFrame):
        Timeline.of(record)


@settings(deadline=None)
@given(st.data())
def test_any_order_of_pages_and_events_ends_in_the_same_state(data: st.DataObject) -> None:
    """Pages and events have no order between them, and the outcome does not depend on one (WIRE.md section 6,
    11).
    """
    changes = [edited(11, 3, "b"), edited(12, 4, "c"), deleted(13, 4), edited(14, 3, "d"), edited(15, 9, "e")]
    seen_at = data.draw(st.integers(0, len(changes)))
    states = {3: "text 3", 4: "text 4"}
    revs: dict[int, Frame] = {}
    for change in changes[:seen_at]:
        if change["target"] in states:
            gone = change["kind"] == "deleted"
            revs[change["target"]] = {"rev": change["seq"]} | (
                {"deleted": True} if gone else {"text": change["text"]}
            )
    old = page(*(event(seq, **revs.get(seq, {})) for seq in (3, 4)))
    timeline = started(event(9), event(10), more=True)
    when = data.draw(st.integers(0, len(changes)))
    live(timeline, *changes[:when])
    timeline.paged(old, before=9)
    live(timeline, *changes[when:])
    assert texts(timeline) == ["d", None, "e", "text 10"]
