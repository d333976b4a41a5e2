"""What is seen during a run: ticks of the fleet, and the processes' own accounting."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, Final

from loadtest import processes
from loadtest.figures import Sample, StepCost
from loadtest.histogram import Histogram, unpacked
from loadtest.installation import Installation
from loadtest.plan import Step
from loadtest.weighing import Weight

SIDES: Final = ("hub", "store", "fleet")


class _Meter:
    """CPU seconds of a side between two looks; a process that is new since the last counts from its start."""

    def __init__(self) -> None:
        self._last: dict[int, float] = {}

    def passed(self, pids: list[int]) -> tuple[float, int]:
        """CPU seconds since the last look, and resident bytes now."""
        now = {pid: processes.usage(pid) for pid in pids}
        cpu = sum(usage.cpu - self._last.get(pid, 0.0) for pid, usage in now.items())
        self._last = {pid: usage.cpu for pid, usage in now.items()}
        return max(cpu, 0.0), sum(usage.rss for usage in now.values())


class Watch:
    """Keeps samples and the cost of each step.

    More attributes than a class should have: it is the one place where all that a run sees comes together.
    """

    def __init__(self, installation: Installation) -> None:
        self.fleet: list[int] = []
        self.samples: list[Sample] = []
        self.costs: list[StepCost] = []
        self.weights: list[Weight] = []
        self.latencies = {name: Histogram() for name in ("ack", "delivery", "join")}
        self._installation = installation
        self._step: Step = Step("start", "starting")
        self._ticks: dict[int, dict[str, Any]] = {}
        self._recent = Histogram()
        self._step_meters = {side: _Meter() for side in SIDES}
        self._sample_meters = {side: _Meter() for side in SIDES}
        self._began = self._step_began = self._sampled = time.monotonic()
        self._before: Counter[str] = Counter()
        self._sampled_counts: Counter[str] = Counter()
        self._memory = (0, 0)

    def take(self, worker: int, tick: dict[str, Any]) -> None:
        """Take a tick of a process of the fleet."""
        self._ticks[worker] = tick
        for name, counted in (
            ("ack", self._step.sends),
            ("delivery", self._step.sends),
            ("join", self._step.joins),
        ):
            if counted:
                found = Histogram()
                found.record(unpacked(tick["latencies"][name]))
                self.latencies[name].merge(found)
                if name != "ack":
                    self._recent.merge(found)

    def counts(self) -> Counter[str]:
        """What the fleet has counted so far."""
        total: Counter[str] = Counter({"cut": 0})
        for tick in self._ticks.values():
            total.update({name: value for name, value in tick.items() if name != "latencies"})
        return total

    def begin(self, step: Step) -> None:
        """A step begins."""
        self._step = step
        self._memory = self._memory_now()
        self._before = self.counts()
        for side, pids in self._pids().items():
            self._step_meters[side].passed(pids)
        self._step_began = time.monotonic()

    def end(self, step: Step) -> None:
        """The step is over: keep what it cost."""
        seconds = time.monotonic() - self._step_began
        cpu = {side: self._step_meters[side].passed(pids)[0] for side, pids in self._pids().items()}
        hub, store = self._memory_now()
        now = self.counts()
        self.costs.append(
            StepCost(
                title=step.title,
                joins_count=step.joins,
                sends_count=step.sends,
                rests=step.rests,
                seconds=seconds,
                hub=cpu["hub"],
                store=cpu["store"],
                fleet=cpu["fleet"],
                sends=now["sends"] - self._before["sends"],
                deliveries=now["deliveries"] - self._before["deliveries"],
                joins=now["joins"] - self._before["joins"],
                hub_bytes=hub - self._memory[0],
                store_bytes=store - self._memory[1],
            )
        )

    def sample(self) -> Sample:
        """What happened since the last sample."""
        now = time.monotonic()
        passed, self._sampled = now - self._sampled, now
        counts, before = self.counts(), self._sampled_counts
        self._sampled_counts = counts
        recent, self._recent = self._recent, Histogram()
        used = {side: self._sample_meters[side].passed(pids) for side, pids in self._pids().items()}
        sample = Sample(
            at=round(now - self._began, 3),
            step=self._step.title,
            connections=counts["joins"],
            sends=max(counts["sends"] - before["sends"], 0) / passed,
            deliveries=max(counts["deliveries"] - before["deliveries"], 0) / passed,
            p50=recent.at(50) if len(recent) else None,
            p99=recent.at(99) if len(recent) else None,
            longest=recent.longest if len(recent) else None,
            # The first look of a meter counts from the process's start: no share of this interval.
            **{side: used[side][0] / passed if self.samples else 0.0 for side in SIDES},
            hub_memory=used["hub"][1],
            store_memory=used["store"][1],
        )
        self.samples.append(sample)
        return sample

    def _pids(self) -> dict[str, list[int]]:
        return {"hub": self._installation.hubs, "store": [self._installation.store], "fleet": self.fleet}

    def _memory_now(self) -> tuple[int, int]:
        hubs = sum(map(processes.memory, self._installation.hubs))
        return hubs, processes.memory(self._installation.store)
