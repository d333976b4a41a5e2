"""The column "reconnect?" of WIRE.md section 7, `bye`, and the backoff between attempts."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onethread_client.backoff import Backoff
from onethread_client.frames import Bye, Error
from onethread_client.reconnect import Act, Again, Ended, Reconnect, Stay
from tests.client.builders import error


def after(
    code: int, *, user: bool = True, renewable: bool = False, chance: float = 0.5, **ended: object
) -> Again | Stay:
    """What a fresh policy decides."""
    return Reconnect(lambda: chance).after(Ended(code, **ended), user=user, renewable=renewable)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [1000, 1003, 4400])
def test_no_means_no(code: int) -> None:
    """Logged out, wrong codec, or no client at all: never by itself."""
    assert isinstance(after(code), Stay)


@pytest.mark.parametrize("code", [1001, 1005, 1006, 1009, 1011, 1012, 1015, 3000, 4408, 4430, 4999])
def test_yes_means_with_backoff(code: int) -> None:
    """Any other code, a lost line among them: yes, after a wait that grows."""
    decided = after(code)
    assert isinstance(decided, Again)
    assert 0 < decided.delay <= 1


def test_credentials_not_accepted_wait_for_fixing() -> None:
    """4401: reconnect after fixing it; trying the same again would only be refused again."""
    refusal = Error.of(error(401, "bad_credentials"))
    decided = after(4401, renewable=True, error=refusal)
    assert decided == Stay(4401, "bad_credentials: A sentence.")


@pytest.mark.parametrize("renewable", [True, False])
def test_an_expired_token_is_fixed_by_a_fresh_one(renewable: bool) -> None:
    """4401 after `token_expired`: a client that can fetch a fresh token has fixed it; another has to wait."""
    decided = after(4401, renewable=renewable, error=Error.of(error(401, "token_expired")))
    assert isinstance(decided, Again if renewable else Stay)


def test_no_longer_admitted_waits_for_other_credentials() -> None:
    """4403: only with other credentials, or when a person asks; sending is no such asking."""
    decided = after(4403)
    assert isinstance(decided, Stay)
    assert decided.act is Act.NOTHING


def test_a_moved_thread_is_followed_with_a_user_and_waits_for_a_person_without() -> None:
    """4409: yes, with a `user_id`; without one when a person acts, such as by sending."""
    assert isinstance(after(4409, user=True), Again)
    decided = after(4409, user=False)
    assert isinstance(decided, Stay)
    assert decided.act is Act.SENDING


@pytest.mark.parametrize("asked", [0, 60_000])
def test_too_many_means_later(asked: int) -> None:
    """4429: yes, later, and not before what `retry_after_ms` says."""
    limited = Error.of(error(429, "rate_limited", retry_after_ms=asked))
    decided = after(4429, chance=0.0, error=limited)
    assert isinstance(decided, Again)
    assert decided.delay >= max(15, asked / 1000)


@settings(deadline=None)
@given(st.floats(0, 1), st.integers(0, 60_000))
def test_a_restart_is_awaited_as_long_as_bye_says_and_spread(chance: float, after_ms: int) -> None:
    """1012: yes, after `after_ms`, spread at random."""
    decided = after(1012, chance=chance, bye=Bye("restart", reconnect=True, after_ms=after_ms))
    assert isinstance(decided, Again)
    assert after_ms / 1000 <= decided.delay <= after_ms / 1000 + max(1.0, after_ms / 2000)


def test_two_clients_do_not_come_back_together() -> None:
    """Spread at random: another chance, another moment."""
    bye = Bye("restart", reconnect=True, after_ms=1_000)
    assert after(1012, chance=0.1, bye=bye) != after(1012, chance=0.9, bye=bye)


def test_bye_counts_even_if_the_close_was_lost() -> None:
    """The line was cut after `bye`: what it said still holds."""
    decided = after(1006, chance=0.0, bye=Bye("restart", reconnect=True, after_ms=9_000))
    assert decided == Again(9.0)


@pytest.mark.parametrize(
    "bye", [Bye("logout", reconnect=False, after_ms=0), Bye("restart", reconnect=False, after_ms=0)]
)
def test_bye_without_reconnect_is_final(bye: Bye) -> None:
    """`reconnect: false` is obeyed whatever the code."""
    assert isinstance(after(1006, bye=bye), Stay)


def test_each_failure_waits_longer_until_a_connection_lasts() -> None:
    """Backoff grows with failures, and a connection that held is none."""
    policy = Reconnect(lambda: 1.0)
    delays = [policy.after(Ended(1006), user=True, renewable=False) for _ in range(9)]
    waits = [one.delay for one in delays if isinstance(one, Again)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (0.5, 30.0)
    assert policy.after(Ended(1006, lasted=60.0), user=True, renewable=False) == Again(0.5)


def test_a_connection_that_is_closed_at_once_is_a_failure() -> None:
    """A server that admits and cuts is not asked again and again without a wait."""
    policy = Reconnect(lambda: 1.0)
    delays = [policy.after(Ended(4430, lasted=0.1), user=True, renewable=False) for _ in range(9)]
    assert delays[-1] == Again(30.0)


def test_a_person_who_asks_starts_the_backoff_anew() -> None:
    """Whoever presses "connect" is not made to wait for old failures."""
    policy = Reconnect(lambda: 1.0)
    for _ in range(9):
        policy.after(Ended(1006), user=True, renewable=False)
    policy.asked()
    assert policy.after(Ended(1006), user=True, renewable=False) == Again(0.5)


@settings(deadline=None)
@given(st.integers(1, 200), st.randoms(use_true_random=False))
def test_backoff_has_jitter_and_a_bound(tries: int, chance: random.Random) -> None:
    """A wait is half to whole of what doubling gives, never beyond the bound, however many the failures."""
    backoff = Backoff(chance.random, first=0.5, most=30.0)
    for number in range(tries):
        whole = min(30.0, 0.5 * 2**number)
        assert whole / 2 <= backoff.next() <= whole
