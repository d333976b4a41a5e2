"""A cell of the column `custom_data`: a JSON object, and what is wrong with it in the reader's terms."""

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from onethread.contacts.profile import Scalar, refuse_nul_in
from onethread_protocol.custom_data import CustomData, CustomKey, check_custom_data
from onethread_protocol.custom_data import Scalar as Bounded
from onethread_protocol.errors import ProtocolError
from onethread_protocol.shape import Misfit
from onethread_protocol.wording import given, shown

VALUE_CHARACTERS: Final = 1_000
"""A text in custom_data (WIRE.md section 1)."""
EXPECTED: Final = 'custom_data must be a JSON object, such as {"plan": "pro"}'

_data: Final = msgspec.json.Decoder(CustomData)


class BadData(ValueError):
    """The cell can't be taken; the message says why."""


def read_data(cell: str) -> dict[str, Scalar]:
    """Return the keys and values that a cell gives; null gives none. Raises BadData."""
    try:
        values = _data.decode(cell)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise BadData(_fault(cell)) from None
    try:
        check_custom_data(values)
        refuse_nul_in(values)
    except (Misfit, ProtocolError) as error:
        raise BadData(str(getattr(error, "message", error)).removesuffix(".")) from None
    return {key: value for key, value in values.items() if value is not None}


def _fault(cell: str) -> str:
    try:
        held = json.loads(cell)
    except (ValueError, RecursionError):
        return EXPECTED
    if not isinstance(held, dict):
        return f"{EXPECTED}, not {given(held, quoted=True)}"
    return next(filter(None, (_of_entry(*entry) for entry in held.items())), EXPECTED)


def _of_entry(key: str, value: Any) -> str:
    """Return what is wrong with an entry; "" for nothing."""
    name = f'the value of "{shown(key)}"'
    if not _fits(key, CustomKey):
        return f"a key must have 1 to 64 characters, not {given(key, quoted=True)}"
    if isinstance(value, Mapping | list):
        found = "a list" if isinstance(value, list) else "an object"
        return f"{name} must be a text, a number, true or false, not {found}"
    if _fits(value, Bounded):
        return ""
    if isinstance(value, str) and len(value) > VALUE_CHARACTERS:
        return f"{name} must have at most {VALUE_CHARACTERS:,} characters, not {given(value, quoted=True)}"
    wanted = "a text" if isinstance(value, str) else "a number from −(2^53−1) to 2^53−1, or a finite fraction"
    return f"{name} must be {wanted}, not {given(value, quoted=True)}"


def _fits(value: object, hint: Any) -> bool:
    try:
        msgspec.json.decode(json.dumps(value), type=hint)
    except (msgspec.MsgspecError, UnicodeError):
        return False
    return True
