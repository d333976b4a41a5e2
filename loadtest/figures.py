"""What a run found, as values: samples over time, what each step cost, and the figures that follow. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A moment of a run. `at` in seconds since its start; latencies in µs, None when nothing came.

    `hub`, `store` and `fleet` are shares of one core since the sample before; memory is resident bytes.
    """

    at: float
    step: str
    connections: int
    sends: float
    deliveries: float
    p50: int | None
    p99: int | None
    longest: int | None
    hub: float
    store: float
    fleet: float
    hub_memory: int
    store_memory: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StepCost:
    """What a step took: seconds, CPU seconds of each side, counts, and bytes of memory that it added."""

    title: str
    joins_count: bool
    sends_count: bool
    rests: bool
    seconds: float
    hub: float
    store: float
    fleet: float
    sends: int
    deliveries: int
    joins: int
    hub_bytes: int
    store_bytes: int


@dataclass(frozen=True, kw_only=True)
class Run:
    """All that is known of a run; `verdict` are the fields of accounting.Verdict."""

    scenario: str
    meaning: str
    at: str
    machine: str
    shape: Mapping[str, Any]
    samples: list[Sample]
    steps: list[StepCost]
    latencies: Mapping[str, Mapping[str, int]]
    curves: Mapping[str, list[tuple[float, int]]]
    verdict: Mapping[str, Any]
    cut: int = 0
    part: str = ""
    """Which of the scenario's runs it is, if it has several; `against`: the one it is compared with."""
    against: str = ""
    compared: Sequence[str] = ()
    """The figures that the runs of the scenario are compared by."""
    kept: Mapping[str, float] = field(default_factory=dict)
    """Bytes that a message adds to the store for good: `all`, and by family of keys."""
    errors: Mapping[str, int] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether there was no error and every delivery is accounted for."""
        return not self.errors


KEPT: Final = "kept_bytes_per_message_"
"""What the names of figures of the store's memory begin with: a family of keys follows, or `all`."""


def figures(run: Run) -> dict[str, float]:
    """The figures that a run of this kind gives; those that mean nothing for it are left out."""
    kept = {f"{KEPT}{name}": size for name, size in run.kept.items()}
    return {**_of_sending(run.steps), **_of_joining(run.steps), **kept}


def _of_sending(steps: Sequence[StepCost]) -> dict[str, float]:
    """CPU a message is over the steps that send, deliveries and acks included; beyond rest, less by what the
    same time would have cost at rest."""
    found: dict[str, float] = {}
    sending = [step for step in steps if step.sends_count and step.sends]
    sends, seconds = sum(step.sends for step in sending), sum(step.seconds for step in sending)
    if sends:
        found["messages_per_second"] = sends / seconds
        found["deliveries_per_second"] = sum(step.deliveries for step in sending) / seconds
        for side in ("hub", "store", "fleet"):
            found[f"{side}_us_per_message"] = 1e6 * sum(getattr(step, side) for step in sending) / sends
    for rest in (step for step in steps if step.rests):
        for side, used in (("hub", rest.hub / rest.seconds), ("store", rest.store / rest.seconds)):
            found[f"{side}_share_at_rest"] = used
            if sends:
                beyond = found[f"{side}_us_per_message"] - 1e6 * used * seconds / sends
                found[f"{side}_us_per_message_beyond_rest"] = beyond
    return found


def _of_joining(steps: Sequence[StepCost]) -> dict[str, float]:
    """Joins are those of the last step that connects. Bytes a connection are those of the first step, if it
    connects: later, a process first uses what it has free."""
    found: dict[str, float] = {}
    joining = [step for step in steps if step.joins_count and step.joins]
    if joining:
        last = joining[-1]
        found["joins_per_second"] = last.joins / last.seconds
        found["hub_us_per_join"] = 1e6 * last.hub / last.joins
        found["store_us_per_join"] = 1e6 * last.store / last.joins
    if joining and joining[0] is steps[0]:
        found["hub_bytes_per_connection"] = joining[0].hub_bytes / joining[0].joins
        found["store_bytes_per_connection"] = joining[0].store_bytes / joining[0].joins
    return found


_TITLES = {
    "messages_per_second": ("messages a second", "{:,.0f}"),
    "deliveries_per_second": ("deliveries a second", "{:,.0f}"),
    "hub_us_per_message": ("hub CPU a message", "{:,.1f} µs"),
    "store_us_per_message": ("store CPU a message", "{:,.1f} µs"),
    "fleet_us_per_message": ("the fleet's own CPU a message", "{:,.1f} µs"),
    "joins_per_second": ("joins a second", "{:,.0f}"),
    "hub_us_per_join": ("hub CPU a join", "{:,.0f} µs"),
    "store_us_per_join": ("store CPU a join", "{:,.0f} µs"),
    "hub_bytes_per_connection": ("hub memory a connection", "{:,.0f} B"),
    "store_bytes_per_connection": ("store memory a connection", "{:,.0f} B"),
    "hub_us_per_message_beyond_rest": ("hub CPU a message, beyond rest", "{:,.1f} µs"),
    "store_us_per_message_beyond_rest": ("store CPU a message, beyond rest", "{:,.1f} µs"),
    "hub_share_at_rest": ("hub at rest, of one core", "{:.1%}"),
    "store_share_at_rest": ("store at rest, of one core", "{:.1%}"),
}


def worded(found: Mapping[str, float]) -> Iterable[tuple[str, str]]:
    """Each figure as a person reads it: its title and its value with the unit."""
    for name, value in found.items():
        yield titled(name), valued(name, value)


def titled(name: str) -> str:
    """A figure's name for people."""
    return f"kept a message, {name.removeprefix(KEPT)}" if name.startswith(KEPT) else _TITLES[name][0]


def valued(name: str, value: float) -> str:
    """A figure's value with its unit."""
    return ("{:,.0f} B" if name.startswith(KEPT) else _TITLES[name][1]).format(value)


def duration(us: float) -> str:
    """A latency as a person reads it: 850 µs, 12.3 ms, 1.24 s."""
    if us < 1000:
        return f"{us:.0f} µs"
    if us < 1_000_000:
        return f"{us / 1000:.3g} ms" if us < 999_500 else "1 s"
    return f"{us / 1e6:.3g} s"
