"""The processes of the fleet, seen from the run that leads them."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from loadtest.accounting import ThreadCount
from loadtest.fleet import Crew
from loadtest.worker import LONGEST_LINE

ROOT: Final = Path(__file__).parent.parent
STEP_S: Final = 600.0
"""Seconds that any step may take at most, beyond what it is asked to."""
END_S: Final = 10.0


class WorkerFailed(RuntimeError):
    """A process of the fleet ended in the middle; what it said is on standard error."""


class Workers:
    """All processes of a fleet; use as `async with`. `on_tick` gets a worker's number and its tick."""

    def __init__(self, crews: list[Crew], on_tick: Callable[[int, dict[str, Any]], None]) -> None:
        self._crews = crews
        self._on_tick = on_tick
        self._processes: list[Process] = []

    @property
    def pids(self) -> list[int]:
        """Their process ids."""
        return [process.pid for process in self._processes]

    async def step(self, does: str, options: dict[str, Any]) -> None:
        """Have all do a step; returns when the last is done. Raises WorkerFailed, TimeoutError."""
        await self._all({"does": does, "options": options}, "done", STEP_S + options.get("seconds", 0))

    async def report(self) -> tuple[list[ThreadCount], Counter[str]]:
        """What each thread's devices sent and got, and what went wrong."""
        answers = await self._all({"does": "report"}, "counts", STEP_S)
        counts = [
            ThreadCount(**{**count, "delivered": tuple(count["delivered"])})
            for answer in answers
            for count in answer["counts"]
        ]
        return counts, sum((Counter(answer["faults"]) for answer in answers), Counter[str]())

    async def _all(self, order: dict[str, Any], answer: str, seconds: float) -> list[dict[str, Any]]:
        line = json.dumps(order).encode() + b"\n"
        for process in self._processes:
            assert process.stdin is not None  # noqa: S101 - asked for at the start
            process.stdin.write(line)
        async with asyncio.timeout(seconds):
            return await asyncio.gather(
                *(self._answer(worker, answer) for worker in range(len(self._processes)))
            )

    async def _answer(self, worker: int, wanted: str) -> dict[str, Any]:
        lines = self._processes[worker].stdout
        assert lines is not None  # noqa: S101 - asked for at the start
        while line := await lines.readline():
            message: dict[str, Any] = json.loads(line)
            if wanted in message:
                return message
            self._on_tick(worker, message["tick"])
        raise WorkerFailed(f"process {worker} of the fleet has ended")

    async def __aenter__(self) -> Workers:
        for crew in self._crews:
            command = ("-m", "loadtest.worker", json.dumps(asdict(crew)))
            self._processes.append(
                await asyncio.create_subprocess_exec(
                    sys.executable,
                    *command,
                    cwd=ROOT,
                    stdin=PIPE,
                    stdout=PIPE,
                    limit=LONGEST_LINE,
                    start_new_session=True,  # Ctrl-C is the leader's, who ends them
                )
            )
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self._processes:
            try:
                # Its input ends, and with it the process; what it still says is read, or it would wait.
                await asyncio.wait_for(process.communicate(b""), END_S)
            except TimeoutError:
                process.kill()
                await process.wait()
