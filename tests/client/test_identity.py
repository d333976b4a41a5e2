"""The drawer that things are kept under, and the threads each identity was given (WIRE.md section 8)."""

from __future__ import annotations

import jwt
import pytest

from onethread_client.frames import Ready
from onethread_client.identity import VISITOR, Threads, identity_of
from onethread_client.storage import MemoryStorage
from tests.client.builders import OTHER, THREAD, ready

KEY = "a-key-of-32-bytes-or-more-for-tests"


def test_nobody_in_particular_is_a_visitor() -> None:
    """A user without a `user_id` is one, too."""
    assert identity_of(None, None) == VISITOR
    assert identity_of({"name": "Ada"}, None) == VISITOR


def test_each_user_id_has_a_drawer_of_its_own() -> None:
    """Kept as a hash: no user id is written to disk."""
    one, other = identity_of({"user_id": "12345"}, None), identity_of({"user_id": "54321"}, None)
    assert len({one, other, VISITOR}) == 3
    assert "12345" not in one


def test_a_tokens_subject_is_the_same_person_as_that_user_id() -> None:
    """`sub` = user_id (WIRE.md section 8, Proofs); the same drawer whichever way they come."""
    token = jwt.encode({"sub": "12345", "exp": 2_000_000_000}, KEY, algorithm="HS256")
    assert (
        identity_of(None, token)
        == identity_of({"user_id": "12345"}, None)
        == identity_of({"user_id": "12345"}, token)
    )


@pytest.mark.parametrize(
    "token", ["nonsense", "a.b.c", "..", jwt.encode({"sub": "", "n": 1}, KEY)[:20], "a.W10.c"]
)
def test_a_token_that_cannot_be_read_is_still_somebody(token: str) -> None:
    """It must not fall into the visitor's drawer; the server will refuse it or not."""
    assert identity_of(None, token) != VISITOR


def test_the_thread_expected_is_the_last_one_given() -> None:
    """It says whose events to show and whose resume point to send before `ready` comes."""
    storage = MemoryStorage()
    threads = Threads(storage)
    assert threads.expected("user-x") is None
    assert threads.take("user-x", Ready.of(ready())) is None
    assert Threads(storage).expected("user-x") == THREAD
    assert threads.take("user-x", Ready.of(ready(thread=OTHER))) == THREAD


def test_a_clean_chat_is_kept_apart_from_its_owners_thread() -> None:
    """The refused connection's thread is not the identity's: neither explains the other away (section 8,
    Refused).
    """
    threads = Threads(MemoryStorage())
    threads.take("user-x", Ready.of(ready()))
    assert threads.take("user-x", Ready.of(ready(thread=OTHER, refused=True))) is None
    assert threads.expected("user-x") == OTHER
    assert threads.take("user-x", Ready.of(ready())) == THREAD
    assert threads.expected("user-x") == THREAD
