"""Runs side by side."""

import pytest

from loadtest.comparison import compare, ratio, scenarios
from tests.loadtest.recorded import cost, recorded


def part(title: str, hub: float, against: str = "", **given: object) -> object:
    """A run of ten messages that took this much of the hub."""
    sending = cost("sending", sends_count=True, sends=10, seconds=1.0, hub=hub, store=hub)
    compared = ("hub_us_per_message", "hub_share_at_rest")
    return recorded(
        scenario="growth", compared=compared, part=title, against=against, steps=[sending], **given
    )


RUNS = [part("few", 0.001), part("many", 0.0015, "few", errors={"a gap": 2}), part("other", 0.1, "nobody")]


def test_scenarios() -> None:
    """Runs of one scenario stay together, in order."""
    found = scenarios([recorded(), *RUNS, recorded(scenario="idle")])
    assert [[run.scenario for run in runs] for runs in found] == [["steady"], ["growth"] * 3, ["idle"]]


def test_ratio() -> None:
    """So many times the run that it names; without that one, or without the figure, there is none."""
    few, many, other = RUNS
    assert ratio(many, RUNS, "hub_us_per_message") == pytest.approx(1.5)
    assert ratio(few, RUNS, "hub_us_per_message") is None
    assert ratio(other, RUNS, "hub_us_per_message") is None
    assert ratio(many, RUNS, "hub_share_at_rest") is None


def test_compare() -> None:
    """Each run is a row, with its costs as times those that it is compared with, and its errors."""
    table = compare(RUNS)
    assert len({len(row) for row in table.rows} | {len(table.heads)}) == 1
    rows = [dict(zip(table.heads, row, strict=True)) for row in table.rows]
    assert [row["hub CPU a message"] for row in rows] == ["100.0 µs", "150.0 µs (1.50×)", "10,000.0 µs"]
    assert [row["errors"] for row in rows] == ["0", "2", "0"]
    assert "hub at rest" not in table.heads


def test_families_of_all_runs() -> None:
    """What a message weighs has a column a family; where a run has none of it the cell is empty."""
    runs = [
        recorded(part="a", kept={"all": 5.0, "log": 3.0}),
        recorded(part="b", kept={"all": 6.0, "cids": 1.0}),
    ]
    table = compare(runs)
    rows = [dict(zip(table.heads, row, strict=True)) for row in table.rows]
    assert [row["all, a message"] for row in rows] == ["5 B", "6 B"]
    assert [row["cids, a message"] for row in rows] == ["", "1 B"]
