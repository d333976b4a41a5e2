"""Limits by address: pure, with the clock given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.gateway.limits import MINUTE, ConnectionLimit, RateLimit, counted_as

ONE, OTHER = "192.0.2.1", "192.0.2.2"


def test_ipv6_counts_by_its_64_bit_network() -> None:
    """All addresses of a /64 are one, in any notation; IPv4 and what is no address stand for themselves."""
    assert counted_as("2001:db8:1:2::1") == counted_as("2001:0DB8:1:2:ffff:ffff:ffff:ffff")
    assert counted_as("2001:db8:1:2::1") != counted_as("2001:db8:1:3::1")
    assert [counted_as(address) for address in (ONE, "", "no:address")] == [ONE, "", "no:address"]


def test_connections_are_limited_by_address() -> None:
    """As many as the limit at once, per address; one that leaves makes room for one."""
    limit = ConnectionLimit(2)
    assert [limit.enter(ONE) for _ in range(4)] == [True, True, False, False]
    assert limit.enter(OTHER)
    limit.leave(ONE)
    assert [limit.enter(ONE) for _ in range(2)] == [True, False]


def test_addresses_without_connections_are_forgotten() -> None:
    """Memory is held for addresses that have a connection, and for no other."""
    limit = ConnectionLimit(1)
    for i in range(1_000):
        address = f"192.0.2.{i}"
        assert limit.enter(address)
        assert not limit.enter(address)
        limit.leave(address)
    assert len(limit) == 0


def test_zero_connections_is_no_limit() -> None:
    """0 switches the limit off."""
    limit = ConnectionLimit(0)
    assert all(limit.enter(ONE) for _ in range(10_000))


@pytest.mark.parametrize("per_minute", [1, 2, 7, 20, 300])
@pytest.mark.parametrize("now", [0.0, 12.5, 1e6 / 3])
def test_a_minute_s_allowance_at_once(per_minute: int, now: float) -> None:
    """Exactly `per_minute` acts are allowed at once; the next one waits for its share of a minute."""
    limit = RateLimit(per_minute)
    assert all(limit.take(ONE, now) == 0.0 for _ in range(per_minute))
    assert limit.take(ONE, now) == pytest.approx(MINUTE / per_minute)
    assert limit.take(OTHER, now) == 0.0


def test_waiting_as_told_is_enough_and_needed() -> None:
    """After the wait that was told one act is allowed, a moment before it is not."""
    limit = RateLimit(20)
    for _ in range(20):
        limit.take(ONE, 100.0)
    wait = limit.take(ONE, 100.0)
    assert limit.take(ONE, 100.0 + wait - 0.01) > 0
    assert limit.take(ONE, 100.0 + wait) == 0.0
    assert limit.take(ONE, 100.0 + wait) > 0


def test_refused_acts_cost_nothing() -> None:
    """Trying again and again does not make the wait longer."""
    limit = RateLimit(3)
    for _ in range(3):
        limit.take(ONE, 0.0)
    waits = [limit.take(ONE, 5.0) for _ in range(100)]
    assert waits == [pytest.approx(15.0)] * 100


def test_full_after_a_minute_and_not_fuller() -> None:
    """A minute of rest gives the whole allowance back, a day not more."""
    limit = RateLimit(5)
    for _ in range(5):
        limit.take(ONE, 0.0)
    for start in (MINUTE, MINUTE + 86_400):
        assert [limit.take(ONE, start) for _ in range(5)] == [0.0] * 5
        assert limit.take(ONE, start) > 0


def test_wait_does_not_act() -> None:
    """`wait` says what `take` would say, and takes nothing."""
    limit = RateLimit(2)
    assert [limit.wait(ONE, 0.0) for _ in range(10)] == [0.0] * 10
    limit.take(ONE, 0.0)
    limit.take(ONE, 0.0)
    assert limit.wait(ONE, 0.0) == limit.take(ONE, 0.0) == pytest.approx(30.0)
    assert len(limit) == 1


def test_zero_rate_is_no_limit_and_no_memory() -> None:
    """0 switches the limit off and remembers nobody."""
    limit = RateLimit(0)
    assert all(limit.take(ONE, 0.0) == 0.0 for _ in range(1_000))
    assert limit.wait(ONE, 0.0) == 0.0
    assert len(limit) == 0


def test_rested_addresses_are_forgotten() -> None:
    """An address whose allowance is whole again is dropped as others come."""
    limit = RateLimit(10)
    for second in range(1_000):
        limit.take(f"10.0.{second // 250}.{second % 250}", float(second))
    # Each takes one act, whole again after six seconds.
    assert len(limit) < 20


def test_memory_is_bounded_under_attack() -> None:
    """More addresses at once than are remembered push out those seen longest ago, and only those."""
    limit = RateLimit(1, addresses=100)
    for i in range(1_000):
        assert limit.take(f"10.0.{i // 250}.{i % 250}", 0.0) == 0.0
        assert len(limit) <= 100
    assert limit.wait("10.0.3.249", 0.0) > 0
    assert limit.wait("10.0.0.0", 0.0) == 0.0


@given(st.integers(1, 50), st.lists(st.floats(0, 5), max_size=200))
def test_never_more_than_two_allowances_in_a_minute(per_minute: int, gaps: list[float]) -> None:
    """Whatever the rhythm: in any minute at most a full bucket and what flows back meanwhile."""
    limit = RateLimit(per_minute)
    now, taken = 0.0, []
    for gap in gaps:
        now += gap
        if limit.take(ONE, now) == 0.0:
            taken.append(now)
    for i, start in enumerate(taken):
        assert sum(1 for at in taken[i:] if at < start + MINUTE) <= 2 * per_minute


def test_what_is_given_back_can_be_done_again() -> None:
    """An act that turns out not to count leaves room for another, and never for more than there was."""
    limit = RateLimit(2)
    assert [limit.take("192.0.2.1", 0.0) for _ in range(2)] == [0.0, 0.0]
    limit.give_back("192.0.2.1", 0.0)
    assert limit.take("192.0.2.1", 0.0) == 0.0
    assert limit.take("192.0.2.1", 0.0) > 0.0
    for _ in range(5):
        limit.give_back("192.0.2.1", 0.0)
    limit.give_back("192.0.2.9", 0.0)
    assert [limit.take("192.0.2.1", 0.0) for _ in range(2)] == [0.0, 0.0]
    assert limit.take("192.0.2.1", 0.0) > 0.0
