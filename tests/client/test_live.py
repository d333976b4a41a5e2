"""Typing, read positions, liveness and renewal: small states that time passes over, with the time given."""

from __future__ import annotations

from onethread_client.backoff import Backoff
from onethread_client.events import Author
from onethread_client.frames import Arrival, Replay
from onethread_client.liveness import Due, Liveness
from onethread_client.reading import Reading
from onethread_client.renewal import Renewal
from onethread_client.timeline import Timeline
from onethread_client.typists import OwnTyping, Typists
from tests.client.builders import THREAD, Frame, arrival, deleted, event, mine, replay

ANA = Author("agent", "ag_1", "Ana")


def holding(*events: Frame, more: bool = False) -> Timeline:
    """A timeline that holds these."""
    timeline = Timeline(THREAD)
    timeline.replayed(Replay.of(replay(*events, more=more)))
    return timeline


class TestTyping:
    """`typing` is repeated every 3 s while it lasts, and ended by receivers after 6 s without another."""

    def test_it_ends_after_6_seconds_of_silence(self) -> None:
        """Receivers end it after 6 s without another (WIRE.md section 4)."""
        typists = Typists()
        assert typists.heard(ANA, True, 0.0) is True
        assert typists.heard(ANA, True, 3.0) is False
        assert typists.deadline() == 9.0
        assert typists.expired(8.9) == []
        assert typists.now() == (ANA,)
        assert typists.expired(9.0) == [ANA]
        assert typists.now() == ()
        assert typists.deadline() is None

    def test_it_ends_when_told(self) -> None:
        """`on: false` ends it at once, and once."""
        typists = Typists()
        typists.heard(ANA, True, 0.0)
        assert typists.heard(ANA, False, 1.0) is True
        assert typists.heard(ANA, False, 1.0) is False

    def test_it_ends_with_the_message(self) -> None:
        """Who has written is not typing what was written."""
        typists = Typists()
        typists.heard(ANA, True, 0.0)
        assert typists.wrote(Author("agent", "ag_1", "Ana B.")) is True
        assert typists.wrote(ANA) is False

    def test_own_typing_is_told_every_3_seconds_while_it_lasts(self) -> None:
        """Repeated every 3 s while it lasts (WIRE.md section 2), and ended once."""
        own = OwnTyping()
        assert own.due(0.0) is None
        own.on = True
        told = [own.due(moment) for moment in (0.0, 1.0, 2.9, 3.0, 5.0, 6.0)]
        assert told == [True, None, None, True, None, True]
        assert own.deadline() == 9.0
        own.on = False
        assert [own.due(7.0), own.due(7.1)] == [False, None]
        assert own.deadline() is None

    def test_typing_that_nobody_was_told_of_needs_no_end(self) -> None:
        """Begun and ended between two writes: nothing is sent."""
        own = OwnTyping()
        own.on = True
        own.on = False
        assert own.due(0.0) is None

    def test_the_next_connection_is_told_afresh(self) -> None:
        """It knows nothing of what the one before was told."""
        own = OwnTyping()
        own.on = True
        own.due(0.0)
        own.disconnected()
        assert own.due(0.5) is True


class TestReading:
    """`unread` counts the other side's messages, not deleted, after one's own read position, up to 100."""

    def test_it_counts_the_others_messages_after_the_position(self) -> None:
        """Neither one's own, nor deleted ones, nor other kinds of events."""
        timeline = holding(
            event(1), event(2), mine(3), event(4, "status", status="closed"), event(5), event(6)
        )
        timeline.arrived(Arrival.of(arrival(deleted(7, 6))))
        reading = Reading()
        reading.moved("contact", 1)
        assert reading.unread(timeline) == 2

    def test_positions_never_go_back(self) -> None:
        """A lower one than before is ignored (WIRE.md section 2)."""
        reading = Reading()
        assert reading.moved("agents", 5) is True
        assert reading.moved("agents", 4) is False
        assert reading.moved("contact", 2) is True
        assert reading.moved("bystanders", 9) is False
        assert (reading.contact, reading.agents) == (2, 5)

    def test_a_replaced_log_may_bring_lower_ones(self) -> None:
        """What was read in the old log says nothing about the new one."""
        reading = Reading()
        reading.moved("contact", 50)
        reading.restart(3, 4)
        assert (reading.contact, reading.agents) == (3, 4)

    def test_the_servers_count_knows_older_ones(self) -> None:
        """Unread messages before the tail count until the position reaches what is held."""
        timeline = holding(event(50), event(51), more=True)
        reading = Reading()
        reading.told(7, timeline)
        assert reading.unread(timeline) == 7
        reading.moved("contact", 20)
        assert reading.unread(timeline) == 7
        reading.moved("contact", 50)
        assert reading.unread(timeline) == 1

    def test_100_means_or_more(self) -> None:
        """As the server counts (WIRE.md section 4)."""
        timeline = holding(*(event(seq) for seq in range(1, 151)))
        assert Reading().unread(timeline) == 100


class TestLiveness:
    """Silence: `ping` after a heartbeat, the end 5 s later, and 20 s for the first `ready`."""

    def test_without_ready_it_is_given_up_after_20_seconds(self) -> None:
        """Without `ready` after 20 s the client reconnects with backoff (WIRE.md section 6, 10)."""
        liveness = Liveness(100.0)
        liveness.heard(119.0)
        assert liveness.deadline() == 120.0
        assert liveness.due(119.9) is None
        assert liveness.due(120.0) is Due.GIVE_UP

    def test_a_heartbeat_of_silence_asks_for_a_ping(self) -> None:
        """Heard nothing for `heartbeat_ms`: `ping`, once (WIRE.md section 6, 5)."""
        liveness = Liveness(0.0)
        liveness.ready(25_000)
        liveness.heard(10.0)
        assert liveness.deadline() == 35.0
        assert liveness.due(34.9) is None
        assert liveness.due(35.0) is Due.PING
        assert liveness.due(35.1) is None

    def test_five_more_seconds_of_silence_are_the_end(self) -> None:
        """And reconnects after 5 s of silence (WIRE.md section 6, 5)."""
        liveness = Liveness(0.0)
        liveness.ready(25_000)
        liveness.due(25.0)
        assert liveness.deadline() == 30.0
        assert liveness.due(29.9) is None
        assert liveness.due(30.0) is Due.GIVE_UP

    def test_hearing_anything_is_enough(self) -> None:
        """A ping of the protocol's is a sign of life like any frame."""
        liveness = Liveness(0.0)
        liveness.ready(25_000)
        assert liveness.due(25.0) is Due.PING
        liveness.heard(26.0)
        assert liveness.due(30.0) is None
        assert liveness.due(51.0) is Due.PING


class TestRenewal:
    """A fresh token is fetched before the old one ends."""

    def test_a_minute_ahead(self) -> None:
        """A slow backend has time, and a failure can be repeated."""
        renewal = Renewal(Backoff(lambda: 1.0))
        renewal.given(600_000, 0.0)
        assert renewal.deadline() == 540.0
        assert renewal.is_due(539.9) is False
        assert renewal.is_due(540.0) is True

    def test_at_half_life_if_it_is_short(self) -> None:
        """A token of 30 s is renewed after 15."""
        renewal = Renewal(Backoff(lambda: 1.0))
        renewal.given(30_000, 0.0)
        assert renewal.deadline() == 15.0

    def test_once_until_the_outcome_is_known(self) -> None:
        """While one is fetched no other is; after a failure the next try waits."""
        renewal = Renewal(Backoff(lambda: 1.0))
        renewal.given(30_000, 0.0)
        renewal.started()
        assert renewal.is_due(29.0) is False
        renewal.failed(16.0)
        assert renewal.deadline() == 16.5

    def test_nothing_to_renew_without_a_token(self) -> None:
        """`expires_in_ms` comes only where a token signed."""
        renewal = Renewal(Backoff(lambda: 1.0))
        renewal.given(1_000, 0.0)
        renewal.given(None, 0.0)
        assert renewal.deadline() is None
