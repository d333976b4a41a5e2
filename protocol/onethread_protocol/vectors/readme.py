"""What of protocol/README.md is written by the command: the examples, and the tables of codes.

A line `<!-- example: customer send -->` names a union and an example; the fenced block after it is the frame.
A line `<!-- table: errors -->` or `<!-- table: closes -->` stands before the table of codes.py.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from onethread_protocol.codes import ANY_OTHER, CLOSES, ERRORS
from onethread_protocol.vectors.derive import whole
from onethread_protocol.vectors.files import EXAMPLES

WIDTH = 100
_TABLE = re.compile(r"<!-- table: (\w+) -->\n(?:\|.*\n)*")
_EXAMPLE = re.compile(r"<!-- example: (\w+) ([^>]+?) -->\n```json\n.*?```", re.DOTALL)


def up_to_date(page: str) -> str:
    """The page with its examples and tables as they are now; KeyError names one that there is not."""
    page = _EXAMPLE.sub(lambda match: _block(match[1], match[2]), page)
    tables = {"errors": _errors, "closes": _closes}
    return _TABLE.sub(lambda match: f"<!-- table: {match[1]} -->\n{tables[match[1]]()}", page)


def _block(union: str, name: str) -> str:
    frame = laid_out(whole(EXAMPLES[union][name]))
    return f"<!-- example: {union} {name} -->\n```json\n{frame}\n```"


def _errors() -> str:
    rows = (f"| {row.code} | `{reason}` | {row.meaning} | {row.entry} |" for reason, row in ERRORS.items())
    return _table("| code | reason | meaning | an outbox entry |", rows)


def _closes() -> str:
    rows = [f"| {code:d} | `{row.name}` | {row.meaning} | {row.reconnect} |" for code, row in CLOSES.items()]
    other = f"| any other | `{ANY_OTHER.name}` | {ANY_OTHER.meaning} | {ANY_OTHER.reconnect} |"
    return _table("| code | name | meaning | reconnect? |", [*rows, other])


def _table(head: str, rows: Iterable[str]) -> str:
    return "\n".join([head, "|---|---|---|---|", *rows]) + "\n"


def laid_out(value: Any, indent: str = "") -> str:
    """JSON with one field a line, but what fits in a line on one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    deeper = indent + "  "
    if isinstance(value, list):
        inner = [laid_out(item, deeper) for item in value]
    else:
        inner = [f"{json.dumps(key)}: {laid_out(item, deeper)}" for key, item in value.items()]
    opening, closing = "[]" if isinstance(value, list) else "{}"
    body = ",\n".join(deeper + item for item in inner)
    return f"{opening}\n{body}\n{indent}{closing}"
