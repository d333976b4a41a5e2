"""WIRE.md section 6, what a client may rely on: each sentence that is a customer's client's duty, by its
number.
"""

from __future__ import annotations

import pytest

from onethread_client import commands, receiving, sending
from onethread_client.changes import (
    CommandSettled,
    EventHappened,
    MessageChanged,
    Problem,
    Refreshed,
    State,
    StateChanged,
    UnreadChanged,
)
from onethread_client.errors import BadFrame, PageStale, RequestRefused
from onethread_client.link import Phase
from onethread_client.requests import Unmet
from onethread_client.session import Answered
from tests.client.builders import (
    ANA,
    EPOCH,
    ME,
    OTHER,
    THREAD,
    ack,
    arrival,
    at,
    deleted,
    edited,
    error,
    event,
    event_id,
    mine,
    parsed,
    ready,
    replay,
)
from tests.client.talk import Talk


def kinds(frames: list[dict[str, object]]) -> list[object]:
    """The types of the frames."""
    return [frame["t"] for frame in frames]


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


class TestFirstFrame:
    """6.6 and 6.10: the first frame and its errors."""

    def test_503_repeats_the_first_frame_on_the_same_connection(self) -> None:
        """The store is away: the same init after a wait, and nothing else."""
        talk = Talk()
        first = talk.open()
        talk.types("hi")
        talk.hear(error(503, "store_unavailable"))
        assert talk.writes() == []
        due = sending.deadline(talk.session)
        assert due is not None
        assert talk.writes(after=due) == [first]
        talk.hear(ready(), replay())
        assert kinds(talk.writes()) == ["send"]

    @pytest.mark.parametrize("reason", ["bad_field", "bad_frame", "unknown_frame"])
    def test_400_ends_the_attempt(self, reason: str) -> None:
        """Repeating what can't be right helps nobody; the program is told what is wrong."""
        talk = Talk()
        talk.open()
        talk.hear(error(400, reason))
        assert talk.session.link.rejected is True
        assert [one.error.reason for one in talk.told(Problem)] == [reason]

    def test_nothing_but_init_is_sent_before_ready(self) -> None:
        """Not even what was queued on the connection before."""
        talk = Talk().live(event(1))
        talk.lose()
        talk.types("hi")
        commands.read(talk.session, None)
        commands.typing(talk.session, True)
        assert talk.writes() == []
        talk.open()
        assert talk.writes() == []
        assert commands.track(talk.session, "clicked", None) is False
        talk.hear(ready(head=1))
        assert kinds(talk.writes()) == ["read", "typing", "send"]

    def test_nothing_is_sent_after_bye(self) -> None:
        """What is queued waits for the next connection; what still comes counts."""
        talk = Talk().live(event(1))
        cid = talk.types("one")
        talk.writes()
        talk.hear({"t": "bye", "reason": "restart", "reconnect": True, "after_ms": 100})
        talk.types("two")
        assert talk.writes() == []
        talk.hear(arrival(mine(2, cid, text="one")))
        assert talk.writes() == []
        assert talk.ticks == [None, "acked", "queued"]

    def test_everything_queued_carries_its_thread(self) -> None:
        """Any frame after `init` may carry `thread`; clients give it on all that was queued (WIRE.md section
        2).
        """
        talk = Talk().live(mine(1))
        talk.types("hi")
        commands.edit(talk.session, 1, "new")
        commands.read(talk.session, None)
        commands.history(talk.session, 50)
        commands.profile(talk.session, {"name": "Ada"})
        commands.prechat(talk.session, {"name": "Ada"})
        commands.page(talk.session, "https://demo.test/", "Home")
        commands.track(talk.session, "clicked", {"n": 1})
        commands.auth(talk.session, "jwt")
        commands.typing(talk.session, True)
        frames = talk.writes()
        assert kinds(frames) == [
            "track",
            "read",
            "history",
            "profile",
            "prechat",
            "page",
            "auth",
            "typing",
            "send",
        ]
        assert {frame["thread"] for frame in frames} == {THREAD}


class TestErrors:
    """6.7: what an error does to an entry, and to a frame without a cid."""

    @pytest.mark.parametrize(("code", "reason"), [(429, "rate_limited"), (503, "store_unavailable")])
    def test_429_and_503_repeat_the_entry_and_hold_later_ones(self, code: int, reason: str) -> None:
        """The same frame, and nothing typed later gets ahead of it."""
        talk = Talk().live()
        cid = talk.types("one")
        talk.types("two")
        written = talk.writes()
        talk.hear(error(code, reason, cid=cid, retry_after_ms=1_000))
        assert talk.writes(after=0.9) == []
        assert talk.writes(after=0.1) == written

    def test_an_entry_that_fails_is_shown_and_the_next_one_goes(self) -> None:
        """Show it as failed, never repeat."""
        talk = Talk().live()
        cid = talk.types("one")
        talk.types("two")
        talk.writes()
        talk.hear(error(409, "cid_conflict", cid=cid))
        assert talk.ticks == ["failed", "queued"]
        assert talk.message(0).failure is not None
        assert [frame["text"] for frame in talk.writes()] == ["two"]
        talk.lose()
        talk.open()
        talk.hear(ready(), replay())
        assert [frame["text"] for frame in talk.writes()] == ["two"]

    def test_an_error_for_an_entry_that_is_seen_already_changes_nothing(self) -> None:
        """Its event proves that it is in the log."""
        talk = Talk().live()
        cid = talk.types("one")
        talk.writes()
        talk.hear(arrival(mine(1, cid, text="one")), error(503, "store_unavailable", cid=cid))
        assert talk.ticks == ["acked"]

    @pytest.mark.parametrize("name", ["read", "profile", "prechat", "history", "page"])
    def test_503_to_a_frame_without_a_cid_repeats_it(self, name: str) -> None:
        """The same frame after a wait."""
        talk = Talk().live(event(1))
        ask = {
            "read": lambda: commands.read(talk.session, None),
            "profile": lambda: commands.profile(talk.session, {"name": "Ada"}),
            "prechat": lambda: commands.prechat(talk.session, {"name": "Ada"}),
            "history": lambda: commands.history(talk.session, 50),
            "page": lambda: commands.page(talk.session, "https://demo.test/", None),
        }
        ask[name]()
        written = talk.writes()
        assert kinds(written) == [name]
        talk.hear(error(503, "store_unavailable", ref=written[0]["ref"]))
        assert talk.writes() == []
        assert talk.writes(after=60.0) == written

    def test_typing_and_track_are_not_repeated_for_a_503(self) -> None:
        """Except `typing` and `track`: what happened a while ago is no news."""
        talk = Talk().live()
        commands.track(talk.session, "clicked", None)
        commands.typing(talk.session, True)
        assert kinds(talk.writes()) == ["track", "typing"]
        commands.typing(talk.session, False)
        talk.hear(error(503, "store_unavailable"), error(503, "store_unavailable"))
        assert kinds(talk.writes(after=60.0)) == ["typing"]
        assert talk.writes(after=60.0) == []

    def test_an_error_of_a_request_ends_its_wait(self) -> None:
        """With the server's code and reason."""
        talk = Talk().live()
        request = commands.profile(talk.session, {"name": "Ada"})
        talk.writes()
        talk.hear(error(403, "field_locked", ref=request.ref))
        [end] = talk.ends
        assert isinstance(end, Unmet)
        assert isinstance(end.error, RequestRefused)
        assert (end.ref, end.error.reason) == (request.ref, "field_locked")

    def test_a_frame_that_was_too_long_is_not_sent_again(self) -> None:
        """Close 1009: reconnect without that frame (WIRE.md section 7)."""
        talk = Talk().live()
        talk.types("x" * 9_000)
        short = commands.profile(talk.session, {"name": "Ada"})
        talk.writes()
        talk.lose(1009)
        assert talk.ticks == ["failed"]
        talk.open()
        talk.hear(ready(), replay())
        assert [frame.get("ref") for frame in talk.writes()] == [short.ref]

    def test_a_request_that_was_too_long_is_not_sent_again(self) -> None:
        """The longest of what was on its way is the one; the message goes."""
        talk = Talk().live()
        talk.types("hi")
        commands.profile(talk.session, {"custom_data": {"k": "x" * 900}})
        talk.writes()
        talk.lose(1009)
        assert [type(end) for end in talk.ends] == [Unmet]
        talk.open()
        talk.hear(ready(), replay())
        assert kinds(talk.writes()) == ["send"]


class TestHistory:
    """6.9 and 6.11: unknown kinds, and pages beside events."""

    def test_an_unknown_kind_is_shown_as_nothing(self) -> None:
        """And moves the resume point."""
        talk = Talk().live(event(1))
        talk.hear(arrival(event(2, "holographed")))
        assert talk.texts == ["text 1"]
        talk.lose()
        assert talk.open()["resume"] == {"epoch": EPOCH, **at(2)}

    def test_a_page_asked_for_before_a_reset_is_thrown_away(self) -> None:
        """`ref` tells; whoever waits may ask again."""
        talk = Talk().live(event(5))
        request = commands.history(talk.session, 50)
        talk.writes()
        talk.hear(replay(event(1, text="other"), epoch="epoch-2"))
        page = {"t": "history", "thread": THREAD, "events": [event(4)], "more": True, "ref": request.ref}
        talk.hear(page)
        assert talk.texts == ["other"]
        assert [type(end.error) for end in talk.ends if isinstance(end, Unmet)] == [PageStale]

    def test_a_page_joins_what_is_held(self) -> None:
        """It is asked for with the oldest held as `before`, and tells whether there is more."""
        talk = Talk().live(event(5))
        request = commands.history(talk.session, 50)
        [frame] = talk.writes()
        assert (frame["before"], frame["limit"]) == (5, 50)
        page = {"t": "history", "thread": THREAD, "events": [event(3)], "more": True, "ref": request.ref}
        talk.hear(page)
        assert talk.texts == ["text 3", "text 5"]
        assert talk.session.conversation.timeline.more is True
        assert [end.ref for end in talk.ends if isinstance(end, Answered)] == [request.ref]

    @pytest.mark.parametrize("limit", [0, 201])
    def test_a_page_has_1_to_200_events(self, limit: int) -> None:
        """A limit that the server would refuse is refused at once (WIRE.md section 2)."""
        with pytest.raises(ValueError, match="1 to 200"):
            commands.history(Talk().live().session, limit)

    def test_edits_and_deletions_change_the_message(self) -> None:
        """Shown with its new text, or as deleted, wherever they come from (WIRE.md section 5)."""
        talk = Talk().live(mine(1), event(2))
        talk.changes.clear()
        talk.hear(arrival(edited(3, 1, "new", **{"from": ME})), arrival(deleted(4, 2)))
        assert talk.texts == ["new", None]
        assert (talk.message(0).edited, talk.message(1).deleted) == (True, True)
        assert [one.message.seq for one in talk.told(MessageChanged)] == [1, 2]


class TestCommands:
    """What a person does."""

    def test_edit_and_delete_name_their_target_by_seq_and_id(self) -> None:
        """`target` and `target_id`: seq and id of an own message (WIRE.md section 2)."""
        talk = Talk().live(mine(1), mine(2))
        commands.edit(talk.session, 1, "new")
        commands.delete(talk.session, 2)
        [first] = talk.writes()
        assert (first["target"], first["target_id"], first["text"]) == (1, event_id(1), "new")
        talk.hear(ack(first["cid"], 3))
        [second] = talk.writes()
        assert (second["t"], second["target"], second["target_id"]) == ("delete", 2, event_id(2))
        assert "text" not in second

    def test_what_was_acked_can_be_changed_before_its_event_comes(self) -> None:
        """Acks and events have no order between them; the ack has the numbers that an edit needs."""
        talk = Talk().live()
        cid = talk.types("hi")
        talk.writes()
        talk.hear(ack(cid, 7))
        commands.edit(talk.session, 7, "new")
        [frame] = talk.writes()
        assert (frame["target"], frame["target_id"]) == (7, event_id(7))

    @pytest.mark.parametrize("seq", [1, 2, 3, 9])
    def test_only_an_own_message_that_is_there_can_be_changed(self, seq: int) -> None:
        """Another's, a deleted one, no message at all: refused at once."""
        talk = Talk().live(event(1), mine(2, deleted=True), event(3, "status", status="closed"))
        with pytest.raises(LookupError):
            commands.edit(talk.session, seq, "new")
        with pytest.raises(LookupError):
            commands.delete(talk.session, seq)

    def test_reading_is_told_once_and_counts_down_unread(self) -> None:
        """A position beyond the head counts as the head, a lower one than before is nothing (WIRE.md section
        2).
        """
        talk = Talk().live(event(1), event(2), event(3))
        assert talk.session.conversation.unread == 3
        commands.read(talk.session, 2)
        commands.read(talk.session, 1)
        assert [(one["t"], one["seq"]) for one in talk.writes()] == [("read", 2)]
        commands.read(talk.session, 99)
        assert [(one["t"], one["seq"]) for one in talk.writes()] == [("read", 3)]
        talk._take()
        assert talk.told(UnreadChanged)[-1] == UnreadChanged(0)

    def test_what_another_device_read_is_read_here(self) -> None:
        """Read positions are by side; `unread` comes with them (WIRE.md section 4)."""
        talk = Talk().live(event(1), event(2))
        talk.hear(
            {
                "t": "read",
                "thread": THREAD,
                "side": "contact",
                "by": {"id": "ct", "name": "A"},
                "seq": 1,
                "unread": 1,
            }
        )
        assert talk.session.conversation.unread == 1

    def test_ticks_tell_how_far_a_message_got(self) -> None:
        """Queued, acked, read by the agents."""
        talk = Talk().live()
        cid = talk.types("hi")
        assert talk.ticks == ["queued"]
        talk.writes()
        talk.hear(ack(cid, 1))
        assert talk.ticks == ["acked"]
        talk.hear(arrival(mine(1, cid, text="hi")))
        assert talk.ticks == ["acked"]
        talk.hear(
            {"t": "read", "thread": THREAD, "side": "agents", "by": {"id": "ag", "name": "Ana"}, "seq": 1}
        )
        assert talk.ticks == ["read"]

    def test_typing_ends_with_the_message(self) -> None:
        """The others are told before the message comes."""
        talk = Talk().live()
        commands.typing(talk.session, True)
        assert [(one["t"], one["on"]) for one in talk.writes()] == [("typing", True)]
        assert [one["on"] for one in talk.writes(after=3.0)] == [True]
        talk.types("hi")
        assert [(one["t"], one.get("on")) for one in talk.writes()] == [("typing", False), ("send", None)]

    def test_the_page_is_in_every_later_init(self) -> None:
        """Where the customer is now (WIRE.md section 2)."""
        talk = Talk().live()
        commands.page(talk.session, "https://demo.test/a", "A")
        assert kinds(talk.writes()) == ["page"]
        talk.lose()
        commands.page(talk.session, "https://demo.test/b", None)
        assert talk.open()["page"] == {"url": "https://demo.test/b"}
        talk.hear(ready(), replay())
        assert talk.writes() == []

    def test_a_socket_that_takes_nothing_does_not_pile_up_tracks(self) -> None:
        """What can't be told now is not told later."""
        talk = Talk().live()
        told = [commands.track(talk.session, "clicked", None) for _ in range(200)]
        assert told.count(True) == len(talk.writes()) == 100

    def test_profile_presence_and_typing_are_shown(self) -> None:
        """What the server tells of people can be looked at."""
        talk = Talk().live(prechat={"fields": [{"name": "name", "required": True}], "values": {}})
        conversation = talk.session.conversation
        talk.hear({"t": "profile", "thread": THREAD, "contact": {"id": "ct", "name": "Ada"}})
        assert conversation.people.prechat is not None
        talk.hear({"t": "profile", "thread": THREAD, "contact": {"id": "ct", "name": "Ada"}, "prechat": None})
        assert (conversation.people.contact["name"], conversation.people.prechat) == ("Ada", None)
        talk.hear({"t": "presence", "thread": THREAD, "devices": [{"id": "d", "online": True}]})
        talk.hear({"t": "presence", "agents_online": 3})
        assert (conversation.people.devices[0]["id"], conversation.people.agents_online) == ("d", 3)
        talk.hear({"t": "typing", "thread": THREAD, "from": ANA, "on": True})
        assert [one.name for one in conversation.typists.now()] == ["Ana"]
        assert sending.deadline(talk.session) == 6.0
        talk.writes(after=6.0)
        assert conversation.typists.now() == ()
