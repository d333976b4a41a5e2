"""Figures follow from what the steps took."""

import pytest

from loadtest.figures import duration, figures, worded
from tests.loadtest.recorded import cost, recorded


def test_figures() -> None:
    """CPU is divided by messages, memory and joining by connections; only the steps meant count."""
    found = figures(recorded())
    assert found["messages_per_second"] == pytest.approx(5)
    assert found["deliveries_per_second"] == pytest.approx(15)
    assert found["hub_us_per_message"] == pytest.approx(40)
    assert found["store_us_per_message"] == pytest.approx(20)
    assert found["joins_per_second"] == pytest.approx(6)
    assert found["hub_us_per_join"] == pytest.approx(500)
    assert found["hub_bytes_per_connection"] == pytest.approx(10_000)
    assert found["store_bytes_per_connection"] == pytest.approx(1000)


def test_only_what_means_something() -> None:
    """A run that sends nothing has no cost of a message, one that joins nothing none of a connection."""
    assert figures(recorded(steps=[cost("holding", seconds=1.0, hub=0.1)])) == {}


def test_memory_of_a_used_server() -> None:
    """What joining adds to a process that has done something before is no figure of a connection."""
    steps = [cost("filling"), cost("joining", joins_count=True, joins=3, seconds=0.5, hub_bytes=300)]
    assert not [name for name in figures(recorded(steps=steps)) if "bytes" in name]


def test_at_rest() -> None:
    """What being there costs is a share of one core."""
    found = figures(recorded(steps=[cost("at rest", rests=True, seconds=4.0, hub=0.1, store=0.02)]))
    assert found == {"hub_share_at_rest": pytest.approx(0.025), "store_share_at_rest": pytest.approx(0.005)}
    assert ("hub at rest, of one core", "2.5%") in list(worded(found))


def test_beyond_rest() -> None:
    """What being there costs anyway, for as long as messages are sent, is also told apart from their cost."""
    steps = [
        cost("at rest", rests=True, seconds=4.0, hub=0.1, store=0.0),
        cost("sending", sends_count=True, sends=1000, seconds=2.0, hub=0.07, store=0.03),
    ]
    found = figures(recorded(steps=steps))
    assert found["hub_us_per_message"] == pytest.approx(70)
    assert found["hub_us_per_message_beyond_rest"] == pytest.approx(20)
    assert found["store_us_per_message_beyond_rest"] == pytest.approx(30)


def test_kept() -> None:
    """What a message weighs in the store is given in all and by family of keys."""
    found = figures(recorded(steps=[], kept={"all": 279.4, "log": 233.0}))
    assert found == {"kept_bytes_per_message_all": 279.4, "kept_bytes_per_message_log": 233.0}
    assert next(iter(worded(found))) == ("kept a message, all", "279 B")


def test_worded() -> None:
    """Every figure has a title and a unit that people read."""
    assert ("hub CPU a message", "40.0 µs") in list(worded(figures(recorded())))


@pytest.mark.parametrize(
    ("us", "text"),
    [(0, "0 µs"), (850, "850 µs"), (12_345, "12.3 ms"), (999_900, "1 s"), (1_240_000, "1.24 s")],
)
def test_durations(us: int, text: str) -> None:
    """Latencies are given with three digits and the unit that suits them."""
    assert duration(us) == text
