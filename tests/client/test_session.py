"""WIRE.md section 6, what a client may rely on, by its number: order, resume, and what leaves the outbox."""

from __future__ import annotations

import pytest

from onethread_client import receiving
from onethread_client.changes import (
    CommandSettled,
    EventHappened,
    Refreshed,
    State,
    StateChanged,
)
from onethread_client.errors import BadFrame
from onethread_client.link import Phase
from tests.client.builders import (
    EPOCH,
    OTHER,
    ack,
    arrival,
    at,
    event,
    event_id,
    mine,
    parsed,
    ready,
    replay,
)
from tests.client.talk import Talk


class TestOrder:
    """6.1: ready, replay to its end, then each event once in `seq` order."""

    def test_the_state_follows_ready_and_the_last_part_of_the_replay(self) -> None:
        """It is live only once the replay with `done: true` is here."""
        talk = Talk()
        talk.open()
        talk.hear(ready(head=2), replay(event(1), done=False))
        assert [one.state for one in talk.told(StateChanged)] == [State.REPLAYING]
        talk.hear(replay(event(2), reset=False))
        assert [one.state for one in talk.told(StateChanged)] == [State.LIVE]
        assert talk.texts == ["text 1", "text 2"]

    def test_each_event_is_told_once_and_in_order(self) -> None:
        """Replayed or live, and however often the server repeats it."""
        talk = Talk().live(event(1), event(3))
        talk.hear(arrival(event(4)), arrival(event(4)), arrival(event(3)))
        assert [one.event.seq for one in talk.told(EventHappened)] == [1, 3, 4]

    def test_frames_of_another_thread_are_not_shown(self) -> None:
        """Nothing of another thread is mixed in, should it echo."""
        talk = Talk().live(event(1))
        talk.hear(arrival(event(2), thread=OTHER), replay(event(9), thread=OTHER))
        assert talk.texts == ["text 1"]


class TestResume:
    """6.2 and 6.3: the resume point, and what leaves the outbox."""

    def test_the_first_init_has_no_resume(self) -> None:
        """There is nothing to go on from."""
        assert "resume" not in Talk().open()

    def test_init_resumes_from_the_last_event_or_replay(self) -> None:
        """`at` of the last replay, moved on by each event."""
        talk = Talk().live(event(1))
        talk.hear(arrival(event(2)))
        talk.lose()
        assert talk.open()["resume"] == {"epoch": EPOCH, **at(2)}

    def test_an_ack_or_a_page_never_moves_the_resume_point(self) -> None:
        """Never an `ack`'s or a `history`'s numbers."""
        talk = Talk().live(event(1))
        cid = talk.types("hi")
        talk.writes()
        talk.hear(ack(cid, 9))
        talk.lose()
        assert talk.open()["resume"] == {"epoch": EPOCH, **at(1)}

    def test_a_connection_cut_between_the_parts_of_a_replay_goes_on_from_there(self) -> None:
        """Each part's `at` is the position that it brings the client to."""
        talk = Talk()
        talk.open()
        talk.hear(ready(head=3), replay(event(1), event(2), done=False))
        talk.lose()
        assert talk.open()["resume"] == {"epoch": EPOCH, **at(2)}

    def test_the_resume_point_is_persisted_with_the_events_only(self) -> None:
        """A new process that goes on from a point holds what came before it."""
        talk = Talk().live(event(1), event(2))
        later = talk.again()
        assert later.texts == ["text 1", "text 2"]
        assert later.open()["resume"] == {"epoch": EPOCH, **at(2)}

    def test_exactly_what_follows_joins_what_is_held(self) -> None:
        """`reset: false`: nothing is forgotten, nothing twice."""
        talk = Talk().live(event(1))
        talk.lose()
        talk.open()
        talk.hear(ready(head=3), replay(event(2), event(3), reset=False))
        assert talk.texts == ["text 1", "text 2", "text 3"]

    def test_an_unasked_reset_starts_over(self) -> None:
        """The server found that its log is not what it told: what is held is forgotten, until `done` nothing
        is live.
        """
        talk = Talk().live(event(1), event(2))
        talk.changes.clear()
        talk.hear(replay(event(1, text="other"), epoch="epoch-2", done=False))
        assert Refreshed() in talk.changes
        assert [one.state for one in talk.told(StateChanged)] == [State.REPLAYING]
        talk.hear(replay(event(2, text="log"), epoch="epoch-2", reset=False))
        assert talk.session.link.phase is Phase.LIVE
        assert talk.texts == ["other", "log"]

    def test_a_replay_that_leaves_a_gap_ends_the_connection_and_the_resume_point(self) -> None:
        """Never a silent gap: the next init asks for everything."""
        talk = Talk().live(event(1))
        talk.lose()
        talk.open()
        talk.hear(ready())
        with pytest.raises(BadFrame):
            receiving.received(talk.session, parsed(replay(event(9), reset=False, epoch="epoch-2")), 0.0)
        talk.lose()
        assert "resume" not in talk.open()

    def test_acks_and_events_may_come_in_either_order(self) -> None:
        """They have no order between them; the message is shown once, acked once."""
        for first in ("ack", "event"):
            talk = Talk().live()
            cid = talk.types("hi")
            talk.writes()
            frames = [ack(cid, 1), arrival(mine(1, cid, text="hi"))]
            talk.hear(*(frames if first == "ack" else reversed(frames)))
            assert talk.texts == ["hi"]
            assert talk.ticks == ["acked"]
            settled = talk.told(CommandSettled)
            assert [(one.entry.ack.seq, one.entry.ack.id) for one in settled] == [(1, event_id(1))]
            assert talk.session.kept.outbox.entries == ()

    def test_an_acked_entry_leaves_when_the_position_passes_it(self) -> None:
        """Its event may be older than a tail; the replay's `at` is enough."""
        talk = Talk().live(event(1))
        cid = talk.types("hi")
        talk.writes()
        talk.hear(ack(cid, 2))
        talk.lose()
        talk.open()
        talk.hear(ready(head=90), replay(event(90), reset=False))
        assert talk.session.kept.outbox.entries == ()

    def test_at_reset_what_was_acked_and_not_seen_is_sent_again(self) -> None:
        """The same frame once more, also when the reset came unasked."""
        talk = Talk().live(event(1))
        cid = talk.types("hi")
        written = talk.writes()
        talk.hear(ack(cid, 2), replay(epoch="epoch-2"))
        assert talk.writes() == written
        talk.hear(ack(cid, 1), arrival(mine(1, cid, text="hi")))
        assert talk.texts == ["hi"]
        assert talk.session.kept.outbox.entries == ()

    def test_a_reset_that_shows_the_entrys_event_needs_no_repeat(self) -> None:
        """The tail has it: it is in the log."""
        talk = Talk().live()
        cid = talk.types("hi")
        talk.writes()
        talk.hear(ack(cid, 1), replay(mine(1, cid, text="hi"), epoch="epoch-2"))
        assert talk.writes() == []
        assert talk.texts == ["hi"]
