"""The terminal itself: raw keys in, a full screen out; as it was before when it is left."""

from __future__ import annotations

import asyncio
import codecs
import os
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterable
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

    def show(self, top: Text, newest_first: Iterable[Text], below: list[Text], back: int) -> int:
        """Draw the messages between the first line and those below, `back` lines before the end.

        Answers how far back it was: less than asked for where the messages begin.
        """
        width, height = self.size
        below = [line for text in below for line in text.wrap(self._console, width)]
        room = max(height - 1 - len(below), 1)
        lines: list[Text] = []
        for message in newest_first:
            lines[:0] = message.wrap(self._console, width)
            if len(lines) >= room + back:
                break
        back = min(back, max(len(lines) - room, 0))
        end = len(lines) - back
        shown = lines[max(end - room, 0) : end]
        top.truncate(width)
        self._live.update(Group(top, *[Text("")] * (room - len(shown)), *shown, *below), refresh=True)
        return back

    def _read(self) -> None:
        with suppress(BlockingIOError):
            data = os.read(self._keyboard, 65536)
            self._typed(self._decoder.decode(data) if data else None)
