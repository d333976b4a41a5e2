"""WIRE.md section 8 as a client obeys it: tokens, the clean chat, logout."""

from __future__ import annotations

import pytest

from onethread_client import commands
from onethread_client.changes import LoggedOut, Problem, Refreshed
from onethread_client.errors import ClientClosed, ThreadChanged
from onethread_client.link import Phase
from onethread_client.requests import Unmet
from onethread_client.storage import MemoryStorage
from tests.client.builders import (
    THREAD,
    arrival,
    error,
    event,
    ready,
    replay,
)
from tests.client.talk import USER, VISITOR_THREAD, Talk, visitor

CLEAN = "th_0_cccccccccccccccccccc"


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
        talk.login(USER)
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
        talk.login({"user_id": "54321"})
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
