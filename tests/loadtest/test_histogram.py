"""Latencies counted, merged and read."""

from hypothesis import given
from hypothesis import strategies as st

from loadtest.histogram import LONGEST_US, Histogram, packed, unpacked


def counted(latencies: list[int]) -> Histogram:
    histogram = Histogram()
    histogram.record(latencies)
    return histogram


def test_percentiles() -> None:
    """Percentiles are the latencies that this share stayed at or below, to three digits."""
    summary = counted(list(range(1, 10_001))).summary()
    assert summary["count"] == 10_000
    for name, expected in {"p50": 5000, "p90": 9000, "p99": 9900, "p99.9": 9990, "max": 10_000}.items():
        assert abs(summary[name] - expected) <= expected / 500


def test_nothing_counted() -> None:
    """Without any latency all figures are 0 and there is nothing to draw."""
    assert set(Histogram().summary().values()) == {0}
    assert Histogram().curve() == []


def test_bounds() -> None:
    """What lies outside is counted at the edge, never lost."""
    histogram = counted([-5, 0, LONGEST_US * 10])
    assert len(histogram) == 3
    assert abs(histogram.longest - LONGEST_US) <= LONGEST_US / 500


@given(st.lists(st.lists(st.integers(1, 10_000_000))))
def test_merging(parts: list[list[int]]) -> None:
    """Merged histograms are that of all latencies together."""
    merged = Histogram()
    for part in parts:
        merged.merge(counted(part))
    assert merged.summary() == counted([latency for part in parts for latency in part]).summary()


def test_curve_reaches_the_end() -> None:
    """The curve rises with the percentile, and its last point is the longest latency, to three digits."""
    curve = counted(list(range(1, 5001))).curve()
    assert curve == sorted(curve)
    assert curve[0][0] == 0
    assert curve[-1][1] >= 4990


@given(st.lists(st.integers(0, 2**32 - 1)))
def test_packed(latencies: list[int]) -> None:
    """Latencies come out of the text as they went in."""
    assert list(unpacked(packed(latencies))) == latencies
