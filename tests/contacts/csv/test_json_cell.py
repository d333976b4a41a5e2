"""Cells of the column `custom_data`."""

import json

import pytest

from onethread.contacts.csv.json_cell import EXPECTED, BadData, read_data
from onethread_protocol.bounds import MAX_INT
from tests.contacts.csv.files import one

NUMBER = 'the value of "a" must be a number from −(2^53−1) to 2^53−1, or a finite fraction'


def test_what_a_cell_gives() -> None:
    """Scalars by their keys; null gives nothing."""
    cell = json.dumps({"a": "x", "n": -MAX_INT, "f": 0.5, "t": True, "none": None, "empty": ""})
    assert read_data(cell) == {"a": "x", "n": -MAX_INT, "f": 0.5, "t": True, "empty": ""}


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("{", EXPECTED),
        ("[" * 5_000, EXPECTED),
        ("[1]", f"{EXPECTED}, not a list"),
        ('"x"', f'{EXPECTED}, not "x"'),
        ('{"a": {"x": 1}}', 'the value of "a" must be a text, a number, true or false, not an object'),
        ('{"ok": 1, "a": [1]}', 'the value of "a" must be a text, a number, true or false, not a list'),
        ('{"": 1}', 'a key must have 1 to 64 characters, not ""'),
        (json.dumps({"k" * 65: 1}), f'a key must have 1 to 64 characters, not "{"k" * 63}…", '
         "a string of length 65"),
        (json.dumps({"a": "x" * 1_001}),
         f'the value of "a" must have at most 1,000 characters, not "{"x" * 63}…", '
         "a string of length 1,001"),
        (json.dumps({"a": MAX_INT + 1}), f"{NUMBER}, not {MAX_INT + 1}"),
        ('{"a": 1e999}', f"{NUMBER}, not inf"),
        ('{"a": "\\ud800"}',
         'the value of "a" must be a text, not a string of length 1 with a lone surrogate'),
        ('{"k": "x\\u0000"}', '`custom_data.k` has a NUL character: "x\ufffd"'),
        (json.dumps({f"k{n}": n for n in range(101)}), "`custom_data` must have at most 100 keys, not 101"),
        (json.dumps({f"k{n}": "x" * 900 for n in range(40)}),
         "`custom_data` must be at most 32768 bytes encoded, not 36273"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_cell(cell: str, reason: str) -> None:
    """It is said in the reader's terms, and the row's report names the column."""
    with pytest.raises(BadData) as caught:
        read_data(cell)
    assert str(caught.value) == reason
    assert one(["email", "custom_data"], ["a@b", cell]) == f"custom_data: {reason}"
