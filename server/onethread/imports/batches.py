"""Takes the rows of a file some at a time."""

from typing import NamedTuple, TypeAlias

from onethread.contacts.csv.records import Broken, Read, Record
from onethread.contacts.csv.report import Skipped
from onethread.contacts.csv.rows import Draft, Skip, draft
from onethread.contacts.csv.table import Table
from onethread_protocol.wording import shown

Said: TypeAlias = Draft | Skipped | None
"""What a row says of a contact; why it does not go in; or that it is blank."""


class Row(NamedTuple):
    """A row with its number, and the offset of the next one."""

    number: int
    end: int
    said: Said


class Batches:
    """Reads a file from a row on. No batch has two rows about the same key, so its rows have no order."""

    def __init__(self, table: Table, read: Read, start: int, number: int) -> None:
        self._table = table
        self._records = table.rows(read, start, number)
        self._next: Row | None = None

    def take(self, most: int) -> list[Row]:
        """Return the next rows, at most so many; none at the end. Reads and parses, so it takes its time."""
        batch: list[Row] = []
        keys: set[tuple[str, str]] = set()
        while len(batch) < most:
            row = self._next or self._row()
            self._next = None
            if row is None:
                break
            key = _key(row.said)
            if key in keys:
                self._next = row
                break
            if key is not None:
                keys.add(key)
            batch.append(row)
        return batch

    def _row(self) -> Row | None:
        record = next(self._records, None)
        if record is None:
            return None
        return Row(record.number, record.end, self._said(record))

    def _said(self, record: Record | Broken) -> Said:
        if isinstance(record, Broken):
            return Skipped(record.number, self._column(record.column), record.reason)
        try:
            return draft(self._table.columns, record.fields)
        except Skip as skip:
            return Skipped(record.number, shown(skip.column), skip.reason)

    def _column(self, column: int) -> str:
        columns = self._table.columns
        return shown(columns[column - 1].name) if 0 < column <= len(columns) else ""


def _key(said: Said) -> tuple[str, str] | None:
    if not isinstance(said, Draft) or not (said.user_id or said.import_key):
        return None
    return ("user_id", said.user_id) if said.user_id else ("import_key", said.import_key)
