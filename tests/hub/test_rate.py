"""How fast a connection may send."""

from hypothesis import given
from hypothesis import strategies as st

from onethread.hub.rate import Bucket, Strikes


@given(st.floats(0.5, 100), st.integers(1, 50), st.lists(st.floats(0, 2, allow_subnormal=False), max_size=60))
def test_no_window_has_more_than_burst_and_rate(rate: float, burst: int, pauses: list[float]) -> None:
    """Between any two moments no more is taken than the burst and what the rate gives for the time
    between."""
    bucket, now, taken = Bucket(rate, burst), 0.0, []
    for pause in pauses:
        now += pause
        if bucket.take(now):
            taken.append(now)
    for i, first in enumerate(taken):
        for j, last in enumerate(taken[i:], 1):
            assert j <= burst + rate * (last - first) + 1e-6


def test_a_burst_then_the_rate() -> None:
    """The whole burst at once; after that one when `wait` says so, and not earlier."""
    bucket = Bucket(10, 3)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    wait = bucket.wait(100.0)
    assert 0 < wait <= 0.1
    assert not bucket.take(100.0 + wait / 2)
    assert bucket.take(100.0 + wait + 1e-9)


def test_a_long_pause_gives_one_burst() -> None:
    """What was not used is not saved up beyond the burst."""
    bucket = Bucket(10, 3)
    assert sum(bucket.take(10_000.0) for _ in range(100)) == 3


def test_rate_0_is_no_limit() -> None:
    """Everything is taken, at once."""
    bucket = Bucket(0, 0)
    assert all(bucket.take(1.0) for _ in range(10_000))
    assert bucket.wait(1.0) == 0


def test_strikes_count_within_a_window() -> None:
    """The last one allowed is told; a window that has passed is forgotten."""
    strikes = Strikes(3, 60)
    assert [strikes.strike(at) for at in (1000, 1030, 1059)] == [False, False, True]
    strikes = Strikes(3, 60)
    assert [strikes.strike(at) for at in (1000, 1030, 1061, 1062, 1063)] == [False, False, False, False, True]
