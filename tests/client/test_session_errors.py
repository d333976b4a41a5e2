"""WIRE.md section 6 where things are refused: the first frame, and what an error does to an entry."""

from __future__ import annotations

import pytest

from onethread_client import commands, sending
from onethread_client.changes import (
    Problem,
)
from onethread_client.errors import RequestRefused
from onethread_client.requests import Unmet
from tests.client.builders import (
    THREAD,
    arrival,
    error,
    event,
    kinds,
    mine,
    ready,
    replay,
)
from tests.client.talk import Talk


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
