"""The limits of WIRE.md section 1, wherever a field of that name occurs."""

from collections.abc import Iterator

import msgspec
import pytest
from msgspec import inspect

from onethread_protocol import agent, bounds, customer
from onethread_protocol.custom_data import check_custom_data, check_merge
from onethread_protocol.shape import Misfit
from tests.protocol.shapes import all_structs

LENGTHS = {
    "text": 10_000,
    "cid": 64,
    "ref": 64,
    "org": 64,
    "user_id": 255,
    "security_hash": 255,
    "name": 255,
    "company": 255,
    "title": 255,
    "app_secret": 255,
    "email": 320,
    "phone": 64,
    "url": 2_048,
    "token": 8_192,
    "visitor": 8_192,
    "clean": 8_192,
}
RANGES = [
    (customer.Init, "tail", 0, 200),
    (agent.Open, "tail", 0, 200),
    (customer.History, "limit", 1, 200),
    (agent.History, "limit", 1, 200),
    (agent.Inbox, "limit", 1, 100),
]
each_struct = pytest.mark.parametrize(
    "cls", sorted(all_structs(), key=str), ids=lambda cls: f"{cls.__module__}.{cls.__name__}"
)


@each_struct
def test_lengths_are_the_wires_in_every_map(cls: type[msgspec.Struct]) -> None:
    """A string of WIRE.md's table has that table's length in every map it is in, and is never empty."""
    for name, info in _leaves(cls):
        if name in LENGTHS and isinstance(info, inspect.StrType):
            assert (info.min_length, info.max_length) == (1, LENGTHS[name]), name


@each_struct
def test_every_string_and_integer_has_bounds(cls: type[msgspec.Struct]) -> None:
    """No field takes a string of any length, or an integer that JavaScript could not hold."""
    for name, info in _leaves(cls):
        if isinstance(info, inspect.StrType):
            assert info.max_length is not None, name
        if isinstance(info, inspect.IntType):
            assert -bounds.MAX_INT <= (info.ge or 0) <= (info.le or 0) <= bounds.MAX_INT, name
            assert info.le is not None, name


@pytest.mark.parametrize(("cls", "name", "low", "high"), RANGES)
def test_numbers_are_the_wires(cls: type[msgspec.Struct], name: str, low: int, high: int) -> None:
    """`tail` and `limit` have the ranges of WIRE.md sections 2 and 3."""
    (info,) = (info for field, info in _leaves(cls) if field == name)
    assert isinstance(info, inspect.IntType)
    assert (info.ge, info.le) == (low, high)


def test_custom_data_is_counted_without_what_a_merge_clears() -> None:
    """A frame's 100 keys are counted without nulls, which only clear; a merge's result as it is."""
    full = {f"key{number}": number for number in range(100)}
    check_custom_data(full)
    check_merge({**full, "old": None})
    with pytest.raises(Misfit, match="at most 100 keys, not 101"):
        check_custom_data({**full, "old": None})
    with pytest.raises(Misfit, match="at most 100 keys, not 101"):
        check_merge({**full, "new": 1})


def test_custom_data_is_measured_in_messagepack() -> None:
    """32 KiB are 32,768 bytes of MessagePack, the map's own header among them."""
    # Header 1, key "k" 2, and 5 more before a string of 16 bits' length: 3.
    part = "x" * (bounds.CUSTOM_DATA_BYTES - 6)
    check_custom_data({"k": part})
    with pytest.raises(Misfit, match="at most 32768 bytes encoded, not 32769"):
        check_custom_data({"k": part + "x"})


def _leaves(cls: type[msgspec.Struct]) -> Iterator[tuple[str, inspect.Type]]:
    info = inspect.type_info(cls)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        for leaf in _inside(field.type):
            yield field.encode_name, leaf


def _inside(info: inspect.Type) -> Iterator[inspect.Type]:
    match info:
        case inspect.UnionType():
            for member in info.types:
                yield from _inside(member)
        case inspect.ListType():
            yield from _inside(info.item_type)
        case inspect.DictType():
            yield from _inside(info.key_type)
        case _:
            yield info
