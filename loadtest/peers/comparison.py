"""What came out, side by side: medians over rounds, and ratios within a round. Pure.

A ratio is Onethread's figure over a peer's: below 1 Onethread needs less. It is taken within a round, where
both had the same machine within minutes, and then the median over rounds is taken; so a machine that others
use at the same time spoils ratios less than it spoils figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from loadtest.figures import Run, figures
from loadtest.peers.trials import TARGETS, TRIALS, Target
from loadtest.plan import Shape

OURS: Final = "onethread"
SHORTENED: Final = 300
"""Characters of what went wrong that are kept."""


@dataclass(frozen=True)
class Outcome:
    """What one peer did in one trial of one round. With `trouble` it did not bear it, and has no figures."""

    trial: str
    peer: str
    round: int
    figures: Mapping[str, float] = field(default_factory=dict)
    trouble: str = ""


def outcome(trial: str, peer: str, number: int, run: Run) -> Outcome:
    """What a run tells; what is not accounted for is trouble."""
    if run.errors:
        told = ", ".join(f"{count:,} × {what}" for what, count in Counter(run.errors).most_common())
        return Outcome(trial, peer, number, trouble=told[:SHORTENED])
    found = figures(run)
    latency = run.latencies.get("delivery") or run.latencies.get("join")
    if latency:
        found |= {"p50": latency["p50"], "p99": latency["p99"]}
    if expected := run.verdict["expected"]:
        found["out_of_order"] = run.verdict["disordered"] / expected
    return Outcome(trial, peer, number, found)


@dataclass(frozen=True)
class Verdict:
    """A target, the ratio or figure found (None: not measured) and whether it is met."""

    target: Target
    found: float | None

    @property
    def met(self) -> bool:
        """Whether the ratio is at most the target's."""
        return self.found is not None and self.found <= self.target.at_most


class Comparison:
    """All outcomes, and what follows."""

    def __init__(self, outcomes: Sequence[Outcome], shapes: Mapping[str, Shape]) -> None:
        self.outcomes = outcomes
        self.shapes = shapes
        self.trials = list(dict.fromkeys(each.trial for each in outcomes))
        self.peers = list(dict.fromkeys(each.peer for each in outcomes))

    def title(self, trial: str) -> str:
        """The load of a trial, as a person knows it."""
        return TRIALS[trial].title(self.shapes[trial])

    def figure(self, trial: str, peer: str, name: str) -> float | None:
        """The median over the rounds; None if there is none."""
        found = self._by_round(trial, peer, name)
        return median(found.values()) if found else None

    def spread(self, trial: str, peer: str, name: str) -> tuple[float, float] | None:
        """The least and the most of any round."""
        found = self._by_round(trial, peer, name)
        return (min(found.values()), max(found.values())) if found else None

    def ratio(self, trial: str, peer: str, name: str) -> float | None:
        """The median of Onethread's figure over the peer's in the same round."""
        ours, theirs = self._by_round(trial, OURS, name), self._by_round(trial, peer, name)
        # A figure of 0 is one too small to be measured.
        ratios = [
            mine / theirs[number] for number, mine in ours.items() if min(mine, theirs.get(number, 0)) > 0
        ]
        return median(ratios) if ratios else None

    def troubles(self, trial: str, peer: str) -> list[str]:
        """What went wrong, each once."""
        return list(dict.fromkeys(each.trouble for each in self._of(trial, peer) if each.trouble))

    def verdicts(self) -> list[Verdict]:
        """The targets whose peer took part, and whose trial did with as many connections as it has."""
        return [
            Verdict(target, self._found(target))
            for target in TARGETS
            if {OURS, target.peer or OURS} <= set(self.peers)
            and target.trial in self.trials
            and self.shapes[target.trial].connections == TRIALS[target.trial].shape.connections
        ]

    def _found(self, target: Target) -> float | None:
        if target.peer:
            return self.ratio(target.trial, target.peer, target.figure.name)
        return self.figure(target.trial, OURS, target.figure.name)

    def _of(self, trial: str, peer: str) -> Iterable[Outcome]:
        return (each for each in self.outcomes if (each.trial, each.peer) == (trial, peer))

    def _by_round(self, trial: str, peer: str, name: str) -> dict[int, float]:
        return {each.round: each.figures[name] for each in self._of(trial, peer) if name in each.figures}
