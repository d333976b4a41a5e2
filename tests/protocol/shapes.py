"""The structs of the wire, walked: which fields they have, which structs are inside."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from onethread_protocol.frames import AgentFrame, CustomerFrame, ServerFrame

UNIONS: dict[str, Any] = {"customer": CustomerFrame, "agent": AgentFrame, "server": ServerFrame}


def frames(union: str) -> dict[str, type[Struct]]:
    """The frames of a union by `t`."""
    return {cls.__struct_config__.tag: cls for cls in get_args(UNIONS[union])}


def parts(hint: Any) -> Iterator[Any]:
    """The types that a type is made of, itself among them."""
    yield hint
    if get_origin(hint) in (Union, UnionType, list, dict):
        for inner in get_args(hint):
            yield from parts(inner)


def bounded(hint: Any) -> Iterator[tuple[type, msgspec.Meta]]:
    """The bounded types in a type, each with its bounds."""
    for part in parts(hint):
        if get_origin(part) is Annotated:
            inner, meta = get_args(part)
            yield inner, meta


def inner_structs(cls: type[Struct]) -> set[type[Struct]]:
    """The structs that are fields of this one, at any depth."""
    found: set[type[Struct]] = set()
    for field in msgspec.structs.fields(cls):
        for part in parts(field.type):
            if isinstance(part, type) and issubclass(part, Struct) and part not in found:
                found |= {part, *inner_structs(part)}
    return found


def all_structs() -> set[type[Struct]]:
    """Every struct that can come over the wire."""
    top = {cls for union in UNIONS for cls in frames(union).values()}
    return top.union(*(inner_structs(cls) for cls in top))
