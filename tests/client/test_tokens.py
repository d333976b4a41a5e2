"""Visitor tokens and clean tokens as a device keeps them (WIRE.md section 8)."""

from __future__ import annotations

from typing import Any

from onethread_client.frames import Ready
from onethread_client.identity import VISITOR
from onethread_client.storage import MemoryStorage
from onethread_client.tokens import Tokens
from tests.client.builders import OTHER, THREAD, ready

USER, STRANGER = "user-x", "user-y"


def given(tokens: Tokens, identity: str = VISITOR, **fields: Any) -> bool:
    """Takes a `ready` with these fields."""
    return tokens.admitted(Ready.of(ready(**fields)), identity)


def test_a_visitor_token_is_kept_and_sent_from_then_on() -> None:
    """`visitor` of `ready` is the token to keep in place of the old one (WIRE.md section 4)."""
    tokens = Tokens(MemoryStorage())
    assert tokens.opening(VISITOR) == {}
    given(tokens, visitor="one")
    assert tokens.opening(VISITOR) == {"visitor": "one"}
    given(tokens, visitor="two")
    assert tokens.opening(VISITOR) == {"visitor": "two"}


def test_a_ready_without_a_token_leaves_the_old_one() -> None:
    """Nothing replaces it, so it stays valid."""
    tokens = Tokens(MemoryStorage())
    given(tokens, visitor="one")
    tokens.opening(VISITOR)
    given(tokens)
    assert tokens.opening(VISITOR) == {"visitor": "one"}


def test_a_clean_token_is_kept_apart_beside_its_user() -> None:
    """It opens only this clean chat, only beside the same refused `user_id`; the visitor token is left
    untouched.
    """
    tokens = Tokens(MemoryStorage())
    given(tokens, visitor="mine")
    tokens.opening(USER)
    given(tokens, USER, thread=OTHER, refused=True, clean="clean-x")
    assert tokens.opening(USER) == {"visitor": "mine", "clean": "clean-x"}
    assert tokens.opening(STRANGER) == {"visitor": "mine"}
    assert tokens.opening(VISITOR) == {"visitor": "mine"}


def test_a_refused_ready_never_replaces_the_visitor_token() -> None:
    """Whatever a refused `ready` brings, the visitor's own token is left untouched (WIRE.md section 8,
    Refused).
    """
    tokens = Tokens(MemoryStorage())
    given(tokens, visitor="mine")
    tokens.opening(USER)
    given(tokens, USER, refused=True, visitor="not-this")
    assert tokens.opening(USER) == {"visitor": "mine"}


def test_a_carried_token_is_dropped() -> None:
    """Its thread is part of this one: the client drops the token it had sent (section 8, Carry)."""
    tokens = Tokens(MemoryStorage())
    given(tokens, visitor="mine", thread=OTHER)
    tokens.opening(USER)
    given(tokens, USER, carried_from=[OTHER])
    assert tokens.opening(USER) == {}


def test_no_other_token_is_dropped_than_the_one_sent() -> None:
    """Another tab stored a fresh one meanwhile: that stays (WIRE.md section 8, Carry)."""
    storage = MemoryStorage()
    tokens, tab = Tokens(storage), Tokens(storage)
    given(tokens, visitor="mine", thread=OTHER)
    tokens.opening(USER)
    tab.opening(VISITOR)
    given(tab, visitor="fresh", thread=OTHER)
    given(tokens, USER, carried_from=[OTHER])
    assert tokens.opening(USER) == {"visitor": "fresh"}


def test_a_token_of_a_thread_carried_before_is_not_mistaken() -> None:
    """`carried_from` names the last 20; only the thread of the token sent decides."""
    tokens = Tokens(MemoryStorage())
    given(tokens, visitor="mine", thread=OTHER)
    tokens.opening(USER)
    given(tokens, USER, carried_from=["th_0_long_ago"])
    assert tokens.opening(USER) == {"visitor": "mine"}


def test_another_tabs_token_wins_over_the_one_just_given() -> None:
    """A client that finds another token stored drops its own and reconnects with that (Before the first
    ready).
    """
    storage = MemoryStorage()
    one, two = Tokens(storage), Tokens(storage)
    one.opening(VISITOR)
    two.opening(VISITOR)
    assert given(one, visitor="first", thread=THREAD) is True
    assert given(two, visitor="second", thread=OTHER) is False
    assert two.opening(VISITOR) == {"visitor": "first"}


def test_another_tabs_renewal_of_the_same_thread_is_no_conflict() -> None:
    """An older token stays valid beside its renewal: neither tab has to reconnect (WIRE.md section 8)."""
    storage = MemoryStorage()
    one, two = Tokens(storage), Tokens(storage)
    given(one, visitor="old")
    one.opening(VISITOR)
    two.opening(VISITOR)
    assert given(one, visitor="renewed by one") is True
    assert given(two, visitor="renewed by two") is True


def test_a_token_that_was_not_accepted_is_replaced() -> None:
    """A forged, ended or moved token: a new visitor, whose token is kept instead (WIRE.md section 8, Visitor
    tokens).
    """
    tokens = Tokens(MemoryStorage())
    given(tokens, visitor="ended", thread=OTHER)
    tokens.opening(VISITOR)
    assert given(tokens, visitor="new", thread=THREAD) is True
    assert tokens.opening(VISITOR) == {"visitor": "new"}


def test_whether_a_token_is_held_decides_who_waits() -> None:
    """Without a token, a device makes one init at a time (WIRE.md section 8)."""
    tokens = Tokens(MemoryStorage())
    assert tokens.held(USER) is False
    given(tokens, USER, refused=True, clean="clean-x")
    assert tokens.held(USER) is True
    assert tokens.held(STRANGER) is False
    given(tokens, visitor="mine")
    assert tokens.held(STRANGER) is True
