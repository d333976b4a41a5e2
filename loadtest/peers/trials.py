"""The comparison as data: the loads that everyone gets, what is read from each, and the targets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from loadtest.plan import Scenario, Shape, Step
from loadtest.scenarios import SCENARIOS

WARM: Final = 20_000
"""Messages in a closed loop before anything counts, in at most twice the time of what counts. Node's compiler
needs them: on a busy machine it had seen too few in three seconds, and a message cost twice as much."""


@dataclass(frozen=True)
class Figure:
    """Something measured. `worded` formats it for a person, times `scale`."""

    name: str
    title: str
    worded: str
    scale: float = 1.0


@dataclass(frozen=True)
class Trial:
    """One load, and the figures that are read from it; `load` says it, with the shape's fields in it."""

    name: str
    load: str
    scenario: Scenario
    shape: Shape
    figures: tuple[Figure, ...] = field(repr=False)

    def title(self, shape: Shape) -> str:
        """The load in this shape, as a person knows it."""
        return self.load.format(shape=shape)


@dataclass(frozen=True)
class Target:
    """Onethread's figure is at most this many times the peer's; without a peer, at most this."""

    trial: str
    figure: Figure
    peer: str
    at_most: float


HUB: Final = Figure("hub_us_per_message", "hub CPU / message", "{:,.1f} µs")
STORE: Final = Figure("store_us_per_message", "store CPU / message", "{:,.1f} µs")
RATE: Final = Figure("messages_per_second", "messages / s", "{:,.0f}")
P50: Final = Figure("p50", "p50", "{:,.1f} ms", 1e-3)
P99: Final = Figure("p99", "p99", "{:,.1f} ms", 1e-3)
MEMORY: Final = Figure("hub_bytes_per_connection", "memory / connection", "{:,.1f} kB", 1e-3)
JOINED: Final = Figure("hub_us_per_join", "hub CPU / join", "{:,.0f} µs")
JOINED_STORE: Final = Figure("store_us_per_join", "store CPU / join", "{:,.0f} µs")
JOIN_RATE: Final = Figure("joins_per_second", "joins / s", "{:,.0f}")


def _warmed(shape: Shape) -> list[Step]:
    load = "send" if shape.rate else "flood"
    options = {"rate": shape.rate} if shape.rate else {"outstanding": shape.outstanding}
    warmth = {"outstanding": shape.outstanding or 1, "messages": WARM, "seconds": 2 * shape.seconds}
    return [
        Step("join", "joining", {"replayed": 0}, joins=True),
        Step("warm", "warming up", warmth),
        Step(load, "sending", {**options, "seconds": shape.seconds}, sends=True),
    ]


_CLOSED: Final = Scenario("closed", "Closed loop.", Shape(threads=100, devices=3, seconds=10), _warmed)
_OPEN: Final = Scenario("open", "Open loop.", Shape(threads=100, devices=3, seconds=10), _warmed)

TRIALS: Final = {
    trial.name: trial
    for trial in (
        Trial(
            "small",
            "{shape.connections:,} connections, closed loop, {shape.outstanding} outstanding",
            _CLOSED,
            Shape(threads=100, devices=3, seconds=10, outstanding=2),
            (HUB, STORE, RATE, P50, P99),
        ),
        Trial(
            "large",
            "{shape.connections:,} connections, closed loop, {shape.outstanding} outstanding",
            _CLOSED,
            Shape(threads=3000, devices=3, seconds=15, outstanding=2),
            (HUB, STORE, RATE, P50, P99, MEMORY, JOINED),
        ),
        Trial(
            "paced",
            "{shape.connections:,} connections, {shape.rate:,g} messages/s offered",
            _OPEN,
            Shape(threads=3000, devices=3, seconds=15, rate=3000),
            (HUB, STORE, RATE, P50, P99),
        ),
        Trial(
            "join",
            "{shape.connections:,} connections joining: connect, upgrade, init, replay of 50 events",
            SCENARIOS["storm"],
            SCENARIOS["storm"].shape,
            (JOINED, JOINED_STORE, JOIN_RATE, P50, P99),
        ),
    )
}

TARGETS: Final = (
    Target("small", HUB, "socketio", 0.25),
    Target("small", HUB, "channels", 0.025),
    Target("small", HUB, "go", 0.8),
    Target("small", STORE, "go", 2.0),
    Target("large", HUB, "socketio", 0.2),
    Target("large", MEMORY, "", 8000),
    Target("paced", HUB, "socketio", 0.35),
    Target("paced", P99, "socketio", 0.1),
    Target("paced", P99, "go", 1.5),
    Target("join", JOINED, "", 500),
)
