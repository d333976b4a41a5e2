"""The comparison as one page of HTML, with a bar for each peer, no script and nothing loaded. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from loadtest.peers.comparison import OURS, Comparison
from loadtest.peers.table import Table, cell, tables, targets, title
from loadtest.peers.trials import TRIALS, Figure, Trial
from loadtest.plots import COLOURS, Bar, bars
from loadtest.sheet import Link, card, document, grid


def page(comparison: Comparison, conditions: str) -> str:
    """The whole page."""
    links = [Link(name, comparison.title(name)) for name in comparison.trials]
    sections = "".join(
        _section(comparison, TRIALS[name], table)
        for name, table in zip(comparison.trials, tables(comparison), strict=True)
    )
    main = _targets(comparison) + sections
    return document("Onethread and its peers", conditions, "", links, main, _NOTES)


_NOTES = (
    "<p>Everyone keeps each message in a store of the same make (append-only file, fsync always), checks its "
    "cid, gives it a seq, acks the sender and delivers it to all three devices of its thread. In brackets: "
    "Onethread's figure over the peer's: below 1 it needs less. CPU is the processes' own accounting, "
    "in seconds of one core; memory is what joining added to the anonymous memory. Bars are medians of "
    "the rounds; the lines through them reach from the least to the most. loadtest/peers/README.md says what "
    "each peer is and what it leaves out.</p>"
)


def _targets(comparison: Comparison) -> str:
    table = targets(comparison)
    drawn = grid(table.head, table.rows)
    return f"<section><h2>{escape(table.title)}</h2>{drawn}</section>" if drawn else ""


def _section(comparison: Comparison, trial: Trial, table: Table) -> str:
    notes = "".join(f"<p class=soft>{escape(note)}</p>" for note in table.notes)
    return (
        f'<section id="{trial.name}"><h2>{escape(table.title)}</h2>'
        f"{grid(table.head, table.rows)}{notes}"
        f"<div class=plots>{''.join(_plots(comparison, trial))}</div></section>"
    )


def _plots(comparison: Comparison, trial: Trial) -> Iterable[str]:
    for figure in trial.figures:
        found = [_bar(comparison, trial, peer, figure) for peer in comparison.peers]
        yield card(figure.title, bars([bar for bar in found if bar]))


def _bar(comparison: Comparison, trial: Trial, peer: str, figure: Figure) -> Bar | None:
    value = comparison.figure(trial.name, peer, figure.name)
    spread = comparison.spread(trial.name, peer, figure.name)
    if value is None or spread is None:
        return None
    return Bar(title(peer), value, spread, cell(comparison, trial, peer, figure), _colour(comparison, peer))


def _colour(comparison: Comparison, peer: str) -> int:
    """Onethread's is no other's."""
    others = [other for other in comparison.peers if other != OURS]
    return 0 if peer == OURS else 1 + others.index(peer) % (COLOURS - 1)
