"""Which operation a path is for."""

import pytest
from starlette.responses import Response

from onethread.api.operation import Call, Operation
from onethread.api.paths import Paths


async def never(_: Call) -> Response:
    raise AssertionError


def operation(method: str, path: str) -> Operation:
    return Operation(method=method, path=path, summary="", scope=None, handler=never)


PATHS = Paths(
    [
        operation("GET", "/v1/things/{id}"),
        operation("DELETE", "/v1/things/{id}"),
        operation("POST", "/v1/things/import"),
        operation("GET", "/v1/things/{id}/parts/{part}"),
    ]
)


@pytest.mark.parametrize(
    ("raw", "parameters"),
    [
        (b"/v1/things/a", {"id": "a"}),
        (b"/v1/things/a%2Fb%20c", {"id": "a/b c"}),
        (b"/v1/things/import", {}),
        (b"/v1/things/a/parts/1", {"id": "a", "part": "1"}),
    ],
)
def test_a_path_is_found(raw: bytes, parameters: dict[str, str]) -> None:
    """Parameters are what stands between two slashes, decoded; a path that is spelled out counts first."""
    found = PATHS.match(raw)
    assert found is not None
    assert found.parameters == parameters


@pytest.mark.parametrize(
    "raw", [b"/v1/things", b"/v1/things/", b"/v1/things/a/", b"/v1//things/a", b"/v1/thing/a", b""]
)
def test_no_path(raw: bytes) -> None:
    """What is not there to the letter is not there."""
    assert PATHS.match(raw) is None


def test_allow() -> None:
    """The methods of a path are told, with those that come with them."""
    found = PATHS.match(b"/v1/things/a")
    assert found is not None
    assert found.allow == "DELETE, GET, HEAD, OPTIONS"


def test_a_row_is_there_once() -> None:
    """Two operations for one method of one path are a mistake that is told at the start."""
    with pytest.raises(ValueError, match="GET /v1/a is there twice"):
        Paths([operation("GET", "/v1/a"), operation("GET", "/v1/a")])
