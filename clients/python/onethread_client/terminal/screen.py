"""The terminal itself: raw keys in, a full screen out; as it was before when it is left."""

from __future__ import annotations

import asyncio
import codecs
import os
import signal
import sys
import termios
import tty
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

PASTING = "\x1b[?2004{}"
_INPUT, _LOCAL = 0, 3


class Screen:
    """`with Screen(typed, resized) as screen:`; `typed` gets what the keyboard sends, None at its end."""

    def __init__(self, typed: Callable[[str | None], None], resized: Callable[[], None]) -> None:
        self._typed = typed
        self._resized = resized
        self._console = Console()
        self._live = Live(console=self._console, screen=True, auto_refresh=False, redirect_stdout=False)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._keyboard = sys.stdin.fileno()
        self._before: list[Any] = []

    def __enter__(self) -> Self:
        self._before = termios.tcgetattr(self._keyboard)
        tty.setcbreak(self._keyboard)
        # ^C, ^Z and the like come as keys; output stays cooked, for rich ends lines with a line feed only.
        mode = termios.tcgetattr(self._keyboard)
        mode[_LOCAL] &= ~(termios.ISIG | termios.IEXTEN)
        mode[_INPUT] &= ~(termios.ICRNL | termios.IXON)
        termios.tcsetattr(self._keyboard, termios.TCSADRAIN, mode)
        loop = asyncio.get_running_loop()
        loop.add_reader(self._keyboard, self._read)
        loop.add_signal_handler(signal.SIGWINCH, self._resized)
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._typed, None)
        self._live.start()
        self._console.file.write(PASTING.format("h"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._keyboard)
        for number in (signal.SIGWINCH, signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(number)
        self._console.file.write(PASTING.format("l"))
        self._live.stop()
        termios.tcsetattr(self._keyboard, termios.TCSADRAIN, self._before)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        return self._console.size.width, self._console.size.height

    def show(self, top: Text, messages: list[Text], note: Text, bottom: list[Text]) -> None:
        """Draw: the newest messages that fit between the first line and the note with what is below it."""
        width, height = self.size
        bottom = [*(note.wrap(self._console, width) if note else []), *bottom]
        room = max(height - 1 - len(bottom), 1)
        lines: list[Text] = []
        for message in reversed(messages):
            lines[:0] = message.wrap(self._console, width)
            if len(lines) >= room:
                break
        blank = [Text("")] * (room - len(lines))
        top.truncate(width)
        self._live.update(Group(top, *blank, *lines[-room:], *bottom), refresh=True)

    def _read(self) -> None:
        with suppress(BlockingIOError):
            data = os.read(self._keyboard, 65536)
            self._typed(self._decoder.decode(data) if data else None)
