"""One row of a CSV file, checked: what it says of a contact, or why it can't go in."""

import math
import re
from collections.abc import Sequence
from typing import Final, get_args

import msgspec

from onethread.contacts.csv.columns import DATA, Column, Field
from onethread.contacts.csv.formulas import unguard
from onethread.contacts.csv.json_cell import VALUE_CHARACTERS, BadData, read_data
from onethread.contacts.profile import FIELDS, Scalar
from onethread_protocol.bounds import MAX_INT, Email, Name, Phone, Secret, UserId
from onethread_protocol.wording import given


def _most(hint: object) -> int:
    most: int = get_args(hint)[1].max_length
    return most


MOST: Final[dict[Field, int]] = {
    "user_id": _most(UserId),
    "import_key": _most(UserId),
    "security_hash": _most(Secret),
    "name": _most(Name),
    "first_name": _most(Name),
    "last_name": _most(Name),
    "email": _most(Email),
    "phone": _most(Phone),
    "company": _most(Name),
}
"""Characters of a field."""

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_BOOLEANS: Final = {"true": True, "false": False}


class Skip(Exception):
    """A row that does not go in. `column` is the header's name for the one at fault, "" for none."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


class Draft(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a row says of a contact: only what it gives. `texts` are values of custom_data as written."""

    user_id: str = ""
    import_key: str = ""
    security_hash: str = ""
    fields: dict[str, str] = {}
    texts: dict[str, str] = {}
    data: dict[str, Scalar] = {}

    def __repr__(self) -> str:
        """Leave the person and the hash out: a repr ends up in logs and exception texts."""
        return "Draft()"


def draft(columns: Sequence[Column], cells: Sequence[str]) -> Draft | None:
    """Return what a row says; None if it is blank. Skip: it can't go in, for the first thing that is wrong.

    An empty cell says nothing of its column. Nothing is cut, clamped or guessed.
    """
    if not any(cells):
        return None
    _count(columns, cells)
    said: dict[str, str] = {}
    texts: dict[str, str] = {}
    data: dict[str, Scalar] = {}
    for column, cell in zip(columns, cells, strict=False):
        if not cell:
            continue
        if column.field is not None:
            said[column.field] = _field(column, column.field, unguard(cell))
        elif column.kind != "text":
            data[column.key] = _typed(column, cell)
        elif column.key:
            texts[column.key] = _text(column, unguard(cell))
        else:
            data |= _json(column, cell)
    name = said.get("name") or " ".join(said[part] for part in ("first_name", "last_name") if part in said)
    if name:
        said["name"] = _field(Column("name"), "name", name)
    return _whole(columns, said, texts, data)


def number(text: str) -> int | float | None:
    """Return the number that JSON reads here; None if it is none, or beyond WIRE.md section 1."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    if match[1] or match[2]:
        value = float(text)
        return value if math.isfinite(value) else None
    return int(text) if len(text) < 18 and abs(int(text)) <= MAX_INT else None


def boolean(text: str) -> bool | None:
    """Return what true or false, in any case, mean; None for any other text."""
    return _BOOLEANS.get(text.lower())


def _count(columns: Sequence[Column], cells: Sequence[str]) -> None:
    few = len(cells) < len(columns)
    if few or any(cells[len(columns) :]):
        found = "1 column" if len(cells) == 1 else f"{len(cells):,} columns"
        raise Skip("", f"the row has {found}, the header has {len(columns):,}")


def _whole(
    columns: Sequence[Column], said: dict[str, str], texts: dict[str, str], data: dict[str, Scalar]
) -> Draft:
    fields: dict[str, str] = {name: said[name] for name in FIELDS if name in said}
    user_id, import_key = said.get("user_id", ""), said.get("import_key", "")
    if not (fields or user_id or import_key):
        raise Skip("", "the row has no user_id, name, email, phone or company")
    security_hash = said.get("security_hash", "")
    if security_hash and not user_id:
        raise Skip(_name_of(columns, "security_hash"), "a security_hash needs a user_id")
    return Draft(
        user_id=user_id,
        import_key=import_key,
        security_hash=security_hash,
        fields=fields,
        texts=texts,
        data=data,
    )


def _name_of(columns: Sequence[Column], field: Field) -> str:
    return next(column.name for column in columns if column.field == field)


def _field(column: Column, field: Field, text: str) -> str:
    if len(text) > MOST[field]:
        found = given(text, quoted=field != "security_hash")
        raise Skip(column.name, f"{field} must have at most {MOST[field]} characters, not {found}")
    return text


def _text(column: Column, text: str) -> str:
    if not column.name:
        raise Skip("", f"{given(text, quoted=True)} is in a column without a name")
    if len(text) > VALUE_CHARACTERS:
        found = given(text, quoted=True)
        raise Skip(column.name, f"a value must have at most {VALUE_CHARACTERS:,} characters, not {found}")
    return text


def _typed(column: Column, cell: str) -> Scalar:
    value = number(cell) if column.kind == "number" else boolean(cell)
    if value is None:
        wanted = "a number" if column.kind == "number" else "true or false"
        raise Skip(column.name, f"{given(cell, quoted=True)} is not {wanted}")
    return value


def _json(column: Column, cell: str) -> dict[str, Scalar]:
    if column.name != DATA:
        raise Skip("", f"{given(cell, quoted=True)} is in a column without a name")
    try:
        return read_data(cell)
    except BadData as bad:
        raise Skip(column.name, str(bad)) from None
