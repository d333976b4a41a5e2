"""Metrics: that what was counted is what `/metrics` tells, over all workers, and nothing falls."""

from pathlib import Path

import pytest
from prometheus_client import generate_latest

from onethread.gateway.counters import Traffic
from onethread.hub.counters import LATENCY_BOUNDS, Counters, Histogram
from onethread.metrics import Metering
from onethread.snapshots import Counts, Snapshots, take, total


class Process:
    """The counters of one server process."""

    def __init__(self, snapshots: Snapshots | None = None) -> None:
        self.counters = Counters()
        self.traffic = Traffic()
        self.in_flight = 0
        self.metering = Metering(self.counts, snapshots)

    def counts(self) -> Counts:
        return take(self.counters, self.traffic, self.in_flight)

    def told(self) -> dict[str, float]:
        text = generate_latest(self.metering.registry).decode()
        samples = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in samples}


def test_what_is_counted_is_told() -> None:
    """Connections, sends, deliveries, backfills, refusals, closes: all have their numbers."""
    process = Process()
    process.traffic.open, process.traffic.accepted, process.in_flight = 2, 5, 4
    process.counters.sends, process.counters.deliveries, process.counters.backfills = 7, 21, 1
    process.counters.refused["rate_limited"] += 3
    for code in (1012, 4430, 4430):
        process.traffic.closed(code)
    told = process.told()
    assert told["onethread_connections"] == 2
    assert told["onethread_accepted_total"] == 5
    assert told["onethread_link_in_flight"] == 4
    assert told["onethread_sends_total"] == 7
    assert told["onethread_deliveries_total"] == 21
    assert told["onethread_backfills_total"] == 1
    assert told['onethread_refused_total{reason="rate_limited"}'] == 3
    assert told['onethread_closes_total{code="1012"}'] == 1
    assert told['onethread_closes_total{code="4430"}'] == 2
    assert told["process_open_fds"] > 0


def test_codes_that_clients_make_up_are_one_label() -> None:
    """However many close codes clients choose, they are one label and not a number each."""
    process = Process()
    for code in (1000, 1006, *range(3000, 5000)):
        process.traffic.closed(code)
    closes = {
        name: value for name, value in process.told().items() if name.startswith("onethread_closes_total")
    }
    assert len(closes) < 30
    assert closes['onethread_closes_total{code="1006"}'] == 1
    assert closes['onethread_closes_total{code="other"}'] > 1900


def test_times_are_told_as_histograms() -> None:
    """Each time is counted in all buckets from the first that holds it; one over all bounds in +Inf only."""
    process = Process()
    for seconds in (0.0, 0.0005, 0.0006, 100.0, -1.0):
        process.counters.ack_latency.observe(seconds)
    told = process.told()
    assert told['onethread_ack_seconds_bucket{le="0.0005"}'] == 3
    assert told['onethread_ack_seconds_bucket{le="0.001"}'] == 4
    assert told[f'onethread_ack_seconds_bucket{{le="{LATENCY_BOUNDS[-1]}"}}'] == 4
    assert told['onethread_ack_seconds_bucket{le="+Inf"}'] == 5
    assert told["onethread_ack_seconds_count"] == 5
    assert told["onethread_ack_seconds_sum"] == pytest.approx(100.0011)


def test_any_worker_tells_of_all(tmp_path: Path) -> None:
    """Whichever worker is asked, it tells the sum of all, its own to the last and the others' as shared."""
    one, two = Process(Snapshots(tmp_path, 0)), Process(Snapshots(tmp_path, 1))
    one.counters.sends, two.counters.sends = 1, 10
    one.traffic.open, two.traffic.open = 3, 4
    one.counters.refused["bad_field"], two.counters.refused["bad_field"] = 5, 6
    two.counters.ack_latency.observe(0.2)
    two.metering.share()
    assert one.told()["onethread_sends_total"] == 11
    assert one.told()["onethread_connections"] == 7
    assert one.told()['onethread_refused_total{reason="bad_field"}'] == 11
    assert one.told()["onethread_ack_seconds_count"] == 1
    one.counters.sends += 1
    assert one.told()["onethread_sends_total"] == 12


def test_nothing_falls_when_a_worker_is_restarted(tmp_path: Path) -> None:
    """A restarted worker goes on from what was counted before it; its predecessor's connections are gone."""
    other, first = Process(Snapshots(tmp_path, 0)), Process(Snapshots(tmp_path, 1))
    first.counters.sends, first.traffic.open = 10, 4
    first.counters.fanout_lag.observe(0.1)
    first.metering.share()
    second = Process(Snapshots(tmp_path, 1))
    second.counters.sends = 1
    assert second.told()["onethread_sends_total"] == 11
    second.metering.share()
    told = other.told()
    assert told["onethread_sends_total"] == 11
    assert told["onethread_connections"] == 0
    assert told["onethread_fanout_lag_seconds_count"] == 1


def test_a_sum_of_nothing_is_nothing() -> None:
    """Adding no counts gives none; adding one gives the same."""
    assert total([]) == Counts()
    counts = Process().counts()
    assert total([counts]) == counts


def test_a_histogram_has_its_own_buckets() -> None:
    """Two histograms share nothing."""
    one, two = Histogram(), Histogram()
    one.observe(1.0)
    assert sum(two.counts) == 0
