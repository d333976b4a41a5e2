"""Splits CSV into records, in bounded memory, past whatever is broken.

The file is read from where it lies, not fed: behind a quote that is never closed the reader goes back to the
line that follows it, however far it has looked for the end. So such a quote costs its own row and no other.
"""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import msgspec

from onethread.contacts.csv.diagnosis import ROW_BYTES, diagnose
from onethread.contacts.csv.dialect import BadText, Dialect, Unclosed

CHUNK: Final = 64 * 1024

Read: TypeAlias = Callable[[int, int], bytes]
"""Gives at most so many bytes (the second) of a UTF-8 file from an offset (the first); none at its end."""


class Record(msgspec.Struct, frozen=True, gc=False):
    """One row: its bytes are those from `start` up to `end`, its line break included.

    `number` counts from the header, which is 0. Spaces and tabs around an unquoted field are not in it.
    """

    number: int
    start: int
    end: int
    fields: list[str]


class Broken(msgspec.Struct, frozen=True, gc=False):
    """A row that can't be read. `column` counts from 1; 0: it is not one column's fault."""

    number: int
    start: int
    end: int
    column: int
    reason: str


class Records:
    """Iterates over all records of a file, blank ones too, from `start` on, where record `number` begins.

    Line breaks are LF, CRLF or CR. At most ROW_BYTES and some chunks are held, however long a row is.
    """

    def __init__(self, read: Read, dialect: Dialect, start: int = 0, number: int = 0) -> None:
        self._read = read
        self._dialect = dialect
        self._number = number
        self._base = start  # the offset of the buffer's first byte
        self._at = 0  # where the next record begins in the buffer
        self._buffer = b""
        self._final = False

    def __iter__(self) -> Iterator[Record | Broken]:
        return self

    def __next__(self) -> Record | Broken:
        number, start = self._number, self._base + self._at
        row = self._row(number, start)
        self._number += 1
        if self._at != row.end - self._base:
            self._move(row.end)
        return row

    def _row(self, number: int, start: int) -> Record | Broken:
        try:
            found = self._scan()
        except BadText as bad:
            return self._bounded(Broken(number, start, self._base + bad.end, bad.column, bad.reason))
        except Unclosed:
            found = None
        if found is None:
            return self._diagnosed(number, start)
        fields, after = found
        return self._bounded(Record(number, start, self._base + after, fields))

    def _scan(self) -> tuple[list[str], int] | None:
        """Return the record at hand; None if it is too long to be held. Raises StopIteration at the end."""
        while True:
            held = len(self._buffer) - self._at
            found = self._dialect.scan(self._buffer, self._at, self._final) if held else None
            if found is not None:
                return found
            if self._final:
                raise StopIteration
            if held > ROW_BYTES:
                return None
            self._fill()

    def _fill(self) -> None:
        chunk = self._chunk(self._base + len(self._buffer))
        self._final = not chunk
        self._buffer, self._base, self._at = self._buffer[self._at :] + chunk, self._base + self._at, 0

    def _chunk(self, offset: int) -> bytes:
        return self._read(offset, CHUNK)

    def _move(self, offset: int) -> None:
        if self._base <= offset <= self._base + len(self._buffer):
            self._at = offset - self._base
        else:
            self._buffer, self._base, self._at, self._final = b"", offset, 0, False

    def _bounded(self, row: Record | Broken) -> Record | Broken:
        return row if row.end - row.start <= ROW_BYTES else self._diagnosed(row.number, row.start)

    def _diagnosed(self, number: int, start: int) -> Broken:
        return Broken(number, start, *diagnose(self._chunk, self._dialect, start))
