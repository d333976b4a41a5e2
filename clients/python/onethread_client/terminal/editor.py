"""The line that a person types: characters and keys in, a text and what to do out. No terminal in here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

PASTE: Final = re.compile("\x1b\\[200~(.*?)\x1b\\[201~", re.DOTALL)
KEY: Final = re.compile("\x1b(?:\\[[0-9;?]*[ -/]*[@-~]|O[@-~]|[^\\[O])")
UNFINISHED: Final = re.compile("\x1b(?:\\[200~.*|\\[[0-9;?]*[ -/]*|O)?\\Z", re.DOTALL)
"""What may go on in the next read: an escape sequence cut in the middle, or a paste without its end."""
HELD: Final = 64 * 1024
"""Characters of an unfinished sequence that are waited for; a message has 10,000 at most."""
HISTORY: Final = 100

JOINER: Final = "\u200d"
JOINED: Final = frozenset([JOINER, "\ufe0e", "\ufe0f", "\u20e3", *map(chr, range(0x1F3FB, 0x1F400))])
"""What belongs to the character before it: joiner, variation, keycap, and the colours of skin."""
FLAGS: Final = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
"""Regional indicators: two are one flag."""

KEYS: Final = {
    "\x1b[D": "left",
    "\x1b[C": "right",
    "\x1bOD": "left",
    "\x1bOC": "right",
    "\x1b[A": "older",
    "\x1b[B": "newer",
    "\x1bOA": "older",
    "\x1bOB": "newer",
    "\x1b[H": "home",
    "\x1b[F": "end",
    "\x1bOH": "home",
    "\x1bOF": "end",
    "\x1b[1~": "home",
    "\x1b[4~": "end",
    "\x1b[3~": "delete",
    "\x1b[5~": "page_up",
    "\x1b[6~": "page_down",
    "\x01": "home",
    "\x02": "left",
    "\x05": "end",
    "\x06": "right",
    "\x08": "backspace",
    "\x7f": "backspace",
    "\x0b": "cut_right",
    "\x0e": "newer",
    "\x10": "older",
    "\x15": "clear",
    "\x17": "cut_word",
}


@dataclass(slots=True)
class Line:
    """What a read of the keyboard brought about: lines to submit, whether to quit, pages to scroll up."""

    submitted: list[str] = field(default_factory=list)
    quit: bool = False
    pages: int = 0


class Editor:
    """One line, edited as a shell's is: arrows, home and end, ^A ^E ^K ^U ^W, history, bracketed paste."""

    def __init__(self) -> None:
        self.text = ""
        self.cursor = 0
        self._held = ""
        self._history: list[str] = []
        self._place = 0
        self._draft = ""

    def feed(self, typed: str) -> Line:
        """Take what was typed; a sequence that a read has cut is finished by the next."""
        typed, self._held = self._held + typed, ""
        line = Line()
        unfinished = UNFINISHED.search(typed)
        if (
            unfinished
            and len(typed) - unfinished.start() <= HELD
            and not PASTE.match(typed, unfinished.start())
        ):
            typed, self._held = typed[: unfinished.start()], typed[unfinished.start() :]
        at = 0
        while at < len(typed) and not line.quit:
            at = self._take(typed, at, line)
        return line

    def _take(self, typed: str, at: int, line: Line) -> int:
        pasted = PASTE.match(typed, at)
        if pasted:
            self._insert("".join(c for c in pasted[1].replace("\r", "\n") if c == "\n" or not _control(c)))
            return pasted.end()
        key = KEY.match(typed, at)
        if key:
            self._press(KEYS.get(key[0], ""), line)
            return key.end()
        self._character(typed[at], line)
        return at + 1

    def _character(self, char: str, line: Line) -> None:
        if char in "\r\n":
            self._submit(line)
        elif char == "\x03" or (char == "\x04" and not self.text):
            line.quit = True
        elif char in KEYS:
            self._press(KEYS[char], line)
        elif not _control(char):
            self._insert(char)

    def _press(self, key: str, line: Line) -> None:
        before, after = self.text[: self.cursor], self.text[self.cursor :]
        if key in ("page_up", "page_down"):
            line.pages += 1 if key == "page_up" else -1
        elif key in ("older", "newer"):
            self._recall(-1 if key == "older" else 1)
        elif key in ("left", "right", "home", "end"):
            self.cursor = {
                "left": _left(self.text, self.cursor),
                "right": _right(self.text, self.cursor),
                "home": 0,
                "end": len(self.text),
            }[key]
        elif key == "backspace":
            self._replace(before[: _left(self.text, self.cursor)], after)
        elif key == "delete":
            self._replace(before, self.text[_right(self.text, self.cursor) :])
        elif key == "cut_right":
            self._replace(before, "")
        elif key == "cut_word":
            self._replace(re.sub(r"\S*\s*\Z", "", before), after)
        elif key == "clear":
            self._replace("", "")

    def _insert(self, text: str) -> None:
        self._replace(self.text[: self.cursor] + text, self.text[self.cursor :])

    def _replace(self, before: str, after: str) -> None:
        self.text, self.cursor = before + after, len(before)

    def _submit(self, line: Line) -> None:
        text = self.text.strip()
        if text:
            line.submitted.append(text)
            self._history = [*self._history, text][-HISTORY:]
        self._place, self._draft = len(self._history), ""
        self._replace("", "")

    def _recall(self, step: int) -> None:
        place = min(max(self._place + step, 0), len(self._history))
        if place == self._place:
            return
        if self._place == len(self._history):
            self._draft = self.text
        self._place = place
        self._replace(self._history[place] if place < len(self._history) else self._draft, "")


def _control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs")


def _left(text: str, cursor: int) -> int:
    """The place one visible character to the left: an accent goes with its letter, a family is one emoji."""
    return max((start for start in _starts(text) if start < cursor), default=0)


def _right(text: str, cursor: int) -> int:
    return min((start for start in _starts(text) if start > cursor), default=len(text))


def _starts(text: str) -> Iterator[int]:
    """Where visible characters begin."""
    flag = False
    for at, char in enumerate(text):
        second = flag and char in FLAGS
        if at and (second or char in JOINED or unicodedata.combining(char) or text[at - 1] == JOINER):
            flag = False
            continue
        flag = char in FLAGS
        yield at
