"""Sentences for a person about a field that was refused: what it must be, and what it was."""

from typing import Any

from msgspec import inspect

from onethread_protocol.bounds import MAX_INT

QUOTED_CHARACTERS = 64


def demanded(hint: Any) -> str:
    """What a value of the type `hint` is, as in "a string of 1 to 64 characters"."""
    return _of_info(inspect.type_info(hint))


def shown(text: str) -> str:
    """`text` as a quotation: at most 64 characters, nothing that could break a line or an encoder."""
    head = text[:QUOTED_CHARACTERS]
    clean = "".join(character if character.isprintable() else "\ufffd" for character in head)
    return clean if len(text) <= QUOTED_CHARACTERS else clean[:-1] + "…"


def given(value: object, *, quoted: bool) -> str:
    """`value` in words: quoted if that is wanted and short enough, else its type and length."""
    match value:
        case None:
            return "null"
        case str():
            length = f"a string of length {_grouped(len(value))}"
            if any("\ud800" <= character <= "\udfff" for character in value):
                return f"{length} with a lone surrogate"
            if not quoted:
                return length
            return f'"{shown(value)}"' + (f", {length}" if len(value) > QUOTED_CHARACTERS else "")
        case bool():
            return "true" if value else "false"
        case int() | float():
            return shown(repr(value)) if quoted else "a number"
        case list():
            return "a list"
        case dict():
            return "a map"
    return "something that is no string, number, boolean, null, list or map with string keys"


def _of_info(info: inspect.Type) -> str:
    match info:
        case inspect.StrType():
            return "a string" + _characters(info.min_length, info.max_length)
        case inspect.IntType():
            return "an integer" + _range(info.ge, info.le)
        case inspect.FloatType():
            return "a finite number"
        case inspect.BoolType():
            return "true or false"
        case inspect.NoneType():
            return "null"
        case inspect.LiteralType():
            return "one of " + ", ".join(f'"{value}"' for value in info.values)
        case inspect.ListType():
            return "a list"
        case inspect.UnionType():
            members = [_of_info(member) for member in info.types]
            # Without bounds an integer is but a number.
            return " or ".join(m for m in members if m != "an integer" or "a finite number" not in members)
    return "a map"


def _characters(low: int | None, high: int | None) -> str:
    if high is None:
        return ""
    return f" of {low} to {_grouped(high)} characters" if low else f" of at most {_grouped(high)} characters"


def _range(low: int | None, high: int | None) -> str:
    return "" if low is None or high is None else f" from {_grouped(low)} to {_grouped(high)}"


def _grouped(number: int) -> str:
    if abs(number) == MAX_INT:
        return "2^53−1" if number > 0 else "−(2^53−1)"
    return f"{number:,}"
