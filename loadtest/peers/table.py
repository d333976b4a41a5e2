"""A trial as rows of text, the same for terminal, Markdown and page. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loadtest.peers.comparison import OURS, Comparison
from loadtest.peers.peers import PEERS
from loadtest.peers.trials import TRIALS, Figure, Target, Trial

NOTHING = "–"


@dataclass(frozen=True)
class Table:
    """One trial: a head, a row a peer, and what is to be said below."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]


def tables(comparison: Comparison) -> Iterable[Table]:
    """A table for each trial."""
    for name in comparison.trials:
        yield _table(comparison, TRIALS[name])


def targets(comparison: Comparison) -> Table:
    """What was aimed at, and what came out."""
    rows = []
    for verdict in comparison.verdicts():
        target = verdict.target
        met = "met" if verdict.met else "not measured" if verdict.found is None else "not met"
        load, over = comparison.title(target.trial), title(target.peer) if target.peer else ""
        rows.append(
            [
                target.figure.title,
                load,
                over,
                _limit(target, target.at_most),
                _limit(target, verdict.found),
                met,
            ]
        )
    return Table("Targets", ["Onethread's", "load", "over that of", "at most", "found", ""], rows, [])


def title(peer: str) -> str:
    """A peer as a person knows it."""
    return PEERS[peer].title


def worded(figure: Figure, value: float | None) -> str:
    """A value with its unit."""
    return NOTHING if value is None else figure.worded.format(value * figure.scale)


def _table(comparison: Comparison, trial: Trial) -> Table:
    rows = [
        [title(peer), *(cell(comparison, trial, peer, figure) for figure in trial.figures)]
        for peer in comparison.peers
    ]
    return Table(
        comparison.title(trial.name),
        ["", *(figure.title for figure in trial.figures)],
        rows,
        list(_notes(comparison, trial)),
    )


def cell(comparison: Comparison, trial: Trial, peer: str, figure: Figure) -> str:
    """A figure, with Onethread's over it in brackets."""
    value = worded(figure, comparison.figure(trial.name, peer, figure.name))
    ratio = comparison.ratio(trial.name, peer, figure.name) if peer != OURS else None
    return f"{value} ({_times(ratio)})" if ratio is not None else value


def _limit(target: Target, value: float | None) -> str:
    if target.peer and value is not None:
        return _times(value)
    return worded(target.figure, value)


def _times(ratio: float) -> str:
    return f"×{ratio:.3f}" if ratio < 0.1 else f"×{ratio:.2f}"


def _notes(comparison: Comparison, trial: Trial) -> Iterable[str]:
    for peer in comparison.peers:
        for trouble in comparison.troubles(trial.name, peer):
            yield f"{title(peer)} did not bear it: {trouble}"
        if early := comparison.figure(trial.name, peer, "out_of_order"):
            yield f"{title(peer)}: {early:.1%} of the deliveries came out of order"
