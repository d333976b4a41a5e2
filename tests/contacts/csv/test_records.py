"""Records of CSV files, good ones and broken ones."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.contacts.csv.diagnosis import ROW_BYTES, TOO_LONG, UNCLOSED, too_long
from onethread.contacts.csv.dialect import NOT_UTF8, NUL, Dialect
from onethread.contacts.csv.records import CHUNK, Broken, Record, Records
from tests.contacts.csv.files import broken, reader, split

BLANKS = " \t"
cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12) | st.text(
    ',;"\r\n\t x', max_size=8
)
tables = st.lists(st.lists(cells, min_size=2, max_size=5), max_size=8)
soup = st.lists(
    st.sampled_from([b",", b'"', b'""', b"\r", b"\n", b"\r\n", b"a", b" ", b"\xff", b"\0", b"\xc3\xa9"])
)


def written(table: list[list[str]], delimiter: str, end: str, quoting: int) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(table)
    return file.getvalue().encode()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@given(table=tables)
def test_quoted_as_python_writes_it(delimiter: str, end: str, table: list[list[str]]) -> None:
    """What Python's csv module writes, all quoted, is read as it was, to the last blank."""
    assert split(written(table, delimiter, end, csv.QUOTE_ALL), delimiter) == table


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@given(table=tables)
def test_as_python_reads_it(delimiter: str, end: str, table: list[list[str]]) -> None:
    """Well-formed CSV is read as Python's csv module reads it, but for blanks around fields."""
    data = written(table, delimiter, end, csv.QUOTE_MINIMAL)
    theirs = csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter)
    stripped = [[cell.strip(BLANKS) for cell in row] or [""] for row in theirs]
    ours = [[cell.strip(BLANKS) for cell in row] for row in split(data, delimiter)]
    assert ours == stripped


@given(data=soup.map(b"".join), most=st.integers(1, 9), seed=st.integers())
def test_chunks_make_no_difference(data: bytes, most: int, seed: int) -> None:
    """The same rows come out, broken ones too, however the file is cut into pieces."""
    whole = list(Records(reader(data), Dialect(",")))
    assert list(Records(reader(data, most, seed), Dialect(","))) == whole


@given(soup.map(b"".join))
def test_every_byte_is_of_one_record(data: bytes) -> None:
    """Whatever is in a file, its records are numbered and lie end to end up to the last byte."""
    records = list(Records(reader(data), Dialect(",")))
    assert [each.number for each in records] == list(range(len(records)))
    assert [each.start for each in records] == [0, *(each.end for each in records)][: len(records)]
    assert (records[-1].end if records else 0) == len(data)


@given(soup.map(b"".join), st.data())
def test_going_on_from_any_record(data: bytes, draw: st.DataObject) -> None:
    """Reading may begin at any record, and gives what follows it."""
    records = list(Records(reader(data), Dialect(",")))
    at = draw.draw(st.integers(0, len(records)))
    start = records[at].start if at < len(records) else len(data)
    assert list(Records(reader(data), Dialect(","), start, at)) == records[at:]


@given(soup.map(b"".join))
def test_a_good_row_after_anything(data: bytes) -> None:
    """A good row on a line of its own is read whatever came before it, unless a quoted field took it in."""
    records = split(data + b"\nlast,row\n")
    assert records[-1] == ["last", "row"] or any("\nlast,row\n" in cell for cell in records[-1])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
def test_the_last_line(end: str) -> None:
    """A last line is one with and without its line break."""
    assert split(f"a,b\nc,d{end}".encode()) == [["a", "b"], ["c", "d"]]


def test_quotes() -> None:
    """Delimiters, line breaks of each kind and doubled quotes in a quoted field are text."""
    assert split(b'"a,b","c\r\nd\re\nf","say ""hi"""\n') == [["a,b", "c\r\nd\re\nf", 'say "hi"']]


def test_quotes_inside_are_text() -> None:
    """A quote opens a field only as its first character; elsewhere it is a character like others."""
    assert split(b'5" nail,a "b" c\nx,y\n') == [['5" nail', 'a "b" c'], ["x", "y"]]


def test_blanks() -> None:
    """Spaces and tabs around a field are left out, unless they are quoted; none other are."""
    data = 'a , b\t," c ",\u00a0d\u00a0,\u200fe\n'.encode()
    assert split(data) == [["a", "b", " c ", "\u00a0d\u00a0", "\u200fe"]]


def test_blank_lines() -> None:
    """Blank lines are records: a row keeps the number that a spreadsheet shows for it."""
    assert split(b"a,b\n\n\r\n,\nc,d") == [["a", "b"], [""], [""], ["", ""], ["c", "d"]]


def test_unclosed_at_the_end() -> None:
    """A quote that is never closed costs its row, and no other; the column is named."""
    assert split(b'a,b\nc,"d\n') == [["a", "b"], UNCLOSED]
    assert broken(b'a,b\nc,"d\n') == [Broken(1, 4, 9, 2, UNCLOSED)]


def test_unclosed_in_the_middle() -> None:
    """The lines after one whose quote is not closed are rows, also when they have quotes themselves."""
    rest = b'e,f\n"g","h"\n"i,""j""",k\n'
    good = [["e", "f"], ["g", "h"], ['i,"j"', "k"]]
    assert split(b'a,b\nc,"d\n' + rest) == [["a", "b"], UNCLOSED, *good]


@pytest.mark.parametrize("row", [b'x,"y"z\n', b'x,"y" \n', b'x,"5" nail",z\n', b'x,"""\n'])
def test_text_behind_a_quote(row: bytes) -> None:
    """Text between a closing quote and the delimiter makes the row broken; it ends with its line."""
    assert split(b"a,b\n" + row + b"c,d\n") == [["a", "b"], UNCLOSED, ["c", "d"]]


def test_unclosed_far_from_the_end() -> None:
    """However long the file goes on behind a quote that is not closed, only its row is lost."""
    rest = b"ee,ff\r\n" * (ROW_BYTES // 2)
    records = split(b'a,b\r\nc,"d\r\n' + rest)
    assert records[:2] == [["a", "b"], UNCLOSED]
    assert records[2:] == [["ee", "ff"]] * (ROW_BYTES // 2)


def test_unclosed_behind_a_field_of_several_lines() -> None:
    """Reading goes on behind the line where the wrong quote opens, not behind the row's first."""
    assert split(b'"a\nb","c\nd,e\n') == [UNCLOSED, ["d", "e"]]


def test_what_a_long_field_holds_is_no_row() -> None:
    """Text in a field, rows of CSV among it, never becomes a row, however long the field is."""
    field = b"x,y\n" * ROW_BYTES
    assert split(b'a,b\n"' + field + b'",c\nd,e\n') == [
        ["a", "b"], too_long(len(field) + 2), ["d", "e"],
    ]  # fmt: skip


@pytest.mark.parametrize("quote", [b"", b'"'])
def test_the_longest_row(quote: bytes) -> None:
    """A row of 256 KiB, its line break included, is read, and one byte more is too long."""
    room = ROW_BYTES - len(b"c,\n") - 2 * len(quote)
    longest, longer = b"x" * room, b"x" * (room + 1)
    assert split(b"c," + quote + longest + quote + b"\n") == [["c", longest.decode()]]
    for most in (1 << 30, 4_999, 65_536):
        assert split(b"c," + quote + longer + quote + b"\nd,e\n", most=most) == [
            too_long(len(longer) + 2 * len(quote)), ["d", "e"],
        ]  # fmt: skip


@pytest.mark.parametrize("most", [1 << 30, 4_999])
def test_the_column_of_a_long_field(most: int) -> None:
    """A field that is most of what a row may be is named; a row of many fields is too long as a whole."""
    for cells in ([200_000, 1, 10_000_000], [ROW_BYTES, 1, 1], [150_000, 1, 150_001]):
        data = b",".join(b"x" * size for size in cells) + b"\nd,e,f\n"
        assert faults(data, most) == [(0, cells.index(max(cells)) + 1, too_long(max(cells)))]
    assert faults(b"x," * ROW_BYTES + b"\nd,e,f\n", most) == [(0, 0, TOO_LONG)]


def faults(data: bytes, most: int) -> list[tuple[int, int, str]]:
    """Number, column and reason of the broken records."""
    found = [each for each in Records(reader(data, most), Dialect(",")) if isinstance(each, Broken)]
    return [(each.number, each.column, each.reason) for each in found]


@pytest.mark.parametrize(
    "cell", [b"x" * 10_000_000, b'"' + b"x\n" * 5_000_000 + b'"', b'"' + b"x" * 10_000_000]
)
def test_memory(cell: bytes) -> None:
    """A field of 10 MB is passed over within the memory of a few chunks."""
    data = b"a,b\nc," + cell + b"\nd,e\n"
    view = memoryview(data)
    records = Records(lambda offset, size: bytes(view[offset : offset + size]), Dialect(","))
    tracemalloc.start()
    try:
        found = [each.fields if isinstance(each, Record) else each.number for each in records]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (found[0], found[1], found[-1]) == (["a", "b"], 1, ["d", "e"])
    assert peak < 2 * ROW_BYTES + 8 * CHUNK


@pytest.mark.parametrize("row", [b"a,\xff,c", b'a,"\xc3",c', b"a,\xed\xa0\x80,c", b'"a","\xc0\xaf","c"'])
def test_not_utf8(row: bytes) -> None:
    """A row that is not UTF-8 is broken, with the column at fault; the next one is read."""
    assert broken(b"x,y,z\n" + row + b"\nd,e,f\n") == [Broken(1, 6, 6 + len(row) + 1, 2, NOT_UTF8)]
    assert split(row + b"\nd,e,f\n")[1] == ["d", "e", "f"]


@pytest.mark.parametrize("row", [b"a,b\0,c", b'a,"b\0",c'])
def test_nul(row: bytes) -> None:
    """A row with a NUL character is broken, with the column at fault."""
    assert broken(row + b"\nd,e,f\n") == [Broken(0, 0, len(row) + 1, 2, NUL)]
