"""Contacts as CSV that imports again unchanged."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

import msgspec

from onethread.contacts.csv.columns import CUSTOM, DATA, KINDS, Kind
from onethread.contacts.csv.dialect import BLANKS
from onethread.contacts.csv.formulas import guard
from onethread.contacts.profile import Contact, Scalar

FIELDS: Final = ("user_id", "import_key", "name", "email", "phone", "company")
MOST_COLUMNS: Final = 500
"""Keys of custom_data that get a column of their own; spreadsheets end at some 16,000, people long before."""

_TO_QUOTE: Final = re.compile(rf'[",;|\t\r\n]|^[{BLANKS}]|[{BLANKS}]\Z')

CustomColumn: TypeAlias = tuple[str, Kind]
"""A key of custom_data and the kind of its values; a key that has values of several kinds has a column for
each."""


class Survey:
    """Looks through all contacts for the columns that their custom_data needs, the first MOST_COLUMNS."""

    def __init__(self) -> None:
        self._found: set[CustomColumn] = set()
        self._rest = False

    def see(self, contacts: Iterable[Contact]) -> None:
        """Take some contacts into account."""
        for contact in contacts:
            for key, value in contact.custom_data.items():
                column = (key, _kind(value))
                if column in self._found and value != "":
                    continue
                if len(self._found) < MOST_COLUMNS and value != "":
                    self._found.add(column)
                else:
                    self._rest = True

    def sheet(self) -> "Sheet":
        """Return the sheet for the contacts seen."""
        return Sheet(sorted(self._found), rest=self._rest)


class Sheet:
    """Writes contacts as rows, in UTF-8, with CRLF. `rest`: what has no column goes into a JSON column.

    A name that the server made up is left out, and so are empty fields; a contact without a user_id has its
    import_key, else its id, in the column import_key, by which the import finds it.
    """

    def __init__(self, custom: Sequence[CustomColumn], *, rest: bool) -> None:
        self._custom = {column: index for index, column in enumerate(custom)}
        self._rest = rest

    def header(self) -> bytes:
        """Return the first line."""
        names = [_name(key, kind) for key, kind in self._custom]
        return line([*FIELDS, *names, *([DATA] if self._rest else [])])

    def rows(self, contacts: Iterable[Contact]) -> bytes:
        """Return a line for each."""
        return b"".join(line(self._cells(contact)) for contact in contacts)

    def _cells(self, contact: Contact) -> list[str]:
        import_key = "" if contact.user_id else contact.import_key or contact.id
        name = "" if contact.random_name else contact.name
        fields = (contact.user_id or "", import_key, name, contact.email, contact.phone, contact.company)
        custom, rest = [""] * len(self._custom), {}
        for key, value in contact.custom_data.items():
            index = self._custom.get((key, _kind(value)))
            if index is None or value == "":  # an empty cell says nothing
                rest[key] = value
            else:
                custom[index] = _cell(value)
        return [*map(guard, fields), *custom, *([_json(rest)] if self._rest else [])]


def _kind(value: Scalar) -> Kind:
    if isinstance(value, str):
        return "text"
    return "boolean" if isinstance(value, bool) else "number"


def _name(key: str, kind: Kind) -> str:
    """Return a column's name in the header. A text's kind is only written where the key would be misread."""
    plain = kind == "text" and not key.endswith(tuple(f":{each}" for each in KINDS))
    return f"{CUSTOM}{key}" if plain else f"{CUSTOM}{key}:{kind}"


def _cell(value: Scalar) -> str:
    if isinstance(value, str):
        return guard(value)
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _json(rest: Mapping[str, Scalar]) -> str:
    return msgspec.json.encode(rest).decode() if rest else ""


def line(cells: Iterable[str]) -> bytes:
    """Return one line of CSV."""
    return (",".join(map(_quoted, cells)) + "\r\n").encode()


def _quoted(cell: str) -> str:
    if _TO_QUOTE.search(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell
