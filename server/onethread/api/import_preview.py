"""`/v1/contacts/import/preview`: how a CSV file will be read, for a person to look at before its import."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType
from starlette.responses import Response

from onethread.api.bodies import check_type, read_bytes
from onethread.api.operation import Call, Contract, Noun, answered
from onethread.api.problems import Problem
from onethread.contacts.csv.columns import DATA, Column, Field, HeaderError, Kind
from onethread.contacts.csv.preview import preview
from onethread_protocol.bounds import Count
from onethread_protocol.shape import Shape

CSV: Final = "text/csv"

Flag = Literal["true", "false"]
Key = Annotated[str, Meta(min_length=1, max_length=64)]


class PreviewQuery(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With `part=true` the body is only the beginning of a file: what its end cuts off is left out."""

    part: Flag = "false"


class ImportColumn(Shape, frozen=True, kw_only=True):
    """What a column sets: a field, a `key` of custom_data, or keys of it as JSON; without either nothing.

    `name` is as the header spells it. A `key` has the `kind` of its values.
    """

    name: str
    field: Field | Literal["custom_data"] | UnsetType = UNSET
    key: Key | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET


class ImportRow(Shape, frozen=True, kw_only=True):
    """The cells of a row, as the file has them. Row 1 is the first after the header."""

    row: Count
    cells: list[str]


class ImportPreview(Shape, frozen=True, kw_only=True):
    """What the columns of a file set, and its first rows that can be read."""

    delimiter: str
    columns: list[ImportColumn]
    rows: list[ImportRow]


class PreviewOperations(Noun):
    """The row of the table, and what it does."""

    @Contract(
        method="POST",
        path="/v1/contacts/import/preview",
        summary="Tell how a CSV file would be read, by its first bytes; nothing is kept.",
        scope="write",
        query=PreviewQuery,
        takes=(CSV,),
        answers={200: ImportPreview},
        reasons=("bad_file",),
    )
    async def _preview(self, call: Call) -> Response:
        check_type(call.request, (CSV,))
        data = await read_bytes(call.request)
        try:
            found = await asyncio.to_thread(preview, data, part=call.query.part == "true")
        except HeaderError as error:
            raise bad_file(error) from None
        return answered(
            ImportPreview(
                delimiter=found.table.delimiter,
                columns=[_column(column) for column in found.table.columns],
                rows=[ImportRow(row=row.number, cells=row.fields) for row in found.rows],
            )
        )


def bad_file(error: HeaderError) -> Problem:
    """Return the problem of a file whose header can't be used."""
    text = str(error)
    return Problem("bad_file", f"{text[:1].upper()}{text[1:]}.")


def _column(column: Column) -> ImportColumn:
    if column.field:
        return ImportColumn(name=column.name, field=column.field)
    if column.key:
        return ImportColumn(name=column.name, key=column.key, kind=column.kind)
    return ImportColumn(name=column.name, field=DATA if column.means else UNSET)
