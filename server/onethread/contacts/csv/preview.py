"""The first rows of a file and what its columns are: what a person looks at before an import. Pure."""

from itertools import islice
from typing import Final

import msgspec

from onethread.contacts.csv.columns import HeaderError
from onethread.contacts.csv.encoding import Transcoder
from onethread.contacts.csv.records import Broken, Record
from onethread.contacts.csv.table import Table, open_table

ROWS: Final = 5
LOOKED_AT: Final = 50
"""Rows among which those are found; each that can't be read costs a look at all that follows it."""


class Preview(msgspec.Struct, frozen=True):
    """A file's header, and the first of its rows that are not blank and can be read, as they are."""

    table: Table
    rows: list[Record]


def preview(data: bytes, *, part: bool) -> Preview:
    """Return what the file begins with. HeaderError: its header can't be read or used.

    `part`: the data are only its beginning. What reaches their end may go on behind it, so it is left out.
    """
    transcoder = Transcoder()
    text = transcoder.feed(data) + transcoder.finish()

    def read(offset: int, size: int) -> bytes:
        return text[offset : offset + size]

    table = open_table(read)
    if part and table.start >= len(text):
        raise HeaderError(f"the header can't be read: the first {len(data):,} bytes of the file end in it")
    rows: list[Record] = []
    for row in islice(table.rows(read), LOOKED_AT):
        # Whether a quote is ever closed shows further on.
        if part and (isinstance(row, Broken) or row.end >= len(text)):
            break
        if isinstance(row, Record) and any(row.fields):
            rows.append(row)
        if len(rows) == ROWS:
            break
    return Preview(table, rows)
