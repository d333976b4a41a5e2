"""What is wrong with a record that is too long to be held or has a wrong quote, and where to go on."""

import re
from collections.abc import Callable
from typing import Final

from onethread.contacts.csv.dialect import Dialect

ROW_BYTES: Final = 256 * 1024
"""A longer row is none: 32 KiB of custom_data and all fields at their limits are less than half of it."""
TOO_LONG: Final = f"the row is longer than {ROW_BYTES:,} bytes"
UNCLOSED: Final = "a quote opens here and is not closed, or text follows where it is"

_TO_LAST_QUOTE: Final = re.compile(rb'[^"]*+(?:""[^"]*+)*+')
_TO_LINE_BREAK: Final = re.compile(rb"[^\r\n]*+")
_BREAKS: Final = (b"\r", b"\n", b"")


def diagnose(read: Callable[[int], bytes], dialect: Dialect, start: int) -> tuple[int, int, str]:
    """Return where to go on, the column at fault (from 1; 0: none) and the reason.

    Behind a wrong quote that is the line after the one where it opens: what it took in are rows most likely,
    and lost otherwise. `read` gives the file in chunks from an offset; one or two are held.
    """
    cursor, column = _Cursor(read, start), 1
    longest = (0, 0)
    while True:
        field = cursor.offset
        if cursor.peek(1) != b'"':
            cursor.skip(dialect.to_field_end)
        elif not _pass(cursor) or cursor.peek(1) not in (dialect.byte, *_BREAKS):
            opened = _Cursor(read, field)
            opened.skip(_TO_LINE_BREAK)
            return opened.after_break(), column, UNCLOSED
        longest = max(longest, (cursor.offset - field, column))
        if cursor.peek(1) != dialect.byte:
            return cursor.after_break(), *_too_long(*longest)
        cursor.step(1)
        column += 1


def too_long(size: int) -> str:
    """Return why a row of such a field does not go in."""
    return f"the field has {size:,} bytes, a row at most {ROW_BYTES:,}"


def _too_long(size: int, column: int) -> tuple[int, str]:
    """Return the column at fault and the reason: the longest field, if it is most of what a row may be."""
    return (column, too_long(size)) if size > ROW_BYTES // 2 else (0, TOO_LONG)


class _Cursor:
    """A place in the file."""

    def __init__(self, read: Callable[[int], bytes], offset: int) -> None:
        self._read = read
        self._chunk = b""
        self._base = offset  # the offset of the chunk's first byte
        self._at = 0

    @property
    def offset(self) -> int:
        return self._base + self._at

    def peek(self, size: int) -> bytes:
        """Return the next bytes, fewer at the end of the file."""
        while len(self._chunk) - self._at < size and (more := self._read(self._base + len(self._chunk))):
            self._chunk, self._base, self._at = self._chunk[self._at :] + more, self.offset, 0
        return self._chunk[self._at : self._at + size]

    def step(self, size: int) -> None:
        """Go on by so many bytes, which were peeked at."""
        self._at += size

    def skip(self, run: re.Pattern[bytes]) -> None:
        """Go to the end of a run of bytes, which may be empty and is looked for from chunk to chunk."""
        while self.peek(1):
            match = run.match(self._chunk, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._chunk):
                return

    def after_break(self) -> int:
        """Return the offset after the line break that is here; of the end, if that is here."""
        mark = self.peek(2)
        return self.offset + (2 if mark == b"\r\n" else len(mark[:1]))


def _pass(cursor: _Cursor) -> bool:
    """Go to the end of the quoted field that begins here; False: there is none."""
    cursor.step(1)
    while True:
        cursor.skip(_TO_LAST_QUOTE)
        quotes = cursor.peek(2)
        cursor.step(len(quotes) if quotes == b'""' else 1)
        if quotes != b'""':
            return quotes != b""
