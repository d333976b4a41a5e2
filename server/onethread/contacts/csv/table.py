"""How a CSV file is to be read: its delimiter and its columns, found in its first lines."""

import re
from typing import Final

import msgspec

from onethread.contacts.csv.columns import Column, HeaderError, columns, fields_known
from onethread.contacts.csv.dialect import Dialect
from onethread.contacts.csv.records import Broken, Read, Record, Records

DELIMITERS: Final = (",", ";", "\t", "|")
_SEP: Final = re.compile(rb'"?sep=([^\w"\r\n\x80-\xff])"?(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_LINE: Final = 16
"""Bytes that hold the line `sep=;`, by which spreadsheets name the delimiter."""


class Table(msgspec.Struct, frozen=True):
    """A file with a header. Its rows begin at the byte `start`, with number 1."""

    delimiter: str
    columns: tuple[Column, ...]
    start: int

    def rows(self, read: Read, start: int = 0, number: int = 1) -> Records:
        """Return the rows of the file that `read` gives; from a later one, if where it begins is given."""
        return Records(read, Dialect(self.delimiter), start or self.start, number)


def open_table(read: Read) -> Table:
    """Read the header. HeaderError: the file is empty, or its header can't be read or used.

    The delimiter is the one that a line `sep=;` names, else the one by which most of the columns have names
    of fields, else by which there are most of them.
    """
    named = _SEP.match(read(0, _LINE))
    start = named.end() if named else 0
    candidates = [named[1].decode()] if named else DELIMITERS
    headers = [(delimiter, _header(read, delimiter, start)) for delimiter in candidates]
    readable = [(delimiter, header) for delimiter, header in headers if isinstance(header, Record)]
    delimiter, header = max(readable, key=lambda each: _score(each[1]), default=("", None))
    broken = next((header for _, header in headers if isinstance(header, Broken)), None)
    if header is None or (broken is not None and not fields_known(header.fields)):
        raise HeaderError(_unreadable(broken))
    return Table(delimiter, columns(header.fields), header.end)


def _header(read: Read, delimiter: str, start: int) -> Record | Broken:
    """Return the first record that is not blank."""
    for record in Records(read, Dialect(delimiter), start):
        if isinstance(record, Broken) or any(record.fields):
            return record
    raise HeaderError("the file has no header: it is empty")


def _score(header: Record) -> tuple[int, int]:
    return fields_known(header.fields), len(header.fields)


def _unreadable(broken: Broken | None) -> str:
    where = f" (column {broken.column})" if broken and broken.column else ""
    return f"the header can't be read: {broken.reason if broken else ''}{where}"
