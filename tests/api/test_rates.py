"""How many requests a caller may make."""

import pytest

from onethread.api.rates import Rates


def test_a_burst_then_the_rate() -> None:
    """A second's requests may come at once, then one for each part of a second; waiting fills up again."""
    rates = Rates(4)
    assert [rates.take("a", 10.0).left for _ in range(4)] == [3, 2, 1, 0]
    refused = rates.take("a", 10.0)
    assert (refused.wait, refused.left) == (pytest.approx(0.25), 0)
    assert rates.take("a", 10.25).wait == 0.0
    assert rates.take("a", 10.25).wait > 0
    assert rates.take("a", 12.0) == (0.0, 3, pytest.approx(0.25))


def test_a_refused_request_costs_nothing() -> None:
    """Whoever goes on asking gets in as soon as the rate allows."""
    rates = Rates(2)
    for _ in range(2):
        rates.take("a", 0.0)
    for _ in range(100):
        assert rates.take("a", 0.1).wait == pytest.approx(0.4)
    assert rates.take("a", 0.5).wait == 0.0


def test_slower_than_one_a_second() -> None:
    """A rate below one a second lets one through, then makes wait for longer than a second."""
    rates = Rates(0.5)
    assert rates.take("a", 0.0) == (0.0, 0, pytest.approx(2.0))
    assert rates.take("a", 1.0).wait == pytest.approx(1.0)
    assert rates.headers(rates.take("a", 2.0))["RateLimit-Policy"] == '"requests";q=1;w=2'


def test_callers_are_apart() -> None:
    """What one does is not another's, and only so many are remembered."""
    rates = Rates(1, callers=2)
    assert [rates.take(caller, 0.0).wait for caller in "abc"] == [0.0, 0.0, 0.0]
    assert rates.take("c", 0.0).wait > 0
    assert rates.take("a", 0.0).wait == 0.0


def test_no_limit() -> None:
    """With 0 nobody waits, and nothing is told of a limit."""
    rates = Rates(0)
    assert all(rates.take("a", 0.0).wait == 0.0 for _ in range(1_000))
    assert rates.headers(rates.take("a", 0.0)) == {}


def test_headers() -> None:
    """The policy, and what is left of it."""
    rates = Rates(50)
    assert rates.headers(rates.take("a", 0.0)) == {
        "RateLimit-Policy": '"requests";q=50;w=1',
        "RateLimit": '"requests";r=49;t=1',
    }
