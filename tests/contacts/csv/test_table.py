"""The first lines of a file: its delimiter, and what its columns are."""

import pytest

from onethread.contacts.csv.columns import STAND_INS, SYNONYMS, Column, HeaderError
from onethread.contacts.csv.table import open_table
from tests.contacts.csv.files import drafts, opened, reader

SPELLED = [(field, name) for field, names in SYNONYMS.items() for name in names]


def fields(header: str) -> list[str]:
    return [column.means for column in opened(f"{header}\n").columns]


@pytest.mark.parametrize(("field", "name"), SPELLED, ids=[name for _, name in SPELLED])
def test_synonyms(field: str, name: str) -> None:
    """A field's column goes by the usual names, in any case, with blanks, hyphens, underscores or dots."""
    beside = "name" if field == "email" else "email"
    for spelling in (
        name,
        name.upper(),
        *(name.replace("_", between).title() for between in ("", " ", "-", ".")),
    ):
        assert fields(f"{beside},{spelling}")[1] == field


@pytest.mark.parametrize("name", ["E-mail", "E-Mail Address", "EMAIL", "mail", "e_mail", '" e-mail "'])
def test_email(name: str) -> None:
    """E-mail has more spellings than other fields."""
    assert fields(f"name,{name}")[1] == "email"


def test_other_columns_are_custom_data() -> None:
    """A column that is no field is custom_data under its name, spelled as in the header."""
    assert fields("email,Plan,last seen,Имя") == [
        "email",
        "custom.Plan",
        "custom.last seen",
        "custom.Имя",
    ]


@pytest.mark.parametrize("name", STAND_INS["phone"])
def test_a_mobile_is_the_phone_if_there_is_no_other(name: str) -> None:
    """A mobile's number is the phone; beside a phone, or beside another mobile's, it is custom_data."""
    assert fields(f"name,{name}") == ["name", "phone"]
    assert fields(f"name,{name},phone") == ["name", f"custom.{name}", "phone"]
    assert fields("name,mobile,cell") == ["name", "custom.mobile", "custom.cell"]


def test_custom_columns_by_prefix() -> None:
    """The prefix makes any name a key, names of fields too; behind it a kind may be given."""
    header = "email,custom.email,custom.seats:number,custom.vip:boolean,custom.a:text,custom.b:c,seats:number"
    assert opened(f"{header}\n").columns[1:] == (
        Column("custom.email", key="email"),
        Column("custom.seats:number", key="seats", kind="number"),
        Column("custom.vip:boolean", key="vip", kind="boolean"),
        Column("custom.a:text", key="a"),
        Column("custom.b:c", key="b:c"),
        Column("seats:number", key="seats:number"),
    )


def test_keys_that_differ_in_case() -> None:
    """Written as keys they are two, as an export has them."""
    found = opened("email,custom.plan,custom.Plan,Seats,custom.seats\n").columns
    assert [column.key for column in found] == ["", "plan", "Plan", "Seats", "seats"]


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("email,name,E-Mail", ['columns 1 "email" and 3 "E-Mail" are both email']),
        ("user_id,Customer ID", ['columns 1 "user_id" and 2 "Customer ID" are both user_id']),
        ("email,plan,plan", ['columns 2 "plan" and 3 "plan" are both custom.plan']),
        ("Name,email,NAME", ['columns 1 "Name" and 3 "NAME" are both name']),
        ("email,Plan,plan", ['columns 2 "Plan" and 3 "plan" differ only in case', "custom."]),
        ("email,plan,custom.plan", ['columns 2 "plan" and 3 "custom.plan" are both custom.plan']),
        ("email,custom_data,custom_data", ["columns 2", "and 3", "are both custom_data"]),
        ("color,size", ['none of the columns "color", "size" is user_id, name']),
        ("Ann,ann@example.com,123", ['none of the columns "Ann"']),
        (f"email,{'x' * 65}", ["1 to 64 characters", "has 65"]),
        ("email,custom.", ['"custom." has 0']),
        ('email,"na', ["the header can't be read", "quote", "(column 2)"]),
        ("email,na\0me", ["the header can't be read", "NUL", "(column 2)"]),
        ("", ["it is empty"]),
        ("\n ,\n\n", ["it is empty"]),
    ],
)
def test_headers_that_are_refused(header: str, named: list[str]) -> None:
    """A header that can't be used is refused, and the columns at fault are named with their places."""
    with pytest.raises(HeaderError) as refused:
        opened(header)
    assert [words for words in named if words not in str(refused.value)] == []


def test_a_header_that_is_not_utf8() -> None:
    """A file in an old encoding is refused at its header, if that has such a character."""
    with pytest.raises(HeaderError, match=r"UTF-8.*column 2"):
        open_table(reader("email,prénom\n".encode("latin-1")))


def test_the_same_key_of_two_kinds() -> None:
    """One key may have a column for each kind of value."""
    assert fields("email,custom.a,custom.a:number") == ["email", "custom.a", "custom.a"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters(delimiter: str, end: str) -> None:
    """Comma, semicolon, tab and bar are known by the header, whatever the names hold of the others."""
    header = delimiter.join(["email", '"a,b;c|d\te"', "name"])
    table = opened(f"{header}{end}x{end}")
    assert table.delimiter == delimiter
    assert [column.means for column in table.columns] == ["email", "custom.a,b;c|d\te", "name"]


def test_one_column() -> None:
    """A file of one column needs no delimiter."""
    assert [row.user_id for row in drafts("user_id\n1\n2\n") if not isinstance(row, str)] == ["1", "2"]


@pytest.mark.parametrize("line", ["sep=;\r\n", "SEP=;\n", '"sep=;"\r'])
def test_a_line_that_names_the_delimiter(line: str) -> None:
    """The line by which spreadsheets name the delimiter decides, and is no row."""
    table = opened(f"{line}email;a,b,c,d,e\r\nx;y\r\n")
    assert [column.means for column in table.columns] == ["email", "custom.a,b,c,d,e"]
    assert [row.user_id for row in drafts(f"{line}email;user_id\n\nx;7") if not isinstance(row, str)] == ["7"]


def test_a_colon_may_be_named() -> None:
    """Any sign may be the delimiter, if the file says so."""
    assert opened("sep=^\nname^email\n").delimiter == "^"


def test_blank_lines_before_the_header() -> None:
    """The header is the first line that says something."""
    assert fields("\n,,\nemail,name") == ["email", "name"]
