"""A CSV file in any encoding that spreadsheets save becomes UTF-8, chunk by chunk."""

import codecs
from typing import Final

SAMPLE: Final = 1_024
"""Bytes by which UTF-16 without a mark is known; a header is about a tenth of it."""

_UTF8: Final = codecs.BOM_UTF8
_BROKEN: Final = b"\xff"  # never part of UTF-8
_BOMS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class Transcoder:
    """Give it the file in chunks of any size; what it returns, joined, is the file in UTF-8 without a mark.

    UTF-8 goes through as it is, with whatever is broken in it. UTF-16 is known by its byte order mark, or by
    every other byte of the beginning being zero; what is broken in it comes out as broken UTF-8, so that
    only the row that has it is lost.
    """

    def __init__(self) -> None:
        self._head: bytes | None = b""
        self._decoder: codecs.IncrementalDecoder | None = None

    def feed(self, chunk: bytes) -> bytes:
        """Return what has become certain with these bytes; the first 1 KiB is held back."""
        if self._head is None:
            return self._through(chunk)
        self._head += chunk
        return self._begin() if len(self._head) >= SAMPLE else b""

    def finish(self) -> bytes:
        """Return the rest; to be called once, after the last chunk."""
        rest = self._begin() if self._head is not None else b""
        if self._decoder is None:
            return rest
        try:
            self._decoder.decode(b"", final=True)
        except UnicodeDecodeError:  # half a character
            return rest + _BROKEN
        return rest

    def _begin(self) -> bytes:
        head, self._head = self._head or b"", None
        encoding = _BOMS.get(head[:2]) or _unmarked(head)
        if encoding is not None:
            self._decoder = codecs.getincrementaldecoder(encoding)(errors="surrogatepass")
            return self._through(head[2:] if head[:2] in _BOMS else head)
        return head.removeprefix(_UTF8)

    def _through(self, chunk: bytes) -> bytes:
        if self._decoder is None:
            return chunk
        # A lone surrogate has no UTF-8: it comes out as bytes that no reader of UTF-8 accepts.
        return self._decoder.decode(chunk).encode("utf-8", "surrogatepass")


def _unmarked(head: bytes) -> str | None:
    """Tell UTF-16 by its zeros: ASCII has one in each character, always on the same side.

    A third of the characters is enough; a header of another script has its delimiters and line break.
    """
    sample = head[: SAMPLE // 2 * 2]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < max(len(sample) // 6, 1) or min(even, odd) * 8 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"
