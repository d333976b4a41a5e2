"""What an import did, counted truly: every row is in exactly one of the four counts."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from onethread.contacts.csv.export import line
from onethread.contacts.csv.formulas import guard

ERRORS_HEADER: Final = line(("row", "column", "reason"))


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Rows by what became of them. `unkeyed` of the imported ones had neither user_id nor import_key."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    unkeyed: int = 0

    @property
    def rows(self) -> int:
        """Rows that are not blank."""
        return self.imported + self.updated + self.unchanged + self.skipped

    def told(self) -> dict[str, int]:
        """Return the rows, and what became of them, by the names that a report has."""
        names = ("imported", "updated", "unchanged", "skipped")
        return {"rows": self.rows, **{name: getattr(self, name) for name in names}}

    def plus(self, more: Mapping[str, int]) -> "Counts":
        """Return these counts and some more, by their names."""
        names = self.__struct_fields__
        return Counts(**{name: getattr(self, name) + more.get(name, 0) for name in names})


class Skipped(msgspec.Struct, frozen=True, gc=False):
    """A row that did not go in. `row` 1 is the first after the header; `column` is a name in the header."""

    row: int
    column: str
    reason: str


def errors_csv(skipped: Iterable[Skipped]) -> bytes:
    """Return a line of CSV for each."""
    return b"".join(line((str(each.row), guard(each.column), guard(each.reason))) for each in skipped)


def warnings(counts: Counts) -> list[str]:
    """Return what the one who imported has to know beside the counts."""
    if not counts.unkeyed:
        return []
    rows = "1 row has" if counts.unkeyed == 1 else f"{counts.unkeyed:,} rows have"
    return [
        f"{rows} neither a user_id nor an import_key: importing the file again would create "
        f"{'its contact' if counts.unkeyed == 1 else 'their contacts'} a second time."
    ]


def summary(counts: Counts, *, dry_run: bool) -> str:
    """Return the counts in a sentence."""
    rows = f"{counts.rows:,} row{'' if counts.rows == 1 else 's'}"
    done = f"{counts.updated:,} updated, {counts.unchanged:,} unchanged, {counts.skipped:,} skipped"
    if dry_run:
        return f"dry run, nothing was written: of {rows} {counts.imported:,} would be imported, {done}"
    return f"{rows}: {counts.imported:,} imported, {done}"


def told(skipped: Skipped) -> str:
    """Return why a row was skipped, in a line."""
    where = f"row {skipped.row:,}" + (f", {skipped.column}" if skipped.column else "")
    return f"{where}: {skipped.reason}"
