"""The turns: in every round every trial, by one peer after the other, on servers and stores of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Final

from loadtest.child import ServerFailed
from loadtest.crew import WorkerFailed
from loadtest.figures import Sample
from loadtest.peers.comparison import Outcome, outcome
from loadtest.peers.peers import PEERS
from loadtest.peers.trials import TRIALS
from loadtest.plan import Shape
from loadtest.run import run
from loadtest.subject import ANYWHERE, Placement

LONGEST_S: Final = 300.0
"""Seconds that a turn may take; in a closed loop a peer has to serve all that is outstanding in the end."""
Watching = Callable[[str], AbstractContextManager[Callable[[Sample], None]]]
"""Given what is about to run, watches it: what it enters with is shown each sample."""


@dataclass(frozen=True)
class Plan:
    """What is to be played. None: as the trial has it."""

    peers: tuple[str, ...]
    trials: tuple[str, ...]
    rounds: int
    connections: int | None = None
    seconds: float | None = None
    rate: float | None = None
    place: Placement = ANYWHERE

    def shape(self, trial: str) -> Shape:
        """The trial's shape with what was asked for in its place; connections are threads of three."""
        shape = TRIALS[trial].shape
        if self.connections is not None:
            shape = replace(shape, threads=-(-self.connections // shape.devices))
        if self.seconds is not None:
            shape = replace(shape, seconds=self.seconds)
        if self.rate is not None and shape.rate:
            shape = replace(shape, rate=self.rate)
        return shape

    def turns(self) -> Iterator[tuple[int, str, str]]:
        """(round, trial, peer) in the order of play: whoever is compared runs next to each other."""
        for number in range(1, self.rounds + 1):
            for trial in self.trials:
                for peer in self.peers:
                    yield number, trial, peer


def play(plan: Plan, watching: Watching) -> Iterator[Outcome]:
    """Play all turns, one after the other; what a peer cannot do is its outcome."""
    for number, trial, peer in plan.turns():
        with watching(f"round {number}, {trial}, {peer}") as show:
            yield _turn(plan, number, trial, peer, show)


def _turn(plan: Plan, number: int, trial: str, peer: str, show: Callable[[Sample], None]) -> Outcome:
    playing = run(TRIALS[trial].scenario, plan.shape(trial), show, PEERS[peer].subject, plan.place)
    longest = LONGEST_S + plan.shape(trial).seconds
    try:
        return outcome(trial, peer, number, asyncio.run(asyncio.wait_for(playing, longest)))
    except TimeoutError:
        return Outcome(trial, peer, number, trouble=f"it was not done after {longest:.0f} s")
    except (ServerFailed, WorkerFailed) as error:
        return Outcome(trial, peer, number, trouble=str(error))
