"""Files in every encoding that spreadsheets save."""

import codecs
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.contacts.csv.encoding import Transcoder

ENCODINGS = {
    "UTF-8": (b"", "utf-8"),
    "UTF-8 with a mark": (codecs.BOM_UTF8, "utf-8"),
    "UTF-16 LE": (codecs.BOM_UTF16_LE, "utf-16-le"),
    "UTF-16 BE": (codecs.BOM_UTF16_BE, "utf-16-be"),
    "UTF-16 LE without a mark": (b"", "utf-16-le"),
    "UTF-16 BE without a mark": (b"", "utf-16-be"),
}
HEADER = "name,email\n" * 30


def transcode(data: bytes, cuts: list[int] | None = None) -> bytes:
    transcoder = Transcoder()
    edges = [0, *sorted(cut for cut in cuts or [] if cut < len(data)), len(data)]
    chunks = [data[a:b] for a, b in itertools.pairwise(edges)]
    return b"".join([*map(transcoder.feed, chunks), transcoder.finish()])


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")),
    cuts=st.lists(st.integers(0, 100)),
)
def test_every_encoding(encoding: str, text: str, cuts: list[int]) -> None:
    """A file comes out as UTF-8 without a mark, however it was encoded and cut into chunks."""
    mark, name = ENCODINGS[encoding]
    plain = HEADER + text
    assert transcode(mark + plain.encode(name), cuts).decode() == plain


@given(st.binary(), st.lists(st.integers(0, 3000)))
def test_broken_utf8_goes_through(data: bytes, cuts: list[int]) -> None:
    """What is broken in UTF-8 stays as it is: the row that has it will tell."""
    assert transcode(HEADER.encode() + data, cuts) == HEADER.encode() + data


def test_long_files() -> None:
    """What comes after the sample goes through the same way."""
    plain = HEADER + "Zoë,zoe@example.com\n" * 500
    for mark, name in ENCODINGS.values():
        assert transcode(mark + plain.encode(name), [1, 1023, 1025, 4000]).decode() == plain


@pytest.mark.parametrize(("mark", "name"), [ENCODINGS["UTF-16 LE"], ENCODINGS["UTF-16 BE"]])
def test_broken_utf16(mark: bytes, name: str) -> None:
    """Half a pair and half a character come out as broken UTF-8, and nothing around them is lost."""
    good, half = "a,b\n".encode(name), "\ud83d".encode(name, "surrogatepass")
    found = transcode(mark + good + half + good + b"x")
    first, broken, rest = found.split(b"\n")[0], found.split(b"\n")[1], found.split(b"\n")[2]
    assert first == b"a,b"
    assert broken.endswith(b"a,b")
    for damaged in (broken, rest):
        with pytest.raises(UnicodeDecodeError):
            damaged.decode()


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"a", b"\0", b"\xff"])
def test_short_files(data: bytes) -> None:
    """A file shorter than any mark is no trouble."""
    expected = b"" if data in (b"\xef\xbb\xbf", b"\xff\xfe") else data
    assert transcode(data) in (expected, b"\xff")


def test_zeros_are_not_utf16() -> None:
    """Some NUL bytes in UTF-8 don't make it UTF-16."""
    data = b"name,email\nA\0,a@example.com\n" * 3
    assert transcode(data) == data
