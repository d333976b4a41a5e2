"""A process that a run starts: ready with its first line, ended in peace or by force."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from loadtest import processes

START_S: Final = 30.0
STOP_S: Final = 20.0


class ServerFailed(RuntimeError):
    """A process did not start; the message has the end of its log."""


class Child:
    """One process and its log; may be started again when it has ended."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """Its process id; 0 before the first start."""
        return self._process.pid if self._process else 0

    @property
    def ended(self) -> bool:
        """Whether it was started, and is no more."""
        return self._process is not None and self._process.returncode is not None

    async def start(self, command: tuple[str, ...], environ: Mapping[str, str]) -> str:
        """Start it, in a session of its own; returns the first line that it prints.

        Raises ServerFailed when it ends or says nothing for 30 s.
        """
        process = await self._spawn(command, environ, stdout=PIPE)
        assert process.stdout is not None  # noqa: S101 - asked for above
        try:
            line = await asyncio.wait_for(process.stdout.readline(), START_S)
        except TimeoutError:
            line = b""
        if not line:
            await self.stop()
            raise ServerFailed(f"{' '.join(command[1:])} did not start: {self.log()[-2000:]}")
        return line.decode()

    async def launch(self, command: tuple[str, ...], environ: Mapping[str, str], folder: Path) -> None:
        """Start it in this folder, in a session of its own; what it prints goes to its log.

        Raises ServerFailed when there is no such program.
        """
        await self._spawn(command, environ, folder)

    async def stop(self) -> int:
        """End it in peace; after 20 s by force, and its own children with it. Returns its exit code."""
        process = self._process
        if process is None:
            return 0
        if process.returncode is not None:
            return process.returncode
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_S)
        except TimeoutError:
            for pid in (process.pid, *processes.children(process.pid)):
                os.kill(pid, signal.SIGKILL)
            await process.wait()
        return process.returncode or 0

    async def _spawn(
        self,
        command: tuple[str, ...],
        environ: Mapping[str, str],
        folder: Path | None = None,
        stdout: int | None = None,
    ) -> Process:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with open(self._log, "ab") as log:  # noqa: ASYNC230 - handed to the process
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *command,
                    env={"PATH": os.environ["PATH"], **environ},
                    cwd=folder,
                    stdout=log if stdout is None else stdout,
                    stderr=log,
                    start_new_session=True,
                )
            except FileNotFoundError as error:
                raise ServerFailed(f"{command[0]} did not start: {error.strerror}") from None
        return self._process

    def log(self) -> str:
        """Everything that it has logged."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""
