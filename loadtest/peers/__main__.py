"""`python -m loadtest.peers`: Onethread and its peers under the same load in turn, and the ratios."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table as Grid

from loadtest.capacity import TooMany, raise_file_limit
from loadtest.options import Finite, end_in_peace, folder
from loadtest.peers.comparison import OURS, Comparison
from loadtest.peers.markdown import markdown
from loadtest.peers.page import page
from loadtest.peers.peers import PEERS
from loadtest.peers.series import Plan, Watching, play
from loadtest.peers.table import Table, tables, targets
from loadtest.peers.trials import TRIALS
from loadtest.run import machine
from loadtest.subject import Placement
from loadtest.terminal import Progress

USUAL: Final = ("onethread", "socketio", "go", "python-socketio", "channels")
SHORT: Final = {"rounds": 1, "connections": 30, "seconds": 1.0, "rate": 60.0}


def _names(known: list[str]) -> Any:
    def parse(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
        for name in value.split(","):
            if name not in known:
                raise click.BadParameter(f"{name!r} is none of {', '.join(known)}")
        return tuple(dict.fromkeys(value.split(",")))

    return parse


def _cpus(_: click.Context, __: click.Parameter, value: str) -> frozenset[int]:
    try:
        asked = frozenset(int(number) for number in value.split(",") if number)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no list of CPUs like 0,1") from None
    if not asked <= os.sched_getaffinity(0):
        raise click.BadParameter(f"{value!r}: there are {sorted(os.sched_getaffinity(0))}")
    return asked


@click.command()
@click.option("--peers", default=",".join(USUAL), show_default=True, callback=_names(list(PEERS)))
@click.option("--trials", default=",".join(TRIALS), show_default=True, callback=_names(list(TRIALS)))
@click.option(
    "--rounds", type=click.IntRange(1, 100), default=3, show_default=True, help="Turns of everyone."
)
@click.option("--connections", type=click.IntRange(3, 100_000), help="In place of each load's.")
@click.option("--seconds", type=Finite(0.5, 600), help="In place of each load's.")
@click.option("--rate", type=Finite(1, 1_000_000), help="Messages offered a second, where it is open.")
@click.option("--server-cpus", default="", callback=_cpus, help="Bind servers and stores to these, like 0,1.")
@click.option("--fleet-cpus", default="", callback=_cpus, help="Bind the fleet to these.")
@click.option("--short", is_flag=True, help="Small, short, once; fails unless everyone does the whole job.")
@click.option("--markdown", "only_markdown", is_flag=True, help="Run nothing; print the last run's tables.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("data/peers"), show_default=True, callback=folder
)
def peers(short: bool, only_markdown: bool, out: Path, **asked: Any) -> None:
    """Put Onethread and its peers under the same load in turn, and print and draw the ratios.

    A ratio is Onethread's figure over the peer's. loadtest/peers/README.md says what each peer is, and which
    variants there are. Whoever has not been built is left out with a word; `make bench-peers` builds.
    """
    end_in_peace()
    console = Console()
    if only_markdown:
        if not (out / "comparison.md").exists():
            raise click.ClickException(f"there was no run that wrote into {out}")
        click.echo((out / "comparison.md").read_text(encoding="utf-8"), nl=False)
        return
    plan = _plan({**asked, **SHORT} if short else asked, console)
    try:
        raise_file_limit(max(plan.shape(trial).connections for trial in plan.trials))
    except TooMany as error:
        raise click.UsageError(str(error)) from None
    outcomes = list(play(plan, _watching(console)))
    comparison = Comparison(outcomes, {trial: plan.shape(trial) for trial in plan.trials})
    for table in (targets(comparison), *tables(comparison)):
        _print(console, table)
    for path in write(comparison, conditions(plan), out):
        console.print(f"{path.resolve()}", soft_wrap=True, highlight=False)
    if any(each.trouble for each in outcomes if short or each.peer == OURS):
        raise SystemExit(1)


def _plan(asked: dict[str, Any], console: Console) -> Plan:
    for peer in asked["peers"]:
        if PEERS[peer].missing:
            console.print(f"[yellow]{PEERS[peer].title} is left out: no {PEERS[peer].missing}[/]")
    return Plan(
        tuple(peer for peer in asked["peers"] if not PEERS[peer].missing),
        asked["trials"],
        asked["rounds"],
        asked["connections"],
        asked["seconds"],
        asked["rate"],
        Placement(asked["server_cpus"], asked["fleet_cpus"]),
    )


def conditions(plan: Plan) -> str:
    """Machine, date, how it was asked for, and the versions of all that took part."""
    bound = [
        f"{who} on CPU {','.join(map(str, sorted(cpus)))}"
        for who, cpus in (("servers and stores", plan.place.server), ("fleet", plan.place.fleet))
        if cpus
    ]
    where = "; ".join(bound) or "hub, store and fleet share all cores"
    made = "; ".join(f"{PEERS[peer].title}: {', '.join(PEERS[peer].versions())}" for peer in plan.peers)
    return (
        f"{machine()}. {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. Median of {plan.rounds} "
        f"round{'s' * (plan.rounds > 1)} in turn; {where}. {made}."
    )


def write(comparison: Comparison, told: str, out: Path) -> tuple[Path, Path, Path]:
    """Write comparison.json, .html and .md into this folder; their paths."""
    out.mkdir(parents=True, exist_ok=True)
    numbers, report, text = (out / f"comparison.{kind}" for kind in ("json", "html", "md"))
    ratios = {
        trial: {
            peer: {
                figure.name: comparison.ratio(trial, peer, figure.name) for figure in TRIALS[trial].figures
            }
            for peer in comparison.peers
            if peer != OURS
        }
        for trial in comparison.trials
    }
    kept = {
        "conditions": told,
        "outcomes": [asdict(each) for each in comparison.outcomes],
        "ratios": ratios,
        "targets": [{**asdict(each), "met": each.met} for each in comparison.verdicts()],
    }
    numbers.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    report.write_text(page(comparison, told), encoding="utf-8")
    text.write_text(markdown(comparison, told), encoding="utf-8")
    return numbers, report, text


def _watching(console: Console) -> Watching:
    @contextmanager
    def watching(what: str) -> Iterator[Any]:
        with Progress(console, what) as progress:
            yield progress.show
        console.print(what, style="dim")

    return watching


def _print(console: Console, table: Table) -> None:
    if not table.rows:
        return
    grid = Grid(title=table.title, title_justify="left", title_style="bold")
    for number, head in enumerate(table.head):
        grid.add_column(head, justify="right" if number else "left")
    for row in table.rows:
        grid.add_row(*row)
    console.print(grid)
    for note in table.notes:
        console.print(f"[yellow]{note}[/]")


if __name__ == "__main__":
    peers()
