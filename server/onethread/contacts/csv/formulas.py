"""Texts that a spreadsheet would take for formulas, and back.

A cell that begins with one of these characters is run when the file is opened ("CSV injection", OWASP), with
the rights of whoever opens it; what customers write about themselves must not be. An apostrophe before it
makes it text for every spreadsheet. The import takes one such apostrophe off again, so that nothing changes
by export and import; a text that begins so by itself gets one more.
"""

import re
from typing import Final

TRIGGERS: Final = "=+-@\t\r\n＝＋－＠"
_DANGEROUS: Final = re.compile(f"'*[{re.escape(TRIGGERS)}]")
_GUARDED: Final = re.compile(f"'+[{re.escape(TRIGGERS)}]")


def guard(text: str) -> str:
    """Return the text as no spreadsheet runs it."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unguard(text: str) -> str:
    """Return the text that `guard` was given; any other as it is."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text
