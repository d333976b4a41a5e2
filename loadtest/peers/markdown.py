"""The comparison as Markdown, ready to be pasted into docs/benchmarks.md. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from loadtest.peers.comparison import Comparison
from loadtest.peers.table import Table, tables, targets


def markdown(comparison: Comparison, conditions: str) -> str:
    """Conditions, targets, and a table for each trial."""
    parts = [conditions, *map(_table, (targets(comparison), *tables(comparison)))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(table: Table) -> str:
    if not table.rows:
        return ""
    lines = [
        f"### {table.title}",
        "",
        _row(table.head),
        f"|{' --- |' * len(table.head)}",
        *map(_row, table.rows),
    ]
    return "\n".join([*lines, *(["", *(f"- {note}" for note in table.notes)] if table.notes else [])])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
