"""CSV files in memory, and what is read of them."""

import random
from collections.abc import Sequence

from onethread.contacts.csv.dialect import Dialect
from onethread.contacts.csv.records import Broken, Read, Record, Records
from onethread.contacts.csv.rows import Draft, Skip, draft
from onethread.contacts.csv.table import Table, open_table


def reader(data: bytes, most: int = 1 << 30, seed: int | None = None) -> Read:
    """Give the data in pieces of at most `most` bytes; with a seed, of random sizes up to it."""
    sizes = random.Random(seed)

    def read(offset: int, size: int) -> bytes:
        piece = most if seed is None else sizes.randint(1, most)
        return data[offset : offset + min(size, piece)]

    return read


def split(data: bytes, delimiter: str = ",", **pieces: int) -> list[list[str] | str]:
    """The fields of each record, or why it has none."""
    records = Records(reader(data, **pieces), Dialect(delimiter))
    return [each.fields if isinstance(each, Record) else each.reason for each in records]


def broken(data: bytes) -> list[Broken]:
    """The records that can't be read."""
    return [each for each in Records(reader(data), Dialect(",")) if isinstance(each, Broken)]


def opened(text: str) -> Table:
    """The table of a file."""
    return open_table(reader(text.encode()))


def drafts(text: str) -> list[Draft | str]:
    """What each row of a file says, or the column and reason for which it can't go in; no blank rows."""
    table = opened(text)
    found = [_draft(table, each) for each in table.rows(reader(text.encode()))]
    return [each for each in found if each is not None]


def one(header: Sequence[str], cells: Sequence[str]) -> Draft | str | None:
    """What a single row says; cells are quoted where they have to be."""
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (header, cells)]
    return next(iter(drafts("\n".join(lines))), None)


def _draft(table: Table, row: Record | Broken) -> Draft | str | None:
    if isinstance(row, Broken):
        return f"{row.column}: {row.reason}"
    try:
        return draft(table.columns, row.fields)
    except Skip as skip:
        return f"{skip.column}: {skip.reason}"
