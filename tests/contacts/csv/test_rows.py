"""What a row says of a contact, and why one can't go in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.contacts.csv.rows import Draft, boolean, number
from onethread_protocol.bounds import MAX_INT
from tests.contacts.csv.files import drafts, one


def test_a_row() -> None:
    """Fields and custom_data of a row are what its cells say."""
    header, row = (
        "user_id,Full Name,E-Mail,Tel,Company,plan",
        "12345,Zoë Åström,zoe@acme.test,+46 70,Acme,pro",
    )
    fields = {"name": "Zoë Åström", "email": "zoe@acme.test", "phone": "+46 70", "company": "Acme"}
    assert drafts(f"{header}\n{row}\n") == [Draft(user_id="12345", fields=fields, texts={"plan": "pro"})]


@pytest.mark.parametrize("phone", ["+4915112345678", "0049151", "007", "1e5", "(030) 12-34", "٠١٢"])
def test_a_phone_stays_text(phone: str) -> None:
    """A phone keeps its plus, its zeros and all else."""
    assert one(["phone"], [phone]) == Draft(fields={"phone": phone})


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "\u200fשלום\u200e", "\u202eevil", "a\nb", "' or 1=1", "🙂", "NULL", "  "],
)
def test_a_name_is_text(name: str) -> None:
    """Script, right-to-left marks, line breaks and whatever else is in a name are a name."""
    assert one(["name"], [name]) == Draft(fields={"name": name})


@pytest.mark.parametrize("value", ["5", "007", "1.50", "true", "NULL", "2024-01-01", "1e5"])
def test_a_value_stays_text(value: str) -> None:
    """What looks like a number, a boolean or a date in a column of custom_data is text."""
    assert one(["email", "plan"], ["a@b", value]) == Draft(fields={"email": "a@b"}, texts={"plan": value})


def test_columns_with_a_kind() -> None:
    """A column that is said to hold numbers or booleans gives them."""
    header = ["email", "custom.a:number", "custom.b:number", "custom.c:boolean", "custom_data"]
    assert one(header, ["a@b", "-5", "1.5e3", "TRUE", '{"d":"x","e":2,"f":null}']) == Draft(
        fields={"email": "a@b"}, data={"a": -5, "b": 1500.0, "c": True, "d": "x", "e": 2}
    )


def test_an_empty_cell_says_nothing() -> None:
    """Nor does one with blanks only, unless they are quoted."""
    assert drafts('name,email,phone,plan\nAnn, ,"",\n') == [Draft(fields={"name": "Ann"})]


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        (["Ann", "Lee", ""], "Ann Lee"),
        (["Ann", "", ""], "Ann"),
        (["", "Lee", ""], "Lee"),
        (["Ann", "Lee", "A. Lee"], "A. Lee"),
    ],
)
def test_names_in_parts(cells: list[str], name: str) -> None:
    """First and last name make the name; a whole name counts before them."""
    assert one(["First Name", "Surname", "Name"], cells) == Draft(fields={"name": name})


def test_names_that_are_too_long_together() -> None:
    """Each part fits, both together don't: nothing is cut."""
    assert one(["first name", "last name"], ["a" * 200, "b" * 200]) == (
        f'name: name must have at most 255 characters, not "{"a" * 63}…", a string of length 401'
    )


def test_blank_rows_are_none() -> None:
    """A line with nothing on it, and one of delimiters only, is no row."""
    assert drafts("name,email\n\n , \n,\n\t\n") == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Ann", ": the row has 1 column, the header has 3"),
        ("Ann,a@b", ": the row has 2 columns, the header has 3"),
        ("Ann,a@b,pro,x", ": the row has 4 columns, the header has 3"),
        (",,pro", ": the row has no user_id, name, email, phone or company"),
        ('Ann,"a@b,pro', "2: a quote opens here and is not closed, or text follows where it is"),
        ("Ann,a\0,pro", "2: has a NUL character"),
        (f"{'x' * 256},a@b,pro", f'name: name must have at most 255 characters, not "{"x" * 63}…", '
         "a string of length 256"),
        (f"Ann,{'x' * 321},pro", f'E-mail: email must have at most 320 characters, not "{"x" * 63}…", '
         "a string of length 321"),
        (f"Ann,a@b,{'x' * 1001}", f'plan: a value must have at most 1,000 characters, not "{"x" * 63}…", '
         "a string of length 1,001"),
    ],
)  # fmt: skip
def test_rows_that_are_skipped(row: str, reason: str) -> None:
    """A row that can't go in says which column is at fault, and how; those around it go in whole."""
    before, after = Draft(fields={"name": "before"}), Draft(fields={"name": "after"})
    assert drafts(f"name,E-mail,plan\nbefore,,\n{row}\nafter,,\n") == [before, reason, after]


@pytest.mark.parametrize(
    ("header", "cells", "reason"),
    [
        (["email", "custom.n:number"], ["a@b", "1,5"], 'custom.n:number: "1,5" is not a number'),
        (["email", "custom.n:number"], ["a@b", str(MAX_INT + 1)],
         f'custom.n:number: "{MAX_INT + 1}" is not a number'),
        (["email", "custom.n:boolean"], ["a@b", "yes"], 'custom.n:boolean: "yes" is not true or false'),
        (["email", "security_hash"], ["a@b", "s3cret"], "security_hash: a security_hash needs a user_id"),
        (["user_id", "security_hash"], ["1", "s" * 256],
         "security_hash: security_hash must have at most 255 characters, not a string of length 256"),
        (["user_id"], ["1" * 256], f'user_id: user_id must have at most 255 characters, not "{"1" * 63}…", '
         "a string of length 256"),
        (["email", ""], ["a@b", "x"], ': "x" is in a column without a name'),
    ],
)  # fmt: skip
def test_values_that_are_refused(header: list[str], cells: list[str], reason: str) -> None:
    """A value outside its column's kind or limits is refused, quoted unless it is a secret."""
    assert one(header, cells) == reason


def test_empty_columns_beyond_the_header() -> None:
    """Delimiters at a line's end do no harm, nor do columns without a name and without values."""
    assert drafts("name,,\nAnn,,,,\n") == [Draft(fields={"name": "Ann"})]


@given(st.integers(-MAX_INT, MAX_INT) | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers(value: float) -> None:
    """Every number of the wire, as Python writes it, is that number, an integer or not."""
    read = number(repr(value))
    assert read == value
    assert type(read) is type(value)


NO_NUMBERS = ["", "01", "+1", "1.", ".5", "0x1", "1_000", "nan", "inf", "1e999", " 1", "１", "1\n"]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_no_numbers(text: str) -> None:
    """What JSON would not take for a number is none, nor what is not finite."""
    assert number(text) is None


def test_booleans() -> None:
    """True and false are booleans in any case, as spreadsheets write them; nothing else is."""
    assert [boolean(text) for text in ("true", "FALSE", "True")] == [True, False, True]
    assert [boolean(text) for text in ("1", "yes", "")] == [None, None, None]


def test_a_repr_tells_nothing() -> None:
    """A draft has no person and no secret in its repr."""
    assert repr(Draft(user_id="1", security_hash="s3cret")) == "Draft()"
