"""`python -m loadtest SCENARIO…`: load a server of its own, print the figures, write JSON and a report."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from loadtest.capacity import bounds, fitted, raise_file_limit
from loadtest.child import ServerFailed
from loadtest.crew import WorkerFailed
from loadtest.figures import Run, Sample, figures
from loadtest.options import Finite, end_in_peace, folder
from loadtest.plan import Part, Scenario, Shape
from loadtest.report import page
from loadtest.run import run
from loadtest.scenarios import SCENARIOS
from loadtest.terminal import Progress, print_scenario

WIDTH = 120
"""Columns of what is printed where there is no terminal."""


@click.command(epilog="\n\n".join(f"{each.name}: {each.meaning}" for each in SCENARIOS.values()))
@click.argument("scenarios", nargs=-1, required=True, type=click.Choice(list(SCENARIOS)))
@click.option("--threads", type=click.IntRange(1, 100_000), help="Threads, each of one contact.")
@click.option("--devices", type=click.IntRange(1, 10_000), help="Connections of each thread.")
@click.option("--seconds", type=Finite(0.1, 3600), help="How long to send.")
@click.option("--rest", type=Finite(0, 3600), help="Seconds without any message, where there are such.")
@click.option("--rate", type=Finite(0.1, 1_000_000), help="Messages a second, in open loops.")
@click.option(
    "--outstanding", type=click.IntRange(1, 1000), help="Messages a connection keeps unacknowledged."
)
@click.option("--text", type=click.IntRange(16, 10_000), help="Characters of a message.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes of the fleet, best one a core.")
@click.option("--dials", type=click.IntRange(1, 10_000), help="Connections a process has on the way at once.")
@click.option("--prefill", type=click.IntRange(0, 100_000), help="Messages in each log before anyone joins.")
@click.option("--hubs", type=click.IntRange(1, 64), help="Hubs; several share one store.")
@click.option(
    "--spread/--whole", default=None, help="Over several hubs, spread a thread's devices or keep it whole."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("data/loadtest"),
    show_default=True,
    callback=folder,
)
def loadtest(scenarios: tuple[str, ...], out: Path, **asked: Any) -> None:
    """Load a server of its own; each SCENARIO in turn. What is not asked for is the scenario's own.

    Exit code 1 if anything went wrong or any delivery is not accounted for.
    """
    end_in_peace()
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    planned = plan(scenarios, asked)
    runs: list[Run] = []
    for name in planned:
        found = []
        for part, shape in planned[name]:
            with Progress(console, f"{name} · {part.title}" if part.title else name) as progress:
                found.append(_run(SCENARIOS[name], part, shape, progress.show))
        print_scenario(console, found)
        runs += found
        written = write(runs, out)  # each time, so that an end in the middle leaves what was found
    for path in written:
        console.print(f"{path.resolve()}", soft_wrap=True, highlight=False)
    if not all(each.holds for each in runs):
        raise SystemExit(1)


def plan(names: Iterable[str], asked: dict[str, Any]) -> dict[str, list[tuple[Part, Shape]]]:
    """Which runs these scenarios have, in which shapes; there are files enough for all of them.

    Raises UsageError for what can't be asked of a scenario, and for more than the machine has files for.
    """
    scenarios = [SCENARIOS[name] for name in names]
    try:
        planned = {each.name: [_shaped(each, part, asked) for part in each.parts] for each in scenarios}
        raise_file_limit(max(shape.connections for runs in planned.values() for _, shape in runs))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return planned


def _shaped(scenario: Scenario, part: Part, asked: dict[str, Any]) -> tuple[Part, Shape]:
    shape = scenario.shaped(part, asked)
    return part, shape if shape.threads else fitted(shape, bounds(shape))


def write(runs: list[Run], out: Path) -> tuple[Path, Path]:
    """Write report.json and report.html into this folder; their paths."""
    out.mkdir(parents=True, exist_ok=True)
    numbers, report = out / "report.json", out / "report.html"
    numbers.write_text(
        json.dumps([{**asdict(each), "figures": figures(each)} for each in runs], indent=1) + "\n"
    )
    report.write_text(page(runs), encoding="utf-8")
    return numbers, report


def _run(scenario: Scenario, part: Part, shape: Shape, show: Callable[[Sample], None]) -> Run:
    try:
        return asyncio.run(run(scenario, shape, show, part=part))
    except (ServerFailed, WorkerFailed, TimeoutError) as error:
        raise click.ClickException(f"{scenario.name}: {error or 'a step took too long'}") from None


if __name__ == "__main__":
    loadtest()
