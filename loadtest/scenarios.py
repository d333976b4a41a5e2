"""The scenarios, as data: which steps, in which order, with which figures unless others are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How big a run is. `threads` × `devices` connections in `workers` processes; times in seconds."""

    threads: int
    devices: int
    seconds: float
    rate: float = 0
    outstanding: int = 0
    text: int = 77
    """Characters of a message; the issue's figure for what a support message is on average."""
    workers: int = 1
    dials: int = 200
    """Connections that each process has on the way at once."""
    prefill: int = 0
    """Messages in each thread's log before anyone joins."""
    hubs: int = 1
    """Hubs; several share one store that runs by itself."""
    spread: bool = False
    """Over several hubs: the devices of a thread, rather than whole threads."""

    @property
    def connections(self) -> int:
        """How many connections there are in all."""
        return self.threads * self.devices


@dataclass(frozen=True)
class Step:
    """Something that all processes of the fleet do (or, for `restart`, the server), until all are done.

    `joins` says that connections come up in it, `sends` that what it costs is the cost of messages.
    """

    does: str
    title: str
    options: dict[str, Any] = field(default_factory=dict)
    joins: bool = False
    sends: bool = False


@dataclass(frozen=True)
class Scenario:
    """A named way to load the server."""

    name: str
    meaning: str
    shape: Shape
    steps: Callable[[Shape], list[Step]]
    settings: dict[str, str] = field(default_factory=dict)


LOADS: Final = frozenset({"send", "flood", "rotate"})
"""Steps that all processes of the fleet begin at one moment."""
TAIL: Final = 50
"""Events that an init without `tail` is told (protocol/README.md)."""


def _join(shape: Shape, title: str = "joining") -> list[Step]:
    """All connect; each gets the replay that the filled log gives."""
    join = Step("join", title, {"replayed": min(shape.prefill, TAIL)}, joins=True)
    filling = Step("fill", f"filling the logs with {shape.prefill:,} messages", {"events": shape.prefill})
    return [filling, join] if shape.prefill else [join]


def _open(shape: Shape) -> Step:
    options = {"rate": shape.rate, "seconds": shape.seconds}
    return Step("send", f"sending {shape.rate:g} a second", options, sends=True)


def _closed(shape: Shape) -> Step:
    options = {"outstanding": shape.outstanding, "seconds": shape.seconds}
    return Step("flood", f"{shape.outstanding} outstanding each", options, sends=True)


def _storm(shape: Shape) -> list[Step]:
    return [*_join(shape, "all joining at once"), Step("hold", "settling", {"seconds": 0.5})]


def _return(shape: Shape) -> list[Step]:
    return [
        *_join(shape),
        _open(replace(shape, seconds=shape.seconds / 2)),
        Step("speak", "everyone says something"),
        Step("restart", "the server restarts"),
        Step("return", "all coming back with resume", joins=True),
        _open(replace(shape, seconds=shape.seconds / 2)),
    ]


def _slow(shape: Shape) -> list[Step]:
    return [
        *_join(shape),
        Step("deafen", "1% stop reading", {"share": 0.01}),
        _open(shape),
        Step("listen", "they read again and resume"),
    ]


SCENARIOS: Final = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            "steady",
            "Open loop: messages fall due at a rate; latency counts from then, so that no stall is hidden.",
            Shape(threads=100, devices=3, seconds=10, rate=1000),
            lambda shape: [*_join(shape), _open(shape)],
        ),
        Scenario(
            "flood",
            "Closed loop: every connection keeps some messages unacknowledged, as fast as it is answered.",
            Shape(threads=100, devices=3, seconds=10, outstanding=2),
            lambda shape: [*_join(shape), _closed(shape)],
        ),
        Scenario(
            "storm",
            "All connect and init at once, and each gets a replay of 50 events.",
            Shape(threads=500, devices=3, seconds=1, dials=1500, prefill=TAIL),
            _storm,
        ),
        Scenario(
            "return",
            "The server restarts with messages under way; all resume and repeat what was not acked.",
            Shape(threads=300, devices=3, seconds=4, rate=500),
            _return,
        ),
        Scenario(
            "idle",
            "Connections that only stay: what one weighs in the hub and in the store.",
            Shape(threads=1000, devices=3, seconds=5),
            lambda shape: [*_join(shape), Step("hold", "holding", {"seconds": shape.seconds})],
        ),
        Scenario(
            "hot",
            "One thread with 500 devices: every message goes to all of them.",
            Shape(threads=1, devices=500, seconds=10, rate=40),
            lambda shape: [*_join(shape), _open(shape)],
        ),
        Scenario(
            "slow",
            "One peer in a hundred stops reading: it is cut, nobody else feels it, it resumes without a gap.",
            # Some 9 MB for each: the kernel takes up to 4 MB (tcp_wmem) before the server's own buffer fills.
            Shape(threads=4, devices=50, seconds=10, rate=400, text=8000),
            _slow,
            {"ONETHREAD_BUFFER": "256KiB"},
        ),
    )
}
