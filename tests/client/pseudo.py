"""`onethread chat` on a pseudo-terminal: keys in, and everything that ever reached the terminal."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.client.scripted import PATIENCE

COLUMNS, LINES = 80, 24
# Who leaves a full-screen program wants the screen back that was there before.
FULL_SCREEN, BACK = "\x1b[?1049h", "\x1b[?1049l"


def environ(state: Path, **more: str) -> dict[str, str]:
    """The environment of a chat that keeps things in a folder of its own."""
    return {
        "PATH": os.environ["PATH"],
        "XDG_STATE_HOME": str(state),
        "TERM": "xterm",
        "LANG": "C.UTF-8",
    } | more


def command(url: str, *options: str) -> list[str]:
    """The command line of the demo's customer 12345 on the work laptop."""
    usual = ("--user-id", "12345", "--device", "work laptop", "--url", url)
    return [sys.executable, "-W", "error", "-m", "onethread", "chat", *usual, *options]


class Pseudo:
    """A running chat; `shown` is all that it wrote so far."""

    def __init__(self, url: str, state: Path) -> None:
        self._ours, self._theirs = pty.openpty()
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        os.set_blocking(self._ours, False)
        self.before = self.modes()
        self.shown = ""
        self._raw = b""
        self.process = subprocess.Popen(
            command(url),
            env=environ(state),
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            start_new_session=True,
        )

    def modes(self) -> list[Any]:
        """How the terminal treats keys and output."""
        return termios.tcgetattr(self._theirs)

    def type(self, keys: str) -> None:
        """Presses these."""
        os.write(self._ours, keys.encode())

    async def shows(self, which: str | Callable[[str], bool], *, since: int = 0) -> None:
        """Returns when this has been written, from the character `since` on."""
        async with asyncio.timeout(PATIENCE):
            while not (which in self.shown[since:] if isinstance(which, str) else which(self.shown[since:])):
                try:
                    self._raw += os.read(self._ours, 65536)
                except BlockingIOError:
                    await asyncio.sleep(0.02)
                self.shown = self._raw.decode(errors="replace")

    async def ends(self) -> int:
        """Waits for the end of the process; its exit status."""
        waiting = asyncio.create_task(asyncio.to_thread(self.process.wait, PATIENCE))
        await self.shows(lambda _: waiting.done())
        return await waiting

    def close(self) -> None:
        """Leaves nothing behind, whatever the test did."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)
