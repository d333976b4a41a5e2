"""What is made of the outcomes: medians, ratios, targets, and the three ways to show them."""

import json
import platform
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from loadtest.peers.__main__ import conditions, write
from loadtest.peers.comparison import OURS, Comparison, Outcome, outcome
from loadtest.peers.markdown import markdown
from loadtest.peers.page import page
from loadtest.peers.peers import PEERS
from loadtest.peers.series import Plan
from loadtest.peers.table import tables, targets
from loadtest.peers.trials import TARGETS, TRIALS
from loadtest.peers.versions import built
from loadtest.plan import LOADS
from loadtest.subject import Placement
from tests.loadtest.recorded import recorded

HUB = "hub_us_per_message"


def compared(ours: list[float], theirs: list[float], *more: Outcome, trial: str = "small") -> Comparison:
    """Onethread and Socket.IO with these figures in the rounds of a trial."""
    outcomes = [
        Outcome(trial, peer, number, {HUB: value})
        for peer, values in ((OURS, ours), ("socketio", theirs))
        for number, value in enumerate(values, 1)
    ]
    return Comparison([*outcomes, *more], {trial: TRIALS[trial].shape})


def test_medians() -> None:
    """A figure is the median over the rounds; its spread reaches from the least to the most."""
    found = compared([10, 30, 11], [50, 40, 60])
    assert found.figure("small", OURS, HUB) == 11
    assert found.figure("small", "socketio", HUB) == 50
    assert found.spread("small", OURS, HUB) == (10, 30)


def test_ratio_within_a_round() -> None:
    """A ratio is taken within each round first: what slowed a round down for both does not show."""
    found = compared([10, 100, 1000], [40, 400, 4000])
    assert found.ratio("small", "socketio", HUB) == 0.25


def test_no_ratio() -> None:
    """Without a round in which both have a figure, and for one that is 0, there is no ratio."""
    only_first = Outcome("small", "go", 4, {HUB: 5.0})
    found = compared([10, 0], [0, 5], only_first, Outcome("small", "channels", 1, trouble="lost all"))
    for peer in ("socketio", "go", "channels"):
        assert found.ratio("small", peer, HUB) is None
    assert found.figure("small", "channels", HUB) is None
    assert found.troubles("small", "channels") == ["lost all"]


def test_outcome() -> None:
    """A whole run gives its figures, latencies and what came out of order; any other only what went wrong."""
    run = recorded()
    run = replace(run, verdict={**run.verdict, "disordered": 3})
    found = outcome("small", OURS, 2, run)
    assert (found.figures[HUB], found.figures["p50"], found.figures["out_of_order"]) == (40.0, 114, 0.1)
    broken = outcome("small", "channels", 1, replace(run, errors={"missing": 2, "never acked": 1000}))
    assert broken == Outcome("small", "channels", 1, trouble="1,000 × never acked, 2 × missing")


@pytest.mark.parametrize(("ours", "met"), [(24.0, True), (25.0, True), (26.0, False)])
def test_targets(ours: float, met: bool) -> None:
    """A target is met up to its limit."""
    (verdict,) = compared([ours], [100.0]).verdicts()
    assert (verdict.target, verdict.met) == (TARGETS[0], met)
    assert verdict.found == pytest.approx(ours / 100)


def test_absolute_target() -> None:
    """A target without a peer is about Onethread's figure itself."""
    shapes = {"join": TRIALS["join"].shape}
    found = Comparison([Outcome("join", OURS, 1, {"hub_us_per_join": 501.0})], shapes)
    assert [(each.found, each.met) for each in found.verdicts()] == [(501.0, False)]
    assert targets(found).rows[0][3:] == ["500 µs", "501 µs", "not met"]


def test_no_target_in_another_shape() -> None:
    """Whoever asked for fewer connections is not told of targets."""
    smaller = replace(TRIALS["small"].shape, threads=10)
    assert Comparison(compared([1], [2]).outcomes, {"small": smaller}).verdicts() == []


def test_unmeasured_target() -> None:
    """A target whose peer did not bear the load is neither met nor missed."""
    found = compared([1], [], Outcome("small", "socketio", 1, trouble="it fell over"))
    assert targets(found).rows[0][-2:] == ["–", "not measured"]


def test_table() -> None:
    """A row a peer, the ratio in brackets but for Onethread's own; trouble and disorder are said below."""
    early = Outcome("small", "python-socketio", 1, {HUB: 2000.0, "out_of_order": 0.25})
    found = compared([20.0], [100.0], early, Outcome("small", "channels", 1, trouble="lost all"))
    (table,) = tables(found)
    assert table.title == "300 connections, closed loop, 2 outstanding"
    assert [row[:2] for row in table.rows] == [
        ["Onethread", "20.0 µs"],
        ["Socket.IO on Node", "100.0 µs (×0.20)"],
        ["python-socketio", "2,000.0 µs (×0.010)"],
        ["Django Channels", "–"],
    ]
    assert table.notes == [
        "python-socketio: 25.0% of the deliveries came out of order",
        "Django Channels did not bear it: lost all",
    ]


def test_written(tmp_path: Path) -> None:
    """JSON has all the numbers; page and Markdown tell figures, ratios, troubles and conditions."""
    found = compared([20.0], [100.0], Outcome("small", "channels", 1, trouble="lost <all>"))
    numbers, report, text = write(found, "A machine, a date.", tmp_path)
    kept = json.loads(numbers.read_text())
    assert kept["ratios"]["small"]["socketio"][HUB] == pytest.approx(0.2)
    assert [each["met"] for each in kept["targets"]] == [True, False]
    assert [Outcome(**each) for each in kept["outcomes"]] == found.outcomes
    assert "| Socket.IO on Node | 100.0 µs (×0.20) |" in text.read_text()
    assert report.read_text() == page(found, "A machine, a date.")
    for shown in (report.read_text(), markdown(found, "A machine, a date.")):
        assert "A machine, a date." in shown
        assert "100.0 µs (×0.20)" in shown
    assert "lost &lt;all&gt;" in report.read_text()
    assert report.read_text().count("<rect") == 2


def test_conditions() -> None:
    """What is told of a run: rounds, and where everyone ran."""
    plan = Plan((OURS,), ("small",), 3)
    assert "Median of 3 rounds in turn; hub, store and fleet share all cores." in conditions(plan)
    bound = replace(plan, rounds=1, place=Placement(frozenset({0}), frozenset({1})))
    assert "1 round in turn; servers and stores on CPU 0; fleet on CPU 1." in conditions(bound)
    assert f"Onethread: Python {platform.python_version()}, onethread {version('onethread')}, " in conditions(
        plan
    )


def test_versions_of_go() -> None:
    """What took part in a build is read from the program."""
    said = "hub: go1.26.8\n\tpath\tx\n\tmod\tx\t(devel)\t\n\tdep\tgithub.com/lxzan/gws\tv1.8.9\th1:x=\n"
    assert built(said, "github.com/lxzan/gws") == ["Go 1.26.8", "gws 1.8.9"]


def test_plan() -> None:
    """Whoever is compared runs next to each other; what is asked for replaces what a trial has."""
    plan = Plan((OURS, "go"), ("small", "paced"), 2, connections=10, seconds=2.0, rate=50.0)
    assert list(plan.turns())[:3] == [(1, "small", OURS), (1, "small", "go"), (1, "paced", OURS)]
    assert len(list(plan.turns())) == 8
    small, paced = plan.shape("small"), plan.shape("paced")
    assert (small.connections, small.seconds, small.rate, small.outstanding) == (12, 2.0, 0, 2)
    assert (paced.connections, paced.rate) == (12, 50.0)
    assert Plan((OURS,), ("large",), 1).shape("large") == TRIALS["large"].shape


@pytest.mark.parametrize("name", TRIALS)
def test_trials(name: str) -> None:
    """A trial's title tells its numbers; its steps count what it costs once, after everyone is warm."""
    trial = TRIALS[name]
    assert f"{trial.shape.connections:,} connections" in trial.title(trial.shape)
    steps = trial.scenario.steps(trial.shape)
    assert sum(step.joins for step in steps) == 1
    assert [step.sends for step in steps if step.does in LOADS] in ([False, True], [])


def test_targets_are_known() -> None:
    """Every target is about a peer that there is, and a figure of its trial."""
    for target in TARGETS:
        assert target.figure in TRIALS[target.trial].figures
        assert not target.peer or target.peer in PEERS
