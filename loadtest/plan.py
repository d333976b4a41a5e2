"""What a scenario is: a shape, the steps that follow from it, and parts that are compared. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

LOADS: Final = frozenset({"send", "flood", "rotate", "warm"})
"""Steps that all processes of the fleet begin at one moment."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How big a run is. `threads` × `devices` connections in `workers` processes; times in seconds."""

    threads: int
    """0: as many as the machine bears (capacity.py)."""
    devices: int
    seconds: float
    """How long to send."""
    rate: float = 0
    outstanding: int = 0
    text: int = 77
    """Characters of a message; the issue's figure for what a support message is on average."""
    workers: int = 1
    dials: int = 200
    """Connections that each process has on the way at once."""
    rest: float = 0
    """Seconds to leave all connections alone, for what being there costs."""
    prefill: int = 0
    """Messages in each thread's log before anyone joins."""
    hubs: int = 1
    """Hubs; several share one store that runs by itself."""
    spread: bool = False
    """Over several hubs: the devices of a thread, rather than whole threads."""
    agents: int = 0
    """Consoles that watch the inbox, all of one process."""
    bound: str = ""
    """What kept `threads` from being more, where as many as the machine bears were asked for."""

    @property
    def connections(self) -> int:
        """How many connections there are in all."""
        return self.threads * self.devices


@dataclass(frozen=True)
class Step:
    """Something that all processes of the fleet do, until all are done; `restart` and `weigh` are the run's.

    `joins` says that connections come up in it, `sends` that what it costs is the cost of messages, `rests`
    that nothing happens in it, so that what it costs is the cost of being there.
    """

    does: str
    title: str
    options: dict[str, Any] = field(default_factory=dict)
    joins: bool = False
    sends: bool = False
    rests: bool = False


@dataclass(frozen=True)
class Part:
    """One run of a scenario that compares several. `changes` to its shape; `against`: the part it is
    compared with, by title; `steps`, if not the scenario's own."""

    title: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    against: str = ""
    steps: Callable[[Shape], list[Step]] | None = None


WHOLE: Final = Part()
"""The one part of a scenario that compares nothing."""


@dataclass(frozen=True)
class Scenario:
    """A named way to load the server; one run a part, each on a server of its own."""

    name: str
    meaning: str
    shape: Shape
    steps: Callable[[Shape], list[Step]]
    settings: dict[str, str] = field(default_factory=dict)
    parts: Sequence[Part] = (WHOLE,)
    compared: Sequence[str] = ()
    """The figures (figures.py) that the parts are compared by."""
    least: int = 1
    """Connections that each process has to have."""

    def shaped(self, part: Part, asked: Mapping[str, Any]) -> Shape:
        """The shape of a part, with what was asked for in place of the scenario's own.

        Raises ValueError, naming the field, for what the parts differ in: then there is nothing to ask; and
        for more processes than there are connections for.
        """
        given = {name: value for name, value in asked.items() if value is not None}
        for name in given:
            if name in part.changes:
                raise ValueError(f"{name}: {self.name} compares several; leave it out")
        shape = replace(self.shape, **{**part.changes, **given})
        if shape.threads and shape.connections < self.least * shape.workers:
            least = self.least * shape.workers
            raise ValueError(
                f"workers: {shape.workers} of {self.name} need {least} connections, not {shape.connections}"
            )
        return shape

    def planned(self, part: Part, shape: Shape) -> list[Step]:
        """The steps of a part in this shape."""
        return (part.steps or self.steps)(shape)
