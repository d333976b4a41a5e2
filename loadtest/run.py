"""One run of a scenario: a server, a fleet, the steps, and what was seen meanwhile."""

from __future__ import annotations

import asyncio
import os
import platform
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from loadtest.accounting import Verdict, judge
from loadtest.crew import Workers
from loadtest.figures import Run, Sample
from loadtest.fleet import Crew
from loadtest.installation import Installation, installed
from loadtest.plan import LOADS, WHOLE, Part, Scenario, Shape, Step
from loadtest.processes import bound
from loadtest.subject import ANYWHERE, ONETHREAD, Placement, Subject
from loadtest.watch import Watch
from loadtest.weighing import Weight, kept, weigh

SAMPLE_S: Final = 0.5
LINGER_S: Final = 0.3
"""From all that was awaited to the count: what comes twice comes meanwhile."""
LEAD_NS: Final = 50_000_000
"""From the word to the first message: all processes have read it by then."""


async def run(
    scenario: Scenario,
    shape: Shape,
    show: Callable[[Sample], None],
    subject: Subject = ONETHREAD,
    place: Placement = ANYWHERE,
    part: Part = WHOLE,
) -> Run:
    """Run a part of a scenario in this shape; `show` gets every sample. Leaves no process and no file behind.

    Raises ServerFailed, WorkerFailed, TimeoutError; what the fleet finds wrong is in the result.
    """
    with tempfile.TemporaryDirectory(prefix="onethread-load-") as folder:
        async with AsyncExitStack() as stack:
            with bound(place.server):
                serving = installed(subject.serve, Path(folder), scenario.settings, shape.hubs)
                installation = await stack.enter_async_context(serving)
            watch = Watch(installation)
            with bound(place.fleet):
                crews = _crews(installation.urls, subject.dialect, shape)
                workers = await stack.enter_async_context(Workers(crews, watch.take))
            watch.fleet = workers.pids
            verdict = await _load(scenario.planned(part, shape), installation, workers, watch, show)
    return _result(scenario, part, shape, watch, verdict)


async def _load(
    steps: list[Step],
    installation: Installation,
    workers: Workers,
    watch: Watch,
    show: Callable[[Sample], None],
) -> Verdict:
    sampling = asyncio.create_task(_sample(watch, show))
    try:
        for step in steps:
            await _step(step, installation, workers, watch)
        await asyncio.sleep(LINGER_S)
        counts, faults = await workers.report()
        await workers.step("leave", {})
    finally:
        sampling.cancel()
        with suppress(asyncio.CancelledError):
            await sampling
        show(watch.sample())
    if "Traceback" in installation.log():
        faults["a traceback in the server's log"] += 1
    return judge(counts, faults)


def _crews(urls: list[str], dialect: str, shape: Shape) -> list[Crew]:
    run = f"load-{secrets.token_hex(4)}"
    return [
        Crew(
            urls=urls,
            dialect=dialect,
            run=run,
            worker=worker,
            workers=shape.workers,
            threads=shape.threads,
            devices=shape.devices,
            text=shape.text,
            dials=shape.dials,
            spread=shape.spread,
        )
        for worker in range(shape.workers)
    ]


async def _step(step: Step, installation: Installation, workers: Workers, watch: Watch) -> None:
    watch.begin(step)
    if step.does == "restart":
        await installation.restart()
    elif step.does == "weigh":
        watch.weights.append(await weigh(await installation.store_url()))
    elif step.does in LOADS:
        await workers.step(step.does, {**step.options, "start_ns": time.monotonic_ns() + LEAD_NS})
    else:
        await workers.step(step.does, step.options)
    watch.end(step)


async def _sample(watch: Watch, show: Callable[[Sample], None]) -> None:
    while True:
        await asyncio.sleep(SAMPLE_S)
        show(watch.sample())


def _result(scenario: Scenario, part: Part, shape: Shape, watch: Watch, verdict: Verdict) -> Run:
    errors: Counter[str] = Counter(verdict.faults)
    return Run(
        scenario=scenario.name,
        part=part.title,
        against=part.against,
        compared=scenario.compared,
        meaning=scenario.meaning,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=machine(),
        shape=asdict(shape),
        samples=watch.samples,
        steps=watch.costs,
        latencies={name: found.summary() for name, found in watch.latencies.items() if len(found)},
        curves={name: found.curve() for name, found in watch.latencies.items() if len(found)},
        verdict=asdict(verdict),
        cut=watch.counts()["cut"],
        kept=_kept(watch.weights, shape.threads * shape.prefill),
        errors=dict(errors),
    )


def _kept(weights: list[Weight], messages: int) -> dict[str, float]:
    return kept(weights[0], weights[-1], messages) if weights else {}


def machine() -> str:
    """What this ran on, in one line."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (FileNotFoundError, StopIteration):
        processor = platform.machine()
    return (
        f"{processor}, {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
    )
