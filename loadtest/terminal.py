"""What a person sees while it runs, and at its end."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from loadtest.comparison import compare
from loadtest.figures import Run, Sample, duration, figures, worded


class Progress:
    """One line that follows a run; use as `with`. On what is no terminal only the end is printed."""

    def __init__(self, console: Console, scenario: str) -> None:
        self._scenario = scenario
        self._live = Live(Text(f"{scenario}: starting the server"), console=console, transient=True)

    def show(self, sample: Sample) -> None:
        """Show the newest sample."""
        line = Table.grid(padding=(0, 2))
        line.add_row(
            f"[bold]{self._scenario}[/] {sample.at:5.1f} s",
            sample.step,
            f"{sample.connections:,} joins",
            f"{sample.sends:,.0f} msg/s",
            f"p99 {duration(sample.p99)}" if sample.p99 else "",
            f"hub {sample.hub:.0%}  store {sample.store:.0%}  fleet {sample.fleet:.0%}",
            f"{sample.hub_memory / 2**20:.0f} MiB",
        )
        self._live.update(line)

    def __enter__(self) -> Progress:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()


def print_scenario(console: Console, runs: Sequence[Run]) -> None:
    """Print the figures of a scenario: of its one run, or of all side by side."""
    if len(runs) == 1 and not runs[0].part:
        _print_run(console, runs[0])
        return
    found = compare(runs)
    table = _table(runs[0])
    for head in found.heads:
        table.add_column(head, justify="right" if head else "left", style="" if head else "cyan")
    for row in found.rows:
        table.add_row(*row)
    console.print(table)
    for run in runs:
        if run.errors:
            console.print(f"{run.part}: {_told(run)}")


def _print_run(console: Console, run: Run) -> None:
    table = _table(run, show_header=False)
    table.add_column(style="cyan")
    table.add_column(justify="right")
    for name, found in run.latencies.items():
        row = "  ".join(f"{key} {duration(found[key])}" for key in ("p50", "p90", "p99", "p99.9", "max"))
        table.add_row(f"{name} latency", row)
    for title, value in worded(figures(run)):
        table.add_row(title, value)
    if run.shape["bound"]:
        connections = run.shape["threads"] * run.shape["devices"]
        table.add_row("connections", f"{connections:,}, for {run.shape['bound']}")
    if run.cut:
        table.add_row("slow peers cut, and resumed", f"{run.cut}")
    sent, got, expected = (run.verdict[key] for key in ("sent", "delivered", "expected"))
    table.add_row("deliveries", f"{got:,} of {expected:,}, for {sent:,} messages")
    table.add_row("errors", _told(run))
    console.print(table)


def _table(run: Run, *, show_header: bool = True) -> Table:
    title = f"{run.scenario}: {run.meaning}"
    return Table(title=title, title_justify="left", title_style="bold", show_header=show_header)


def _told(run: Run) -> str:
    told = ", ".join(f"{number:,} × {name}" for name, number in run.errors.items())
    return f"[red]{told}[/]" if told else "[green]0[/]"
