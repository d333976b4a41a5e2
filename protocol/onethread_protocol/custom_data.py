"""custom_data and track.data: flat maps of scalars with bounds."""

from collections.abc import Mapping
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from onethread_protocol.bounds import CUSTOM_DATA_BYTES, CUSTOM_DATA_KEYS, MAX_FLOAT, Int
from onethread_protocol.shape import Misfit

CustomKey = Annotated[str, Meta(min_length=1, max_length=64)]
Scalar: TypeAlias = (
    Annotated[str, Meta(max_length=1_000)]
    | Int
    | Annotated[float, Meta(ge=-MAX_FLOAT, le=MAX_FLOAT)]
    | bool
    | None
)
CustomData: TypeAlias = dict[CustomKey, Scalar]


def check_custom_data(
    data: Mapping[str, str | int | float | bool | None], field: str = "custom_data"
) -> None:
    """Raise `Misfit` naming `field` if `data` has more than 100 keys or is longer than 32 KiB as MessagePack.

    Both are counted on the result of a merge (WIRE.md section 1), which the caller gives. Keys and values
    were bounded when they were decoded.
    """
    if len(data) > CUSTOM_DATA_KEYS:
        raise Misfit(field, f"must have at most {CUSTOM_DATA_KEYS} keys, not {len(data)}")
    size = len(msgspec.msgpack.encode(data))
    if size > CUSTOM_DATA_BYTES:
        raise Misfit(field, f"must be at most {CUSTOM_DATA_BYTES} bytes encoded, not {size}")


def check_merge(data: Mapping[str, str | int | float | bool | None]) -> None:
    """Raise `Misfit` if no merge of `data` can be within the limits. Null clears a key: not counted."""
    check_custom_data({key: value for key, value in data.items() if value is not None})
