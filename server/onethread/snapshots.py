"""Counts of a server process at one moment, and those of several workers, seen from each.

A request for `/metrics` reaches any one worker, so each writes its counts once a second to a file of a
shared folder, and whoever is asked adds the others' up. A worker that was restarted goes on from what its
predecessor had counted: a sum that fell would look like a restart of everything.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from onethread.gateway.counters import Traffic
from onethread.hub.counters import Counters, Histogram


class Times(msgspec.Struct, frozen=True):
    """A histogram: how many fell into each bucket, the last for those beyond, and the sum of seconds."""

    buckets: tuple[int, ...]
    seconds: float


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Counts by name: `gauges` as it is now, `plain` and the rest ever rising since the start."""

    gauges: dict[str, int] = {}
    plain: dict[str, int] = {}
    refused: dict[str, int] = {}
    closes: dict[int, int] = {}
    times: dict[str, Times] = {}


def take(counters: Counters, traffic: Traffic, in_flight: int) -> Counts:
    """The counts now of a process's hub, its edge, and its link's commands without an answer."""
    return Counts(
        gauges={"connections": traffic.open, "link_in_flight": in_flight},
        plain={
            "accepted": traffic.accepted,
            "rejected": traffic.refused,
            "frames_in": traffic.frames_in,
            "frames_out": traffic.frames_out,
            "bytes_in": traffic.bytes_in,
            "bytes_out": traffic.bytes_out,
            "writes": traffic.writes,
            "sends": counters.sends,
            "deliveries": counters.deliveries,
            "backfills": counters.backfills,
            "webhooks_told": counters.webhooks_told,
            "webhooks_failed": counters.webhooks_failed,
            "webhooks_dead": counters.webhooks_dead,
        },
        refused=dict(counters.refused),
        closes=dict(traffic.closes),
        times={"ack": _times(counters.ack_latency), "fanout_lag": _times(counters.fanout_lag)},
    )


def total(all_counts: Iterable[Counts]) -> Counts:
    """The sum of several processes' counts."""
    gauges, plain, refused, closes = Counter[str](), Counter[str](), Counter[str](), Counter[int]()
    times: dict[str, Times] = {}
    for counts in all_counts:
        gauges.update(counts.gauges)
        plain.update(counts.plain)
        refused.update(counts.refused)
        closes.update(counts.closes)
        times.update({name: _sum(times.get(name), more) for name, more in counts.times.items()})
    return Counts(
        gauges=dict(gauges), plain=dict(plain), refused=dict(refused), closes=dict(closes), times=times
    )


class Snapshots:
    """The counts of all workers of a server, in files of one folder; `index` is this worker's own.

    `earlier` is what processes of this index had counted before; what they had open is gone.
    """

    def __init__(self, folder: Path, index: int) -> None:
        self._folder = folder
        self._own = folder / f"{index}.counts"
        self.earlier = [msgspec.structs.replace(counts, gauges={}) for counts in _read([self._own])]

    def write(self, counts: Counts) -> None:
        """Show this worker's counts (`earlier` included) to the others; they see them whole or as before."""
        new = self._own.with_suffix(".new")
        new.write_bytes(msgspec.msgpack.encode(counts))
        os.replace(new, self._own)

    def others(self) -> list[Counts]:
        """The other workers' counts, as last written."""
        return list(_read(path for path in self._folder.glob("*.counts") if path != self._own))


def _read(paths: Iterable[Path]) -> Iterator[Counts]:
    for path in paths:
        if path.exists():
            yield msgspec.msgpack.decode(path.read_bytes(), type=Counts)


def _times(histogram: Histogram) -> Times:
    return Times(tuple(histogram.counts), histogram.total)


def _sum(times: Times | None, more: Times) -> Times:
    if times is None:
        return more
    buckets = tuple(map(int.__add__, times.buckets, more.buckets))
    return Times(buckets, times.seconds + more.seconds)
