"""What `/metrics` tells, read from the process's plain counters when it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from onethread.hub.counters import LATENCY_BOUNDS
from onethread.snapshots import Counts, Snapshots, Times, total
from onethread_protocol.codes import CLOSES

# Clients choose their close codes: those that no table knows are one label, not 4,000.
_RFC_CLOSES = range(1000, 1016)

GAUGES: Final = {
    "connections": ("onethread_connections", "WebSockets open now."),
    "link_in_flight": ("onethread_link_in_flight", "Commands that the store has not answered yet."),
}
COUNTS: Final = {
    "accepted": ("onethread_accepted", "WebSockets accepted."),
    "rejected": ("onethread_rejected", "WebSockets closed at once: too many from one address."),
    "frames_in": ("onethread_frames_in", "Messages received from clients, whatever their type."),
    "frames_out": ("onethread_frames_out", "Frames written to clients."),
    "bytes_in": ("onethread_bytes_in", "Bytes received from clients, with WebSocket headers."),
    "bytes_out": ("onethread_bytes_out", "Bytes written to clients, with WebSocket headers."),
    "writes": ("onethread_writes", "System calls that wrote them."),
    "sends": ("onethread_sends", "Messages acked to their senders."),
    "deliveries": ("onethread_deliveries", "Events delivered to connections as they happened."),
    "backfills": ("onethread_backfills", "Reads of a thread's log because a push was missed."),
    "webhooks_told": ("onethread_webhooks_told", "What webhooks were told and took."),
    "webhooks_failed": ("onethread_webhooks_failed", "Calls of webhooks that failed; they are repeated."),
    "webhooks_dead": ("onethread_webhooks_dead", "What no webhook took in a day and became a dead letter."),
}
TIMES: Final = {
    "ack": ("onethread_ack_seconds", "From a command's frame to its ack."),
    "fanout_lag": ("onethread_fanout_lag_seconds", "From an event's time to its delivery."),
}
REFUSED: Final = ("onethread_refused", "Error frames by reason.")
CLOSED: Final = ("onethread_closes", "Ended connections by close code.")


class Metering:
    """All counts of a server, from one of its processes. `own` takes this process's."""

    def __init__(self, own: Callable[[], Counts], snapshots: Snapshots | None = None) -> None:
        self._own = own
        self._snapshots = snapshots
        self.registry = CollectorRegistry()
        self.registry.register(_ServerCollector(self.counts))
        if snapshots is None:
            # Of several workers a process's own figures would be any one's.
            ProcessCollector(registry=self.registry)

    def counts(self) -> Counts:
        """The counts of all processes: this one's now, the others' of a second ago."""
        others = [] if self._snapshots is None else self._snapshots.others()
        return total([self._with_earlier(), *others])

    def share(self) -> None:
        """Show this process's counts to the other workers; to be called once a second."""
        if self._snapshots is not None:
            self._snapshots.write(self._with_earlier())

    def _with_earlier(self) -> Counts:
        return total([*(self._snapshots.earlier if self._snapshots else ()), self._own()])


class _ServerCollector(Collector):
    def __init__(self, read: Callable[[], Counts]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        counts = self._read()
        for key, (name, meaning) in GAUGES.items():
            yield GaugeMetricFamily(name, meaning, value=counts.gauges.get(key, 0))
        for key, (name, meaning) in COUNTS.items():
            yield CounterMetricFamily(name, meaning, value=counts.plain.get(key, 0))
        for key, (name, meaning) in TIMES.items():
            yield _histogram(name, meaning, counts.times[key])
        yield _labelled(REFUSED, "reason", counts.refused)
        yield _labelled(CLOSED, "code", _by_label(counts.closes))


def _histogram(name: str, meaning: str, times: Times) -> HistogramMetricFamily:
    bounds = [*map(str, LATENCY_BOUNDS), "+Inf"]
    buckets = list(zip(bounds, accumulate(times.buckets), strict=True))
    return HistogramMetricFamily(name, meaning, buckets=buckets, sum_value=times.seconds)


def _labelled(named: tuple[str, str], label: str, counts: dict[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(*named, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family


def _by_label(closes: dict[int, int]) -> dict[str, int]:
    labels: dict[str, int] = {}
    for code, count in closes.items():
        label = str(code) if code in CLOSES or code in _RFC_CLOSES else "other"
        labels[label] = labels.get(label, 0) + count
    return labels
