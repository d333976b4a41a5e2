"""Cursors of lists: where a page ended, for nobody to read but the server. Pure."""

from __future__ import annotations

import base64
from typing import TypeVar

import msgspec

from onethread.api.problems import Problem

T = TypeVar("T")


def spell(place: object) -> str:
    """Return a place as a cursor."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(place)).rstrip(b"=").decode()


def read(cursor: str, kind: type[T]) -> T:
    """Return the place of a cursor. Problem `bad_field`: it is none of this list's."""
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.msgpack.decode(packed, type=kind)
    except (ValueError, msgspec.MsgspecError):
        raise unknown() from None


def unknown() -> Problem:
    """Return the problem of a cursor that no page gave."""
    return Problem("bad_field", "`cursor` is none that this list gave.", field="cursor")
