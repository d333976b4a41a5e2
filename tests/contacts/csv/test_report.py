"""What an import reports."""

import csv
import io

from onethread.contacts.csv.report import ERRORS_HEADER, Counts, Skipped, errors_csv, warnings


def test_counts() -> None:
    """Rows are the sum of what became of them."""
    counts = Counts(skipped=2).plus({"imported": 2, "updated": 1}).plus({"unchanged": 1, "unkeyed": 1})
    assert counts == Counts(imported=2, updated=1, unchanged=1, skipped=2, unkeyed=1)
    assert counts.rows == 6


def test_errors_as_csv() -> None:
    """Each skipped row is a line; what it quotes can't run in a spreadsheet."""
    skipped = [Skipped(1, "E-mail", 'too long: "x"'), Skipped(1_000_000, "=cmd", "@x\ny")]
    lines = list(csv.reader(io.StringIO((ERRORS_HEADER + errors_csv(skipped)).decode(), newline="")))
    assert lines == [
        ["row", "column", "reason"],
        ["1", "E-mail", 'too long: "x"'],
        ["1000000", "'=cmd", "'@x\ny"],
    ]


def test_the_warning_of_doubles() -> None:
    """Rows without a key are warned of, with their number; others are not."""
    assert warnings(Counts(imported=5)) == []
    assert "1 row has neither a user_id nor an import_key" in warnings(Counts(imported=5, unkeyed=1))[0]
    assert "1,200 rows have neither" in warnings(Counts(imported=2_000, unkeyed=1_200))[0]
