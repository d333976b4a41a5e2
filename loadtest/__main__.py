"""`python -m loadtest SCENARIO…`: load a server of its own, print the figures, write JSON and a report."""

from __future__ import annotations

import asyncio
import json
import resource
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from loadtest.child import ServerFailed
from loadtest.crew import WorkerFailed
from loadtest.figures import Run, Sample, figures
from loadtest.report import page
from loadtest.run import run
from loadtest.scenarios import SCENARIOS, Shape
from loadtest.terminal import Progress, print_run

DESCRIPTORS = 200
"""File descriptors that a process needs beside its connections."""


@click.command(epilog="\n\n".join(f"{each.name}: {each.meaning}" for each in SCENARIOS.values()))
@click.argument("scenarios", nargs=-1, required=True, type=click.Choice(list(SCENARIOS)))
@click.option("--threads", type=click.IntRange(1, 100_000), help="Threads, each of one contact.")
@click.option("--devices", type=click.IntRange(1, 10_000), help="Connections of each thread.")
@click.option("--seconds", type=click.FloatRange(0.1, 3600), help="How long to send, or to hold.")
@click.option("--rate", type=click.FloatRange(0.1, 1_000_000), help="Messages a second, in open loops.")
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
@click.option("--out", type=click.Path(path_type=Path), default=Path("data/loadtest"), show_default=True)
def loadtest(scenarios: tuple[str, ...], out: Path, **asked: Any) -> None:
    """Load a server of its own; each SCENARIO in turn. What is not asked for is the scenario's own.

    Exit code 1 if anything went wrong or any delivery is not accounted for.
    """
    console = Console()
    shapes = {name: shaped(SCENARIOS[name].shape, asked) for name in scenarios}
    raise_file_limit(max(shape.connections for shape in shapes.values()))
    runs = []
    for name in scenarios:
        with Progress(console, name) as progress:
            runs.append(_run(name, shapes[name], progress.show))
        print_run(console, runs[-1])
    for path in write(runs, out):
        console.print(f"{path.resolve()}", soft_wrap=True, highlight=False)
    if not all(each.holds for each in runs):
        raise SystemExit(1)


def shaped(shape: Shape, asked: dict[str, Any]) -> Shape:
    """The scenario's shape with what was asked for in its place."""
    return replace(shape, **{name: value for name, value in asked.items() if value is not None})


def write(runs: list[Run], out: Path) -> tuple[Path, Path]:
    """Write report.json and report.html into this folder; their paths."""
    out.mkdir(parents=True, exist_ok=True)
    numbers, report = out / "report.json", out / "report.html"
    numbers.write_text(
        json.dumps([{**asdict(each), "figures": figures(each)} for each in runs], indent=1) + "\n"
    )
    report.write_text(page(runs), encoding="utf-8")
    return numbers, report


def _run(name: str, shape: Shape, show: Callable[[Sample], None]) -> Run:
    try:
        return asyncio.run(run(SCENARIOS[name], shape, show))
    except (ServerFailed, WorkerFailed, TimeoutError) as error:
        raise click.ClickException(f"{name}: {error or 'a step took too long'}") from None


def raise_file_limit(connections: int) -> None:
    """Let this process and those that it starts open so many connections each; says so if that can't be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = connections + DESCRIPTORS
    if hard != resource.RLIM_INFINITY and needed > hard:
        raise click.UsageError(
            f"{connections} connections need {needed} files; the limit is {hard} (ulimit -Hn)"
        )
    if soft != resource.RLIM_INFINITY and needed > soft:
        # Processes that this one starts inherit it.
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


if __name__ == "__main__":
    loadtest()
