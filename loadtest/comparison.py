"""The runs of one scenario side by side, as a table of words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from loadtest.figures import KEPT, Run, duration, figures, valued

COSTS: Final = (
    "hub_us_per_message",
    "store_us_per_message",
    "hub_us_per_message_beyond_rest",
    "store_us_per_message_beyond_rest",
)
"""What is compared with another run: as many times as much."""
_HEADS: Final = {
    "messages_per_second": "messages/s",
    "hub_us_per_message": "hub CPU a message",
    "store_us_per_message": "store CPU a message",
    "hub_us_per_message_beyond_rest": "hub beyond rest",
    "store_us_per_message_beyond_rest": "store beyond rest",
    "hub_share_at_rest": "hub at rest",
    "store_share_at_rest": "store at rest",
    "hub_us_per_join": "hub CPU a join",
    "hub_bytes_per_connection": "hub memory a connection",
}


@dataclass(frozen=True)
class Table:
    """Heads, and a row a run with as many cells; a cell is empty where a run has no such figure."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def scenarios(runs: Sequence[Run]) -> list[list[Run]]:
    """The runs by scenario, in order."""
    return [list(group) for _, group in groupby(runs, key=lambda run: run.scenario)]


def ratio(run: Run, runs: Sequence[Run], name: str) -> float | None:
    """How many times as much as the run that it is compared with; None without one, or without the figure."""
    against = next((other for other in runs if other.part == run.against), None)
    if not run.against or against is None:
        return None
    mine, its = figures(run).get(name), figures(against).get(name)
    return mine / its if mine and its else None


def compare(runs: Sequence[Run]) -> Table:
    """The runs of one scenario side by side."""
    found = [figures(run) for run in runs]
    kept = {f"{KEPT}{name}": f"{name}, a message" for run in runs for name in run.kept}
    titles = {**{name: _HEADS[name] for name in runs[0].compared}, **kept}
    names = [name for name in titles if any(name in each for each in found)]
    delivered = any("delivery" in run.latencies for run in runs)
    heads = ["", *(titles[name] for name in names), *(["p50", "p99"] if delivered else []), "errors"]
    return Table(heads, [_row(run, runs, names, delivered) for run in runs])


def _row(run: Run, runs: Sequence[Run], names: Sequence[str], delivered: bool) -> list[str]:
    found = figures(run)
    cells = [valued(name, found[name]) + _times(run, runs, name) if name in found else "" for name in names]
    if delivered:
        latencies = run.latencies.get("delivery", {})
        cells += [duration(latencies[key]) if latencies else "" for key in ("p50", "p99")]
    return [run.part, *cells, f"{sum(run.errors.values()):,}"]


def _times(run: Run, runs: Sequence[Run], name: str) -> str:
    times = ratio(run, runs, name) if name in COSTS else None
    return "" if times is None else f" ({times:.2f}×)"
