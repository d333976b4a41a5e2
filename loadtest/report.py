"""The report: one page of HTML with everything in it, no script and nothing loaded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Final

from loadtest.figures import Run, Sample, duration, figures, worded
from loadtest.plots import Line, distribution, over_time

STYLE: Final = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
_LATENCIES: Final = {
    "delivery": "due → delivered",
    "ack": "due → acked",
    "join": "dialled → replay done",
}


def page(runs: Sequence[Run]) -> str:
    """The whole page."""
    links = "".join(f'<a href="#run-{i}">{escape(run.scenario)}</a>' for i, run in enumerate(runs))
    machine = " · ".join(dict.fromkeys(run.machine for run in runs))
    when = runs[0].at if runs else ""
    sections = "".join(_section(run, i) for i, run in enumerate(runs))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Onethread under load</title><style>{STYLE}</style>"
        f"<header><h1>Onethread under load</h1><p class=soft>{escape(machine)} · {escape(when)}</p>"
        f"<nav>{links}</nav></header><main>{sections}</main><footer>{_NOTES}</footer></html>"
    )


_NOTES: Final = (
    "<p>Everything on: identity, cids, inbox, read positions, fsync always. CPU is the processes' own "
    "accounting, in seconds of one core. Memory a connection is what joining added to the processes' "
    "proportional set size; the kernel's socket buffers are not in it. Latency counts from when a message "
    "was due, not from when it could be sent. Fleet, hub and store share the machine.</p>"
)


def _section(run: Run, number: int) -> str:
    return (
        f'<section id="run-{number}"><div class=head><h2>{escape(run.scenario)}</h2>{_badge(run)}</div>'
        f"<p class=soft>{escape(run.meaning)} {escape(_shape(run))}</p>"
        f"{_cards(run)}<div class=plots>{''.join(_plots(run))}</div>{_latencies(run)}{_steps(run)}</section>"
    )


def _badge(run: Run) -> str:
    if run.errors:
        told = ", ".join(f"{number:,} × {name}" for name, number in run.errors.items())
        return f'<span class="badge bad">{escape(told)}</span>'
    if not run.verdict["expected"]:
        return '<span class="badge good">0 errors</span>'
    return (
        f'<span class="badge good">0 errors · {run.verdict["sent"]:,} messages, all '
        f"{run.verdict['delivered']:,} deliveries once and in order</span>"
    )


def _shape(run: Run) -> str:
    shape = run.shape
    threads, devices = shape["threads"], shape["devices"]
    words = (
        f"{threads * devices:,} connections: {threads:,} thread{'s' * (threads != 1)} × {devices:,} devices"
    )
    if run.cut:
        words += f"; {run.cut} slow peers were cut and resumed"
    return words + "."


def _cards(run: Run) -> str:
    found = list(worded(figures(run)))
    main = run.latencies.get("delivery") or run.latencies.get("join")
    if main:
        found[:0] = [("median latency", duration(main["p50"])), ("p99 latency", duration(main["p99"]))]
    cards = "".join(
        f"<div class=card><b>{escape(value)}</b><span>{escape(name)}</span></div>" for name, value in found
    )
    return f"<div class=figures>{cards}</div>"


def _plots(run: Run) -> Iterable[str]:
    samples = run.samples
    marks = [(next(group).at, step) for step, group in groupby(samples, key=lambda sample: sample.step)][1:]
    curves = [
        Line(_LATENCIES[name], points, i) for i, (name, points) in enumerate(run.curves.items()) if points
    ]
    if run.verdict["expected"]:
        lines = [
            Line(name, _latency(samples, field), i) for i, (name, field) in enumerate(_OVER_TIME.items())
        ]
        yield card("Latency over time", over_time(lines, duration, log=True, marks=marks))
    if curves:
        yield card("Latency distribution", distribution(curves, duration))
    cpu = [
        Line(side, [(sample.at, 100 * getattr(sample, side)) for sample in samples], i)
        for i, side in enumerate(("hub", "store", "fleet"))
    ]
    yield card("CPU, share of one core", over_time(cpu, lambda share: f"{share:.0f}%", marks=marks))
    memory = [
        Line(side, [(sample.at, getattr(sample, f"{side}_memory") / 2**20) for sample in samples], i)
        for i, side in enumerate(("hub", "store"))
    ]
    yield card("Resident memory", over_time(memory, lambda size: f"{size:.0f} MiB", marks=marks))
    rates = [
        Line(name, [(sample.at, getattr(sample, name)) for sample in samples], i)
        for i, name in enumerate(("sends", "deliveries"))
    ]
    if run.verdict["expected"]:
        yield card("Messages a second", over_time(rates, _number, marks=marks))
    joins = [Line("joins so far", [(sample.at, sample.connections) for sample in samples], 0)]
    yield card("Joins", over_time(joins, _number, marks=marks))


def _number(value: float) -> str:
    return f"{value:,.0f}"


_OVER_TIME: Final = {"p50": "p50", "p99": "p99", "max": "longest"}


def _latency(samples: Sequence[Sample], field: str) -> list[tuple[float, float | None]]:
    return [(sample.at, getattr(sample, field)) for sample in samples]


def card(title: str, plot: str) -> str:
    """A plot with its title."""
    return f"<figure class=card style=margin:0><h3>{escape(title)}</h3>{plot}</figure>"


def _latencies(run: Run) -> str:
    rows = [
        [
            _LATENCIES[name],
            *(duration(found[key]) for key in ("p50", "p90", "p99", "p99.9", "max")),
            f"{found['count']:,}",
        ]
        for name, found in run.latencies.items()
    ]
    return grid(["latency", "p50", "p90", "p99", "p99.9", "max", "counted"], rows)


def _steps(run: Run) -> str:
    rows = [
        [
            step.title,
            f"{step.seconds:.2f} s",
            *(f"{used:.2f} s" for used in (step.hub, step.store, step.fleet)),
            f"{step.sends:,}",
            f"{step.deliveries:,}",
            f"{step.joins:,}",
        ]
        for step in run.steps
    ]
    return grid(["step", "took", "hub CPU", "store CPU", "fleet CPU", "sends", "deliveries", "joins"], rows)


def grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; nothing without rows."""
    if not rows:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="card scroll"><table><tr>{head}</tr>{body}</table></div>'
