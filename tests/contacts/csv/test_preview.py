"""The first rows of a file and its columns, of a whole file or of its beginning."""

import codecs

import pytest

from onethread.contacts.csv.columns import HeaderError
from onethread.contacts.csv.preview import LOOKED_AT, ROWS, preview

FILE = 'E-mail;Plan\r\n"dana@example.com";"gold;\r\nsince 2020"\r\n\r\nlee@example.com;iron\r\n'
READ = [(1, ["dana@example.com", "gold;\r\nsince 2020"]), (3, ["lee@example.com", "iron"])]


def rows(data: bytes, *, part: bool = False) -> list[tuple[int, list[str]]]:
    return [(row.number, row.fields) for row in preview(data, part=part).rows]


@pytest.mark.parametrize(
    "data",
    [
        FILE.encode(),
        codecs.BOM_UTF8 + FILE.encode(),
        codecs.BOM_UTF16_LE + FILE.encode("utf-16-le"),
        FILE.encode("utf-16-be"),
        b"sep=;\r\n" + FILE.encode(),
    ],
    ids=["UTF-8", "marked", "UTF-16", "UTF-16 unmarked", "sep="],
)
def test_files_are_read_as_an_import_reads_them(data: bytes) -> None:
    """Delimiter, columns and rows are those of the import, in any encoding."""
    found = preview(data, part=False)
    assert found.table.delimiter == ";"
    assert [column.means for column in found.table.columns] == ["email", "custom.Plan"]
    assert rows(data) == READ


def test_only_the_first_rows_are_shown() -> None:
    """However many there are; blank ones and those that can't be read don't count."""
    data = b'email\n\n"x"y\n' + b"".join(b"a%d@b.c\n" % number for number in range(100))
    assert [number for number, _ in rows(data)] == [3, 4, 5, 6, 7]
    assert len(rows(data)) == ROWS


def test_a_file_of_rows_that_cannot_be_read_is_given_up() -> None:
    """A preview is soon there, whatever the file is."""
    read = b"email\n" + b'"x"y\n' * (LOOKED_AT - 1) + b"a@b.c\n"
    assert rows(read) == [(LOOKED_AT, ["a@b.c"])]
    assert rows(read.replace(b"\n", b'\n"x"y\n', 1)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_beginning_shows_no_row_by_half(encoding: str) -> None:
    """Wherever it is cut, the rows of a beginning are rows of the whole file."""
    data = FILE.encode(encoding)
    header = len(FILE.partition("\n")[0].encode(encoding)) + len("\n".encode(encoding))
    for end in range(header + 1, len(data)):
        shown = rows(data[:end], part=True)
        assert shown == READ[: len(shown)]
    assert rows(FILE.rstrip().encode(encoding)) == READ
    assert rows(data, part=True) == READ[:1]


def test_a_beginning_that_ends_in_the_header_is_refused() -> None:
    """Half a header says nothing of the columns."""
    with pytest.raises(HeaderError, match=r"the first 10 bytes of the file end in it"):
        preview(b"email,name", part=True)
    assert preview(b"email,name", part=False).rows == []


@pytest.mark.parametrize("data", [b"", b"\n\n", b"plan,seats\n", b'"email\n'])
def test_files_that_could_not_be_imported_are_refused(data: bytes) -> None:
    """As an import refuses them."""
    with pytest.raises(HeaderError):
        preview(data, part=False)
