"""A run as it might have been recorded, for what shows runs."""

from typing import Any

from loadtest.figures import Run, Sample, StepCost
from loadtest.histogram import Histogram


def cost(title: str, **given: Any) -> StepCost:
    """What a step took; zero where nothing is given."""
    zero = dict.fromkeys(("seconds", "hub", "store", "fleet"), 0.0)
    counts = dict.fromkeys(("sends", "deliveries", "joins", "hub_bytes", "store_bytes"), 0)
    flags = {"joins_count": False, "sends_count": False, "rests": False}
    return StepCost(title=title, **{**zero, **counts, **flags, **given})


def sample(at: float, **given: Any) -> Sample:
    """A moment in which nothing came, but for what is given."""
    shares = dict.fromkeys(("sends", "deliveries", "hub", "store", "fleet"), 0.5)
    sizes = {"hub_memory": 2**26, "store_memory": 2**24, "connections": 3}
    silent = dict.fromkeys(("p50", "p99", "longest"))
    return Sample(**{"at": at, "step": "joining", **shares, **sizes, **silent, **given})


def recorded(**given: Any) -> Run:
    """A run of one thread with three devices, ten messages."""
    latencies = Histogram()
    latencies.record(range(100, 130))
    values: dict[str, Any] = {
        "scenario": "steady",
        "meaning": "A meaning.",
        "at": "2026-01-01T00:00:00+00:00",
        "machine": "A machine",
        "shape": {"threads": 1, "devices": 3, "bound": ""},
        "samples": [sample(0.5), sample(1.0, p50=900, p99=2000, longest=3000, step="sending"), sample(1.5)],
        "steps": [
            cost(
                "joining",
                joins_count=True,
                joins=3,
                seconds=0.5,
                hub=0.0015,
                hub_bytes=30_000,
                store_bytes=3000,
            ),
            cost("sending", sends_count=True, sends=10, deliveries=30, seconds=2.0, hub=0.0004, store=0.0002),
        ],
        "latencies": {"delivery": latencies.summary()},
        "curves": {"delivery": latencies.curve()},
        "verdict": {"sent": 10, "expected": 30, "delivered": 30, "faults": {}},
    }
    return Run(**{**values, **given})
