"""Frames for the property tests, made from the types: any value within the bounds, any optional field."""

from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from onethread_protocol import events, inbox, server

EDGE = 12
"""Strings are short, so that whole frames are tried; the limits have vectors of their own."""

SHAPES: dict[type, list[tuple[dict[str, Any], set[str]]]] = {
    server.Ready: [
        ({"role": "agent"}, {"agent"}),
        ({"role": "visitor"}, set(server.OF_A_THREAD)),
        ({"role": "contact"}, set(server.OF_A_THREAD)),
    ],
    server.Presence: [({}, {"thread", "devices"}), ({}, {"agents_online"}), ({}, {"agents"})],
    inbox.Row: [({"gone": True}, set()), ({"gone": msgspec.UNSET}, set(inbox.OF_A_LISTED_ROW))],
    events.Message: [({"deleted": True}, set()), ({"deleted": msgspec.UNSET}, {"text"})],
    events.Note: [({"deleted": True}, set()), ({"deleted": msgspec.UNSET}, {"text"})],
}
"""Structs whose fields depend on each other: the ways they come, as fixed values and fields then there."""


def frames(union: Any) -> st.SearchStrategy[Any]:
    """Any frame of a union."""
    return _values(inspect.type_info(union))


def _values(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.StrType():
            return _text(info.min_length or 0, info.max_length)
        case inspect.IntType():
            return st.integers(info.ge, info.le)
        case inspect.FloatType():
            return st.floats(allow_nan=False, allow_infinity=False)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.LiteralType():
            return st.sampled_from(info.values)
        case inspect.ListType():
            return st.lists(_values(info.item_type), max_size=3)
        case inspect.DictType():
            return st.dictionaries(_values(info.key_type), _values(info.value_type), max_size=5)
        case inspect.UnionType():
            return st.one_of(*(_values(member) for member in info.types))
        case inspect.StructType():
            return st.one_of(*(_struct(info, *shape) for shape in SHAPES.get(info.cls, [({}, set())])))
    raise AssertionError(info)


def _text(shortest: int, longest: int | None) -> st.SearchStrategy[str]:
    characters = st.characters(exclude_categories=["Cs"])
    return st.text(characters, min_size=shortest, max_size=min(longest or EDGE, EDGE))


def _struct(info: inspect.StructType, fixed: dict[str, Any], there: set[str]) -> st.SearchStrategy[Any]:
    depends = {name for _, names in SHAPES.get(info.cls, []) for name in names}
    given: dict[str, Any] = {name: st.just(value) for name, value in fixed.items()}
    for field in info.fields:
        if field.name in fixed or (field.name in depends and field.name not in there):
            continue
        value = _values(_set(field.type))
        optional = not field.required and field.name not in there
        given[field.name] = value | st.just(msgspec.UNSET) if optional else value
    return st.builds(info.cls, **given)


def _set(info: inspect.Type) -> inspect.Type:
    if isinstance(info, inspect.UnionType):
        return inspect.UnionType(tuple(t for t in info.types if not isinstance(t, inspect.CustomType)))
    return info
