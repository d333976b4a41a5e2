"""What a column of a CSV file is, by its name in the header."""

import re
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from onethread_protocol.wording import shown

Field: TypeAlias = Literal[
    "user_id", "import_key", "security_hash", "name", "first_name", "last_name", "email", "phone", "company"
]
Kind: TypeAlias = Literal["text", "number", "boolean"]
KINDS: Final[tuple[Kind, ...]] = ("text", "number", "boolean")

CUSTOM: Final = "custom."
"""Before a key of custom_data, in the header as in queries; needed for keys that are also names of fields."""
DATA: Final = "custom_data"
"""The column whose cells are JSON objects, for keys that have no column of their own."""
KEY_CHARACTERS: Final = 64

SYNONYMS: Final[dict[Field, tuple[str, ...]]] = {
    "user_id": ("user_id", "uid", "external_id", "external_user_id", "customer_id", "client_id", "member_id"),
    "import_key": ("import_key",),
    "security_hash": ("security_hash",),
    "name": ("name", "full_name", "display_name", "contact_name", "customer_name", "user_full_name"),
    "first_name": ("first_name", "first", "given_name", "forename"),
    "last_name": ("last_name", "last", "surname", "family_name"),
    "email": ("email", "email_address", "mail", "mail_address"),
    "phone": ("phone", "phone_number", "phone_no", "tel", "telephone", "telephone_number"),
    "company": (
        "company",
        "company_name",
        "organization",
        "organization_name",
        "organisation",
        "organisation_name",
    ),
}
"""Names in any case, with or without spaces, hyphens, underscores and dots."""
STAND_INS: Final[dict[Field, tuple[str, ...]]] = {
    "phone": ("mobile", "mobile_phone", "mobile_number", "cell", "cell_phone")
}
"""Names of a field when no other column is it; beside one they are custom_data."""

_PUNCTUATION: Final = re.compile(r"[\s_.\-]+")
_IDENTIFYING: Final = (
    "user_id",
    "import_key",
    "name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "company",
)


class HeaderError(ValueError):
    """The file can't be imported at all; the message says why, for a person."""


class Column(msgspec.Struct, frozen=True):
    """One column: a field, a key of custom_data, or custom_data as JSON. With none of them it has no name.

    `name` is as the header spells it.
    """

    name: str
    field: Field | None = None
    key: str = ""
    kind: Kind = "text"

    @property
    def means(self) -> str:
        """What it sets, for a person; "": nothing."""
        return self.field or (self.key and CUSTOM + self.key) or (DATA if self.name else "")


def columns(header: Sequence[str]) -> tuple[Column, ...]:
    """Return what the columns are. HeaderError: two are the same, one can't be a key, or none is a field."""
    names = [_plain(name) for name in header]
    found = [_column(name, plain, names) for name, plain in zip(header, names, strict=True)]
    if not any(column.field in _IDENTIFYING for column in found):
        raise HeaderError(f"none of the columns {_listed(header)} is user_id, name, email, phone or company")
    _refuse_doubles(found)
    return tuple(found)


def _refuse_doubles(found: Sequence[Column]) -> None:
    """Raise HeaderError if two columns are the same, or are keys that only case tells apart.

    Keys that are written `custom.KEY` are meant as they are spelled: an export has them so.
    """
    seen: dict[tuple[str, Kind], int] = {}
    spelled: dict[str, int] = {}
    for number, column in enumerate(found, 1):
        if not column.means:
            continue
        first = seen.setdefault((column.means, column.kind), number)
        if first != number:
            raise _doubles(found, first, number, f"are both {shown(column.means)}: rename or remove one")
        if column.key and not column.name.startswith(CUSTOM):
            first = spelled.setdefault(column.key.casefold(), number)
            if first != number:
                remedy = f"rename or remove one, or begin both with {CUSTOM}"
                raise _doubles(found, first, number, f"differ only in case: {remedy}")


def _doubles(found: Sequence[Column], first: int, second: int, why: str) -> HeaderError:
    names = [shown(found[number - 1].name) for number in (first, second)]
    return HeaderError(f'columns {first} "{names[0]}" and {second} "{names[1]}" {why}')


def fields_known(header: Sequence[str]) -> int:
    """Return how many of these names are fields; of several readings of a header the best has most."""
    names = {_plain(name) for name in header}
    return len(names & _FIELDS.keys()) + len(names & _STAND_INS.keys())


def _column(name: str, plain: str, names: Sequence[str]) -> Column:
    if not name:
        return Column("")
    if plain in _FIELDS:
        return Column(name, _FIELDS[plain])
    stands_for = _STAND_INS.get(plain)
    if stands_for and sum(_FIELDS.get(other, _STAND_INS.get(other)) == stands_for for other in names) == 1:
        return Column(name, stands_for)
    if name == DATA:
        return Column(name)
    key, kind = _key(name)
    if not 1 <= len(key) <= KEY_CHARACTERS:
        raise HeaderError(
            f'the name of a column must have 1 to {KEY_CHARACTERS} characters: "{shown(name)}" has {len(key)}'
        )
    return Column(name, key=key, kind=kind)


def _key(name: str) -> tuple[str, Kind]:
    if not name.startswith(CUSTOM):
        return name.strip(), "text"
    key = name.removeprefix(CUSTOM)
    for kind in KINDS:
        if key.endswith(f":{kind}"):
            return key.removesuffix(f":{kind}"), kind
    return key, "text"


def _plain(name: str) -> str:
    return _PUNCTUATION.sub("", name).casefold()


def _listed(header: Sequence[str]) -> str:
    few = ", ".join(f'"{shown(name)}"' for name in header[:8])
    return few if len(header) <= 8 else f"{few} and {len(header) - 8} more"


_FIELDS: Final[dict[str, Field]] = {
    _plain(name): field for field, names in SYNONYMS.items() for name in names
}
_STAND_INS: Final[dict[str, Field]] = {
    _plain(name): field for field, names in STAND_INS.items() for name in names
}
