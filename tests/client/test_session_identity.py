"""WIRE.md section 8 as a client obeys it: tokens, the clean chat, carry, login before the first ready,
logout.
"""

from __future__ import annotations

import pytest

from onethread_client import commands
from onethread_client.changes import CommandSettled, LoggedOut, Problem, Refreshed
from onethread_client.errors import ClientClosed, ThreadChanged
from onethread_client.identity import identity_of
from onethread_client.link import Phase
from onethread_client.requests import Unmet
from onethread_client.storage import MemoryStorage
from tests.client.builders import (
    OTHER,
    THREAD,
    ack,
    arrival,
    error,
    event,
    event_id,
    mine,
    ready,
    replay,
)
from tests.client.talk import USER, Talk

VISITOR_THREAD = "th_0_vvvvvvvvvvvvvvvvvvvv"
CLEAN = "th_0_cccccccccccccccccccc"


def visitor(storage: MemoryStorage | None = None) -> Talk:
    """A visitor who was admitted to a thread of their own."""
    talk = Talk(None, storage)
    talk.open()
    talk.hear(
        ready(thread=VISITOR_THREAD, role="visitor", identity="none", visitor="v-token"),
        replay(thread=VISITOR_THREAD),
    )
    return talk


def login(talk: Talk, user: dict[str, str] | None) -> None:
    """Another account from the next connection on."""
    talk.session.account.user = user
    talk.session.become(identity_of(user, None))
    talk._take()


class TestInit:
    """The fields of the first frame."""

    def test_it_has_what_the_account_has(self) -> None:
        """Only what is there; optional fields are left out, never null (WIRE.md section 1)."""
        assert Talk().open() == {
            "t": "init",
            "org": "demo",
            "app_id": 1,
            "app_secret": "demo-secret",
            "device": {"id": "laptop", "kind": "other"},
            "user": USER,
        }

    def test_it_brings_the_tokens_held(self) -> None:
        """The visitor's, and the JWT of this moment."""
        talk = visitor()
        talk.lose()
        login(talk, USER)
        frame = talk.open("jwt")
        assert (frame["visitor"], frame["token"]) == ("v-token", "jwt")

    def test_secrets_are_in_no_repr(self) -> None:
        """What is logged by accident shows no secret."""
        talk = Talk({"user_id": "12345", "security_hash": "secret-hash"})
        talk.open("secret-jwt")
        commands.profile(talk.session, {"name": "secret-name"})
        talk.types("secret-text")
        assert "secret" not in repr(talk.session)
        assert "secret" not in f"{talk.changes} {talk.session.kept.outbox.entries}"


class TestRefused:
    """Refused: a clean chat, kept apart."""

    def test_the_clean_chat_shows_nothing_of_the_owners(self) -> None:
        """Its thread is another conversation; what was held for the owner is not shown."""
        talk = Talk().live(event(1))
        talk.lose()
        talk.open()
        talk.hear(
            error(403, "identity_refused"), ready(thread=CLEAN, refused=True, clean="c"), replay(thread=CLEAN)
        )
        assert [one.error.reason for one in talk.told(Problem)] == ["identity_refused"]
        assert talk.texts == []
        assert talk.session.conversation.people.refused is True

    def test_its_token_is_sent_beside_the_same_user_only(self) -> None:
        """`clean` opens only this clean thread again, only beside the same refused `user_id`."""
        talk = Talk()
        talk.open()
        talk.hear(ready(thread=CLEAN, refused=True, clean="c"), replay(thread=CLEAN))
        talk.lose()
        assert talk.open()["clean"] == "c"
        talk.lose()
        login(talk, {"user_id": "54321"})
        assert "clean" not in talk.open()

    def test_what_was_typed_before_ready_does_not_land_in_the_clean_chat(self) -> None:
        """It takes the thread of the first `ready` without `refused` (Before the first ready)."""
        talk = Talk()
        talk.types("for my own thread")
        talk.open()
        talk.hear(ready(thread=CLEAN, refused=True, clean="c"), replay(thread=CLEAN))
        assert talk.writes() == []
        talk.lose()
        talk.open()
        talk.hear(ready(), replay())
        assert [(one["thread"], one["text"]) for one in talk.writes()] == [(THREAD, "for my own thread")]

    def test_what_was_typed_into_one_of_them_stays_there(self) -> None:
        """Outbox and resume point are kept by thread (WIRE.md section 2)."""
        talk = Talk().live()
        talk.lose()
        talk.types("owner's")
        talk.open()
        talk.hear(ready(thread=CLEAN, refused=True, clean="c"), replay(thread=CLEAN))
        talk.types("clean")
        assert [(one["thread"], one["text"]) for one in talk.writes()] == [(CLEAN, "clean")]
        assert talk.texts == ["clean"]
        talk.lose()
        talk.open()
        talk.hear(ready(), replay())
        assert [(one["thread"], one["text"]) for one in talk.writes()] == [(THREAD, "owner's")]
        assert talk.texts == ["owner's"]

    def test_it_is_resumed_as_long_as_it_lasts(self) -> None:
        """After a restart of the process, too: the last `ready` was refused, so its thread is expected."""
        talk = Talk()
        talk.open()
        talk.hear(
            ready(thread=CLEAN, refused=True, clean="c", epoch="e-c"),
            replay(event(1, text="clean"), thread=CLEAN, epoch="e-c"),
        )
        later = talk.again()
        assert later.texts == ["clean"]
        assert later.open()["resume"]["epoch"] == "e-c"

    def test_what_a_program_asked_before_ready_is_not_done_to_the_clean_chat(self) -> None:
        """The profile was the owner's."""
        talk = Talk()
        talk.open()
        request = commands.profile(talk.session, {"name": "Ada"})
        talk.hear(ready(thread=CLEAN, refused=True), replay(thread=CLEAN))
        assert [(end.ref, type(end.error)) for end in talk.ends if isinstance(end, Unmet)] == [
            (request.ref, ThreadChanged)
        ]
        assert talk.writes() == []


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
        login(talk, USER)
        assert talk.texts == ["hi"]
        talk.open()
        talk.hear(ready(), replay())
        assert [one["text"] for one in talk.writes()] == ["hi"]

    def test_another_user_does_not_get_it(self) -> None:
        """What X typed is not Y's; it waits for X."""
        talk = Talk()
        talk.types("X's")
        request = commands.profile(talk.session, {"name": "X"})
        login(talk, {"user_id": "Y"})
        assert [end.ref for end in talk.ends] == [request.ref]
        assert talk.texts == []
        talk.open()
        talk.hear(ready(thread=OTHER), replay(thread=OTHER))
        assert talk.writes() == []
        talk.lose()
        login(talk, USER)
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
        login(talk, USER)
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
        login(talk, USER)
        assert talk.open()["visitor"] == "v-token"
        talk.hear(ready(carried_from=[VISITOR_THREAD]), replay())
        talk.lose()
        assert "visitor" not in talk.open()

    def test_a_carry_that_was_not_heard_of_is_made_up_for_by_any_later_ready(self) -> None:
        """`carried_from` is in every `ready`: a crash in between loses nothing."""
        talk = visitor()
        cid = talk.types("hi")
        later = talk.again()
        login(later, USER)
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
        login(talk, USER)
        talk.open()
        talk.hear(ready(carried_from=[VISITOR_THREAD]))
        assert talk.writes() == []
        talk.hear(replay(mine(41, id=event_id(1)), mine(43), more=True))
        [frame] = talk.writes()
        assert (frame["cid"], frame["target"], frame["target_id"]) == (found, 41, event_id(1))
        failures = [one.entry for one in talk.told(CommandSettled) if one.entry.failure]
        assert [(one.cid, one.failure.reason) for one in failures] == [(lost, "unknown_target")]


class TestRenewal:
    """A signed connection's token."""

    def test_a_fresh_token_is_wanted_before_the_old_one_ends(self) -> None:
        """`expires_in_ms` of `ready`, then of `authed`."""
        talk = Talk().live(expires_in_ms=600_000, identity="signed")
        assert talk.session.renewal.deadline() == 540.0
        request = commands.auth(talk.session, "fresh")
        [frame] = talk.writes(after=540.0)
        assert (frame["t"], frame["token"]) == ("auth", "fresh")
        talk.hear({"t": "authed", "exp": 1, "expires_in_ms": 900_000, "ref": request.ref})
        assert talk.session.renewal.deadline() == 540.0 + 840.0
        assert [end.ref for end in talk.ends] == [request.ref]

    def test_a_refused_one_is_tried_again(self) -> None:
        """Nothing changes, the old `exp` included: there is still time."""
        talk = Talk().live(expires_in_ms=600_000, identity="signed")
        talk.session.renewal.started()
        request = commands.auth(talk.session, "wrong")
        talk.writes()
        talk.hear(error(403, "identity_refused", ref=request.ref))
        assert talk.session.renewal.deadline() is not None
        assert talk.session.link.error is None

    def test_the_error_before_the_close_is_remembered(self) -> None:
        """401 `token_expired`, close 4401: the policy has to know which 4401 it was."""
        talk = Talk().live(expires_in_ms=600_000, identity="signed")
        talk.hear(error(401, "token_expired"))
        assert talk.session.link.error is not None
        assert talk.session.link.error.reason == "token_expired"


class TestLogout:
    """Everything of the device goes."""

    @pytest.mark.parametrize("connected", [True, False])
    def test_logout_deletes_everything_before_any_answer(self, connected: bool) -> None:
        """All tokens, events and outboxes of the device, offline too (Visitor tokens)."""
        storage = MemoryStorage()
        talk = visitor(storage)
        talk.hear(arrival(event(1, text="secret"), thread=VISITOR_THREAD))
        talk.types("secret")
        waiting = commands.profile(talk.session, {"name": "secret"})
        talk.session.save()
        if not connected:
            talk.lose()
        assert commands.logout(talk.session) is connected
        talk._take()
        assert list(storage.items("")) == []
        assert talk.texts == []
        assert talk.writes() == []
        assert [(end.ref, type(end.error)) for end in talk.ends if isinstance(end, Unmet)] == [
            (waiting.ref, ClientClosed)
        ]
        assert {Refreshed(), LoggedOut()} <= set(talk.changes[-2:])

    def test_bye_with_reason_logout_deletes_everything(self) -> None:
        """Another connection of this device logged out."""
        storage = MemoryStorage()
        talk = visitor(storage)
        talk.types("secret")
        talk.hear({"t": "bye", "reason": "logout", "reconnect": False, "after_ms": 0})
        assert list(storage.items("")) == []
        assert talk.told(LoggedOut) == [LoggedOut()]
        assert talk.session.link.phase is Phase.ENDING

    def test_nothing_is_written_to_the_storage_after_it(self) -> None:
        """Neither a late event nor the end of the connection brings anything back."""
        storage = MemoryStorage()
        talk = visitor(storage)
        commands.logout(talk.session)
        talk.hear(arrival(event(1, text="secret"), thread=VISITOR_THREAD))
        talk.session.save()
        talk.lose()
        talk.session.save()
        assert list(storage.items("")) == []

    def test_a_restart_deletes_nothing(self) -> None:
        """`bye` with another reason is no logout."""
        storage = MemoryStorage()
        talk = visitor(storage)
        talk.hear({"t": "bye", "reason": "restart", "reconnect": True, "after_ms": 0})
        assert storage.get("token.visitor") is not None
