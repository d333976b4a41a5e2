"""What a person sees of an import that runs in a terminal."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from onethread.imports.job import Job


class Watch:
    """A progress bar on standard error, while standard error is a terminal. `job` is how far it is."""

    def __init__(self, job: Job) -> None:
        self.job = job
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rows]:,} rows"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._visible = console.is_terminal
        self._task: TaskID = self._progress.add_task(job.id, total=job.size, rows=job.counts.rows)

    def see(self, job: Job) -> None:
        """Show how far it is now."""
        self.job = job
        self._progress.update(self._task, completed=job.offset, rows=job.counts.rows)

    def begun(self, again: str) -> None:
        """Say which import it is, and what `again` goes on with it, since a kill leaves no time for that."""
        if not self.job.dry_run:
            click.echo(f"import {self.job.id}; if it is killed, this goes on with it: {again}", err=True)

    def stopped(self, again: str) -> None:
        """Say where it was interrupted, and how it goes on."""
        row = self.job.row - 1
        where = f"stopped after row {row:,}" if row else "stopped before the first row"
        click.echo(where if self.job.dry_run else f"{where}; to go on: {again}", err=True)

    def __enter__(self) -> Self:
        if self._visible:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._visible:
            self._progress.stop()
