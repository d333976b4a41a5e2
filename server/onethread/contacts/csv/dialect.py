"""One record of a CSV file in a buffer: where it ends, and what its fields are (RFC 4180)."""

import re
from typing import Final

BLANKS: Final = " \t"
_BLANKS: Final = BLANKS.encode()
_LINE_BREAK: Final = re.compile(rb"[\r\n]")
# Possessive: what is between quotes is looked at once, and half of a doubled quote never taken for the last.
_QUOTED: Final = re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"')

NOT_UTF8: Final = "is not UTF-8 text"
NUL: Final = "has a NUL character"


class Unclosed(Exception):
    """A quoted field is followed by something that is neither delimiter, line break nor the end."""


class BadText(Exception):
    """A field is no text. `column` counts from 1; `end` is where the record ends."""

    def __init__(self, column: int, reason: str, end: int) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason
        self.end = end


class Dialect:
    """How fields are told apart: by one ASCII character. `to_field_end` matches an unquoted field."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.byte = delimiter.encode("ascii")
        self.to_field_end = re.compile(rb"[^\r\n" + re.escape(self.byte) + rb"]*+")

    def scan(self, buffer: bytes, at: int, final: bool) -> tuple[list[str], int] | None:
        """Return the fields of the record at `at` and where the next begins; None: it isn't whole yet.

        `final`: nothing comes after this buffer. Spaces and tabs around an unquoted field are left out.
        Raises Unclosed, BadText.
        """
        found = _LINE_BREAK.search(buffer, at)
        end = found.start() if found else len(buffer)
        if buffer.find(b'"', at, end) >= 0:
            return self._scan_quoted(buffer, at, final)
        after = _after(buffer, end, final)
        if after is None:
            return None
        line = buffer[at:end]
        try:
            text = line.decode()
        except UnicodeDecodeError:
            return self._texts(line.split(self.byte), after), after
        if "\0" in text:
            return self._texts(line.split(self.byte), after), after
        return [field.strip(BLANKS) for field in text.split(self.delimiter)], after

    def _scan_quoted(self, buffer: bytes, at: int, final: bool) -> tuple[list[str], int] | None:
        parts: list[bytes] = []
        while True:
            if buffer[at : at + 1] == b'"':
                quoted = _QUOTED.match(buffer, at)
                if quoted is None and final:
                    raise Unclosed
                if quoted is None:
                    return None
                parts.append(quoted[1].replace(b'""', b'"'))
                end = quoted.end()
            else:
                field = self.to_field_end.match(buffer, at)
                end = field.end() if field else at
                parts.append(buffer[at:end].strip(_BLANKS))
            if buffer[end : end + 1] == self.byte:
                at = end + 1
                continue
            after = _after(buffer, end, final)
            if after is None:
                return None
            if after == end < len(buffer):
                raise Unclosed
            return self._texts(parts, after), after

    @staticmethod
    def _texts(parts: list[bytes], after: int) -> list[str]:
        texts = []
        for column, part in enumerate(parts, 1):
            try:
                text = part.decode()
            except UnicodeDecodeError:
                raise BadText(column, NOT_UTF8, after) from None
            if "\0" in text:
                raise BadText(column, NUL, after)
            texts.append(text)
        return texts


def _after(buffer: bytes, end: int, final: bool) -> int | None:
    """Return the place after the line break at `end`, `end` itself if there is none; None: not sure yet."""
    mark = buffer[end : end + 2]
    if mark == b"\r\n":
        return end + 2
    if not final and mark in (b"", b"\r"):
        return None
    return end + 1 if mark[:1] in (b"\r", b"\n") else end
