"""WIRE.md section 8 as a client obeys it: where what was typed goes before the first ready and at a carry."""

from __future__ import annotations

from onethread_client import commands
from onethread_client.changes import CommandSettled
from onethread_client.storage import MemoryStorage
from tests.client.builders import (
    OTHER,
    THREAD,
    ack,
    arrival,
    event,
    event_id,
    mine,
    ready,
    replay,
)
from tests.client.talk import USER, VISITOR_THREAD, Talk, visitor


class TestBeforeTheFirstReady:
    """What is typed while no thread is known."""

    def test_it_takes_the_thread_of_the_first_ready(self) -> None:
        """And is shown at once, and is sent after a restart of the process, too."""
        talk = Talk()
        talk.types("hi")
        assert (talk.texts, talk.ticks) == (["hi"], ["queued"])
        later = talk.again()
        assert later.texts == ["hi"]
        later.open()
        later.hear(ready(), replay())
        assert [(one["thread"], one["text"]) for one in later.writes()] == [(THREAD, "hi")]

    def test_login_takes_along_what_a_visitor_typed(self) -> None:
        """Login before that takes it along (WIRE.md section 8)."""
        talk = Talk(None)
        talk.types("hi")
        talk.login(USER)
        assert talk.texts == ["hi"]
        talk.open()
        talk.hear(ready(), replay())
        assert [one["text"] for one in talk.writes()] == ["hi"]

    def test_another_user_does_not_get_it(self) -> None:
        """What X typed is not Y's; it waits for X."""
        talk = Talk()
        talk.types("X's")
        request = commands.profile(talk.session, {"name": "X"})
        talk.login({"user_id": "Y"})
        assert [end.ref for end in talk.ends] == [request.ref]
        assert talk.texts == []
        talk.open()
        talk.hear(ready(thread=OTHER), replay(thread=OTHER))
        assert talk.writes() == []
        talk.lose()
        talk.login(USER)
        talk.open()
        talk.hear(ready(), replay())
        assert [(one["thread"], one["text"]) for one in talk.writes()] == [(THREAD, "X's")]

    def test_another_thread_that_nothing_explains_fails_what_was_queued(self) -> None:
        """The same identity, another thread, not in `carried_from`: shown as failed, sent nowhere."""
        talk = Talk().live()
        talk.lose()
        cid = talk.types("for the old one")
        talk.open()
        talk.hear(ready(thread=OTHER, epoch="e2"), replay(thread=OTHER, epoch="e2"))
        assert talk.writes() == []
        assert [(one.entry.cid, one.entry.failure.reason) for one in talk.told(CommandSettled)] == [
            (cid, "moved")
        ]

    def test_a_visitor_whose_token_ended_is_a_new_one(self) -> None:
        """A forged, ended or moved token: a new visitor, and the old one's words are not theirs."""
        talk = visitor()
        talk.lose(4409)
        talk.types("old")
        talk.open()
        talk.hear(ready(thread=OTHER, visitor="new"), replay(thread=OTHER))
        assert talk.writes() == []
        talk.lose()
        assert talk.open()["visitor"] == "new"

    def test_another_tabs_token_is_taken_over(self) -> None:
        """Drops its own and reconnects with the stored one; nothing was sent on the first."""
        storage = MemoryStorage()
        one, two = Talk(None, storage), Talk(None, storage)
        two.types("hi")
        assert "visitor" not in one.open()
        assert "visitor" not in two.open()
        one.hear(ready(thread=VISITOR_THREAD, visitor="first"), replay(thread=VISITOR_THREAD))
        two.hear(ready(thread=OTHER, visitor="second"), replay(thread=OTHER))
        assert two.session.link.again is True
        assert two.writes() == []
        two.lose()
        assert two.open()["visitor"] == "first"
        two.hear(ready(thread=VISITOR_THREAD, visitor="first+"), replay(thread=VISITOR_THREAD))
        assert [(frame["thread"], frame["text"]) for frame in two.writes()] == [(VISITOR_THREAD, "hi")]


class TestCarry:
    """`carried_from`: unsent entries move, with their cids."""

    def test_what_a_visitor_had_queued_moves_into_the_contacts_thread(self) -> None:
        """The same cid in the new thread, which holds it if the old one did: acked as a repeat."""
        talk = visitor()
        cid = talk.types("hi")
        talk.writes()
        talk.lose()
        talk.login(USER)
        talk.open()
        talk.hear(ready(carried_from=[VISITOR_THREAD], head=3), replay(mine(2), event(3)))
        assert talk.texts == ["text 2", "text 3", "hi"]
        [frame] = talk.writes()
        assert (frame["cid"], frame["thread"], frame["text"]) == (cid, THREAD, "hi")
        talk.hear(ack(cid, 2, dup=True))
        assert talk.session.kept.outbox.entries == ()

    def test_the_token_sent_is_dropped(self) -> None:
        """It then drops the token it had sent."""
        talk = visitor()
        talk.lose()
        talk.login(USER)
        assert talk.open()["visitor"] == "v-token"
        talk.hear(ready(carried_from=[VISITOR_THREAD]), replay())
        talk.lose()
        assert "visitor" not in talk.open()

    def test_a_carry_that_was_not_heard_of_is_made_up_for_by_any_later_ready(self) -> None:
        """`carried_from` is in every `ready`: a crash in between loses nothing."""
        talk = visitor()
        cid = talk.types("hi")
        later = talk.again()
        later.login(USER)
        later.open()
        later.hear(ready(carried_from=["th_0_before", VISITOR_THREAD]), replay())
        assert [(one["cid"], one["thread"]) for one in later.writes()] == [(cid, THREAD)]

    def test_edits_and_deletions_find_their_message_by_its_id(self) -> None:
        """New numbers in the new thread; what is not found is shown as failed, and nothing goes before the
        replay's end.
        """
        talk = visitor()
        talk.hear(*(arrival(mine(seq), thread=VISITOR_THREAD) for seq in (1, 2)))
        found, lost = commands.edit(talk.session, 1, "new").cid, commands.delete(talk.session, 2).cid
        talk.lose()
        talk.login(USER)
        talk.open()
        talk.hear(ready(carried_from=[VISITOR_THREAD]))
        assert talk.writes() == []
        talk.hear(replay(mine(41, id=event_id(1)), mine(43), more=True))
        [frame] = talk.writes()
        assert (frame["cid"], frame["target"], frame["target_id"]) == (found, 41, event_id(1))
        failures = [one.entry for one in talk.told(CommandSettled) if one.entry.failure]
        assert [(one.cid, one.failure.reason) for one in failures] == [(lost, "unknown_target")]
