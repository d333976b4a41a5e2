"""The report of a fleet's runs: a page with their figures, plots and tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Final

from loadtest.comparison import compare, headed, scenarios
from loadtest.figures import KEPT, Run, Sample, duration, figures, titled, valued
from loadtest.plots import Bar, Line, bars, distribution, over_time
from loadtest.sheet import Link, card, document, folded, grid, tiles
from loadtest.weighing import ALL

_LATENCIES: Final = {
    "delivery": "due → delivered",
    "ack": "due → acked",
    "join": "dialled → replay done",
}
_OVER_TIME: Final = {"p50": "p50", "p99": "p99", "max": "longest"}
_NOTES: Final = (
    "<p>Everything on: identity, cids, inbox, read positions, fsync always. CPU is the processes' own "
    "accounting, in seconds of one core. Memory a connection is what joining added to the processes' "
    "anonymous memory; the kernel's socket buffers are not in it. Latency counts from when a message "
    "was due, not from when it could be sent. Fleet, hub and store share the machine.</p>"
)


def page(runs: Sequence[Run]) -> str:
    """The whole page."""
    found = scenarios(runs)
    links = [
        Link(f"run-{i}", group[0].scenario, all(run.holds for run in group)) for i, group in enumerate(found)
    ]
    machine = " · ".join(dict.fromkeys(run.machine for run in runs))
    when = f" · {datetime.fromisoformat(runs[0].at):%Y-%m-%d %H:%M} UTC" if runs else ""
    main = "".join(_section(group, link) for group, link in zip(found, links, strict=True))
    return document("Onethread under load", machine + when, _hero(runs), links, main, _NOTES)


def _hero(runs: Sequence[Run]) -> str:
    sent, delivered = (sum(run.verdict[name] for run in runs) for name in ("sent", "delivered"))
    errors = sum(sum(run.errors.values()) for run in runs)
    told = "Every delivery accounted for" if not errors else "Not every delivery is accounted for"
    numbers = {"runs": len(runs), "messages": sent, "deliveries": delivered, "errors": errors}
    badge = f'<p class="verdict {"bad" if errors else "good"}">{told}</p>'
    return badge + tiles(((name, f"{number:,}") for name, number in numbers.items()), "numbers")


def _section(runs: Sequence[Run], link: Link) -> str:
    alone = len(runs) == 1 and not runs[0].part
    shape = f" {_shape(runs[0])}" if alone else ""
    inside = _run(runs[0]) if alone else _side_by_side(runs)
    return (
        f'<section id="{link.id}"><div class=head><h2>{escape(link.title)}</h2>{_badge(runs)}</div>'
        f"<p class=soft>{escape(runs[0].meaning + shape)}</p>{inside}</section>"
    )


def _side_by_side(runs: Sequence[Run]) -> str:
    table = compare(runs)
    drawn = "".join(card(title, bars(_bars(runs, name))) for name, title in headed(runs) if _told(runs, name))
    parts = "".join(folded(f"{run.part}: {_shape(run)}", _run(run)) for run in runs)
    return f"{grid(table.heads, table.rows)}<div class=plots>{drawn}</div>{parts}"


def _told(runs: Sequence[Run], name: str) -> bool:
    """Whether bars tell more than the table: more than one run has it, and it is not next to nothing."""
    found = [value for run in runs if (value := figures(run).get(name))]
    least = max(run.kept.get(ALL, 0) for run in runs) / 20 if name.startswith(KEPT) else 0
    return len(found) > 1 and max(found) > least


def _bars(runs: Sequence[Run], name: str) -> list[Bar]:
    found = {run.part: figures(run)[name] for run in runs if name in figures(run)}
    return [Bar(part, value, (value, value), valued(name, value), 0) for part, value in found.items()]


def _badge(runs: Sequence[Run]) -> str:
    errors = [f"{number:,} × {name}" for run in runs for name, number in run.errors.items()]
    if errors:
        return f'<span class="badge bad">{escape(", ".join(errors))}</span>'
    if not any(run.verdict["expected"] for run in runs):
        return '<span class="badge good">0 errors</span>'
    sent, delivered = (sum(run.verdict[name] for run in runs) for name in ("sent", "delivered"))
    return (
        f'<span class="badge good">0 errors · {sent:,} messages, all {delivered:,} deliveries once and in '
        "order</span>"
    )


def _shape(run: Run) -> str:
    threads, devices = run.shape["threads"], run.shape["devices"]
    words = (
        f"{threads * devices:,} connections: {threads:,} thread{'s' * (threads != 1)} × "
        f"{devices:,} device{'s' * (devices != 1)}"
    )
    if run.shape["bound"]:
        words += f"; more were not dialled for {run.shape['bound']}"
    if run.cut:
        words += f"; {run.cut} slow peers were cut and resumed"
    return words + "."


def _run(run: Run) -> str:
    plots = list(_plots(run))
    kind = "plots pairs" if len(plots) % 3 else "plots"
    drawn = f'<div class="{kind}">{"".join(plots)}</div>'
    return _figures(run) + drawn + folded("Latencies and steps", _latencies(run) + _steps(run))


def _figures(run: Run) -> str:
    found = [(titled(name), valued(name, value)) for name, value in figures(run).items()]
    main = run.latencies.get("delivery") or run.latencies.get("join")
    if main:
        found[:0] = [(f"latency, {name}", duration(main[name])) for name in ("p50", "p99", "max")]
    return tiles(found)


def _plots(run: Run) -> Iterable[str]:
    samples = run.samples
    marks = [(next(group).at, step) for step, group in groupby(samples, key=lambda sample: sample.step)][1:]
    if run.verdict["expected"]:
        lines = [
            Line(name, _latency(samples, field), i) for i, (name, field) in enumerate(_OVER_TIME.items())
        ]
        yield card("Latency over time", over_time(lines, duration, log=True, marks=marks))
    if curves := _curves(run):
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


def _curves(run: Run) -> list[Line]:
    """Of messages, if there were any; else of joins. Acks are dashed: mostly they lie on the deliveries."""
    names = ("delivery", "ack") if run.curves.get("delivery") else ("join",)
    found = [(name, run.curves[name]) for name in names if run.curves.get(name)]
    return [Line(_LATENCIES[name], points, i, dashed=name == "ack") for i, (name, points) in enumerate(found)]


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _latency(samples: Sequence[Sample], field: str) -> list[tuple[float, float | None]]:
    return [(sample.at, getattr(sample, field)) for sample in samples]


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
