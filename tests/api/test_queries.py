"""Queries as structs."""

from typing import Annotated

import pytest
from msgspec import UNSET, Meta, UnsetType

from onethread.api.problems import Problem
from onethread.api.queries import read_query
from onethread_protocol.errors import ProtocolError
from onethread_protocol.shape import Shape


class Wanted(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=5)] | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    custom: dict[Annotated[str, Meta(min_length=1, max_length=3)], str] | UnsetType = UNSET


def refusal(raw: bytes) -> tuple[str | None, str]:
    with pytest.raises((Problem, ProtocolError)) as caught:
        read_query(raw, Wanted)
    error = caught.value
    assert error.reason == "bad_field"
    return error.field, getattr(error, "detail", "") or getattr(error, "message", "")


def test_parameters_become_fields() -> None:
    """Texts, numbers and maps are read as their fields have them; what is left out has its default."""
    assert read_query(b"", Wanted) == Wanted()
    raw = b"name=%C3%81na&limit=7&custom.a=1&custom.b.c="
    assert read_query(raw, Wanted) == Wanted(name="Ána", limit=7, custom={"a": "1", "b.c": ""})


@pytest.mark.parametrize(
    ("raw", "field", "told"),
    [
        (b"limit=0", "limit", '`limit` must be an integer from 1 to 200, not "0".'),
        (b"limit=ten", "limit", '"ten"'),
        (b"limit=1.5", "limit", '"1.5"'),
        (b"limit=", "limit", '""'),
        (b"limit=1e2", "limit", '`limit` must be an integer from 1 to 200, not "1e2".'),
        (b"limit=100.0", "limit", '"100.0"'),
        (b"limit=9007199254740993", "limit", "9007199254740993"),
        (b"name=", "name", "1 to 5 characters"),
        (b"name=toolong", "name", '"toolong"'),
        (b"nam=x", "nam", "`nam` is unknown; taken: `name`, `limit`, `custom`."),
        (b"x" * 300 + b"=1", "x" * 63 + "…", "unknown"),
        (b"name=a&name=b", "name", "twice"),
        (b"custom.a=1&custom.a=2", "custom.a", "twice"),
        (b"custom.long=1", "custom", '"long"'),
        (b"custom=1", "custom", "a map"),
        (b"name=%ff", None, "UTF-8"),
        (b"&".join(b"custom.%d=1" % i for i in range(100)), None, "64"),
    ],
)
def test_what_does_not_fit_is_named_and_quoted(raw: bytes, field: str | None, told: str) -> None:
    """Each wrong parameter is refused by name, with its value shortened."""
    assert refusal(raw)[0] == field
    assert told in refusal(raw)[1]
