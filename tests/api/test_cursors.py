"""Cursors of lists."""

import base64

import msgspec
import pytest

from onethread.api import cursors
from onethread.api.problems import Problem
from onethread.contacts.listing import Place


def test_a_cursor_is_a_place() -> None:
    """A place comes back as it was, and a cursor is safe in a URL."""
    place = Place(1_700_000_000_000_000, 3)
    spelled = cursors.spell(place)
    assert cursors.read(spelled, Place) == place
    assert spelled.replace("-", "").replace("_", "").isalnum()


def spelled(value: object) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(value)).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor", ["x", "=", "ä", "a b", "\0", spelled([1]), spelled(["a", 0]), spelled({}), spelled([1, 2, 3])]
)
def test_no_cursor(cursor: str) -> None:
    """What no page gave is refused by the parameter's name."""
    with pytest.raises(Problem) as caught:
        cursors.read(cursor, Place)
    assert (caught.value.reason, caught.value.field) == ("bad_field", "cursor")
