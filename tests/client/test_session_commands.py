"""What a person does, and WIRE.md section 6, 9 and 11: history beside events."""

from __future__ import annotations

import pytest

from onethread_client import commands, sending
from onethread_client.changes import (
    MessageChanged,
    UnreadChanged,
)
from onethread_client.errors import PageStale
from onethread_client.requests import Unmet
from onethread_client.session import Answered
from tests.client.builders import (
    ANA,
    EPOCH,
    ME,
    THREAD,
    ack,
    arrival,
    at,
    deleted,
    edited,
    event,
    event_id,
    kinds,
    mine,
    ready,
    replay,
)
from tests.client.talk import Talk


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
