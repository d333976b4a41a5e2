"""The two encodings taken apart one level at a time, so that what nobody asks for is never read.

A node is a value not yet looked at: in MessagePack its bytes, in JSON what the standard library made of it.
msgspec could split JSON too, but refuses a whole text for a lone surrogate in a field that is to be skipped.
"""

import json
from typing import Any, NoReturn, Protocol

import msgspec
from msgspec import Raw

UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)
"""What reading bytes can raise. Besides its own errors msgspec lets out UnicodeDecodeError, a ValueError, and
RecursionError."""


class Nodes(Protocol):
    """One encoding. Each method may raise UNREADABLE if the bytes are not of this encoding."""

    def root(self, payload: bytes) -> Any:
        """The node of the whole payload."""

    def entries(self, node: Any) -> dict[str, Any] | None:
        """The nodes of a map, of equal keys the last; None if the node is no map, or one with other keys."""

    def items(self, node: Any) -> list[Any] | None:
        """The nodes of a list; None if the node is no list."""

    def value(self, node: Any, hint: Any) -> Any:
        """The value, if it is of the type `hint`; else msgspec.ValidationError."""

    def peek(self, node: Any) -> object:
        """The value whatever it is, to be shown; NotImplemented if it is nothing that the wire knows."""


class MessagePackNodes:
    """MessagePack: a node is a Raw."""

    def root(self, payload: bytes) -> Any:
        return payload

    def entries(self, node: Any) -> dict[str, Any] | None:
        try:
            return msgspec.msgpack.decode(node, type=dict[str, Raw])
        except msgspec.ValidationError:
            return None

    def items(self, node: Any) -> list[Any] | None:
        try:
            return msgspec.msgpack.decode(node, type=list[Raw])
        except msgspec.ValidationError:
            return None

    def value(self, node: Any, hint: Any) -> Any:
        return msgspec.msgpack.decode(node, type=hint)

    def peek(self, node: Any) -> object:
        if self.items(node) is not None:
            return []
        if self.entries(node) is not None:
            return {}
        try:
            return self.value(node, str | int | float | bool | None)
        except UNREADABLE:
            return NotImplemented


class JsonNodes:
    """JSON: a node is a plain Python object; its strings may hold lone surrogates, which `value` refuses."""

    def root(self, payload: bytes) -> Any:
        return json.loads(str(payload, "utf-8"), parse_constant=_no_json, parse_int=_integer)

    def entries(self, node: Any) -> dict[str, Any] | None:
        return node if isinstance(node, dict) else None

    def items(self, node: Any) -> list[Any] | None:
        return node if isinstance(node, list) else None

    def value(self, node: Any, hint: Any) -> Any:
        value = msgspec.convert(node, hint)
        if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
            raise msgspec.ValidationError("lone surrogate")
        return value

    def peek(self, node: Any) -> object:
        return node


def _no_json(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is no JSON")


def _integer(digits: str) -> int:
    # int() refuses thousands of digits; a few hundred are as far outside the limits.
    return int(digits[:400])
