"""The queries of requests: parameters, read into the struct that the route takes. Pure."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final, TypeVar, get_args, get_origin
from urllib.parse import parse_qsl

import msgspec

from onethread.api.problems import Problem
from onethread_protocol.careful import read_fields
from onethread_protocol.nodes import JsonNodes
from onethread_protocol.wording import shown

MOST: Final = 64
"""Parameters; far more than any route takes."""

_INTEGER: Final = re.compile(r"-?[0-9]+")

T = TypeVar("T", bound=msgspec.Struct)


class _TextNodes(JsonNodes):
    """Parameters are texts; where a number is wanted they stand for it."""

    def value(self, node: Any, hint: Any) -> Any:
        text = super().value(node, str)
        value = msgspec.convert(text, hint, strict=False)
        if isinstance(value, int) and not _INTEGER.fullmatch(text):
            raise msgspec.ValidationError("an integer in another notation")  # such as 1e2
        return value


_NODES: Final = _TextNodes()


def read_query(raw: bytes, cls: type[T]) -> T:
    """Return the query's parameters. A field that is a map takes those of the form NAME.KEY.

    Problem `bad_field`: it is no query, or one parameter is given twice; ProtocolError 400: one is unknown
    or doesn't fit.
    """
    maps = _maps(cls)
    held: dict[str, Any] = {}
    for name, value in _parameters(raw):
        first, _, key = name.partition(".")
        into, under = (held.setdefault(first, {}), key) if first in maps and key else (held, name)
        if under in into:
            raise Problem("bad_field", f"`{shown(name)}` is given twice.", field=shown(name))
        into[under] = value
    return read_fields(held, cls, _NODES)


@cache
def _maps(cls: type[msgspec.Struct]) -> frozenset[str]:
    return frozenset(field.encode_name for field in msgspec.structs.fields(cls) if is_map(field.type))


def is_map(hint: Any) -> bool:
    """Tell whether a field of this type is a map."""
    return any(get_origin(member) is dict for member in (hint, *get_args(hint)))


def _parameters(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST)
    except ValueError:
        sentence = f"The query must be at most {MOST} parameters in UTF-8, percent-encoded."
        raise Problem("bad_field", sentence) from None
