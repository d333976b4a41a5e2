"""`/v1/contacts/import`, `/v1/imports`, `/v1/contacts/export`: contacts from CSV files, and into one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from onethread.api import cursors
from onethread.api.bodies import check_type
from onethread.api.contacts import Limit
from onethread.api.import_preview import CSV, Flag, bad_file
from onethread.api.operation import Call, Contract, Noun, answered
from onethread.api.problems import FRESH, Problem
from onethread.contacts.csv.columns import HeaderError
from onethread.contacts.csv.report import ERRORS_HEADER, Skipped, errors_csv, warnings
from onethread.contacts.exporting import export
from onethread.contacts.listing import ContactIndex
from onethread.hub.clock import now_ms
from onethread.imports.job import Job, State, seen
from onethread.imports.ledger import Accepted, Ledger
from onethread.imports.queue import Queue
from onethread.imports.reception import receive
from onethread.imports.spool import SpoolFolder
from onethread_protocol.bounds import MAX_INT, Count, Cursor, Id, Millis
from onethread_protocol.shape import Shape
from onethread_protocol.wording import shown as quoted

IDLE: Final = 60.0
"""Seconds without a byte after which an upload is given up."""
SHOWN: Final = 1_000
"""Skipped rows in the report; `errors.csv` has all of them."""

Share = Annotated[float, Meta(ge=0, le=1)]
Sentence = Annotated[str, Meta(min_length=1)]


class ImportQuery(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With `dry_run=true` the import only reports what it would do."""

    dry_run: Flag = "false"


class ExportQuery(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With `excel=true` the file begins with the mark by which Excel knows UTF-8."""

    excel: Flag = "false"


class ImportAccepted(Shape, frozen=True, kw_only=True):
    """The import's id; its report is at `/v1/imports/{id}`."""

    id: Id


class RowError(Shape, frozen=True, kw_only=True):
    """A row that did not go in, and why. Row 1 is the first after the header."""

    row: Count
    column: str | UnsetType = UNSET
    reason: Sentence


class ImportsQuery(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last accepted first."""

    cursor: Cursor | UnsetType = UNSET
    limit: Limit = 50


class ImportView(Shape, frozen=True, kw_only=True):
    """An import in a list: how far it is, and what it did."""

    id: Id
    accepted_at: Millis
    dry_run: bool
    state: State
    rows: Count
    imported: Count
    updated: Count
    unchanged: Count
    skipped: Count


class ImportPage(Shape, frozen=True, kw_only=True):
    """Imports, the last accepted first; with `cursor` there are more."""

    items: list[ImportView]
    cursor: Cursor | UnsetType = UNSET


class ImportReport(Shape, frozen=True, kw_only=True):
    """How far an import is, and what it did. `imported` means created; every row is in one of four counts.

    `progress` is how much of the file is done, 1 when all is.
    """

    dry_run: bool
    state: State
    progress: Share
    rows: Count
    imported: Count
    updated: Count
    unchanged: Count
    skipped: Count
    errors: list[RowError]
    warnings: list[Sentence] | UnsetType = UNSET


class ImportOperations(Noun):
    """The rows of the table, and what they do."""

    def __init__(self, queue: Queue, folder: SpoolFolder, ledger: Ledger, index: ContactIndex) -> None:
        self._queue = queue
        self._folder = folder
        self._ledger = ledger
        self._index = index

    @Contract(
        method="POST",
        path="/v1/contacts/import",
        summary="Import contacts from a CSV file of any size.",
        scope="write",
        query=ImportQuery,
        takes=(CSV,),
        answers={202: ImportAccepted},
        reasons=("bad_file", "no_space"),
    )
    async def _import(self, call: Call) -> Response:
        check_type(call.request, (CSV,))
        dry_run = call.query.dry_run == "true"
        try:
            spool, job = await receive(
                self._folder, call.organization.org, _body(call.request), dry_run=dry_run
            )
        except HeaderError as error:
            raise bad_file(error) from None
        except OSError as error:
            raise Problem("no_space", f"The file can't be written down: {error.strerror}.") from None
        await self._queue.add(spool, job)
        return answered(ImportAccepted(id=job.id), 202)

    @Contract(
        method="GET",
        path="/v1/imports",
        summary="List imports of the last 30 days, the last accepted first.",
        scope="read",
        query=ImportsQuery,
        answers={200: ImportPage},
    )
    async def _list(self, call: Call) -> Response:
        query: ImportsQuery = call.query
        before = None if query.cursor is UNSET else _time(query.cursor)
        found = await self._ledger.page(call.organization.org, before, query.limit + 1)
        items = found[: query.limit]
        cursor = cursors.spell(items[-1].at) if len(found) > len(items) else UNSET
        return answered(ImportPage(items=[_view(one) for one in items], cursor=cursor))

    @Contract(
        method="GET",
        path="/v1/imports/{id}",
        summary="Read the report of an import; kept for 30 days.",
        scope="read",
        answers={200: ImportReport},
        reasons=("unknown_import",),
    )
    async def _report(self, call: Call) -> Response:
        job = await self._job(call)
        skipped: list[Skipped] = []
        async for some in self._ledger.skipped(job.org, job.id):
            skipped += some
            if len(skipped) >= SHOWN:
                break
        return answered(_report_of(job, skipped[:SHOWN]))

    @Contract(
        method="GET",
        path="/v1/imports/{id}/errors.csv",
        summary="Read every skipped row of an import, with its number, column and reason, as CSV.",
        scope="read",
        gives=CSV,
        answers={200: str},
        reasons=("unknown_import",),
    )
    async def _errors(self, call: Call) -> Response:
        job = await self._job(call)
        return _file(self._errors_of(job), "errors.csv")

    async def _errors_of(self, job: Job) -> AsyncIterator[bytes]:
        yield ERRORS_HEADER
        async for some in self._ledger.skipped(job.org, job.id):
            yield errors_csv(some)

    @Contract(
        method="GET",
        path="/v1/contacts/export",
        summary="Export all contacts as CSV that imports again unchanged.",
        scope="read",
        query=ExportQuery,
        gives=CSV,
        answers={200: str},
    )
    async def _export(self, call: Call) -> Response:
        organization = call.organization
        excel = call.query.excel == "true"
        pieces = export(self._index, organization.org, organization.shards, excel=excel)
        # Before anything is said: a store that is away is a 503, not half a file.
        first = await anext(pieces)
        return _file(_after(first, pieces), "contacts.csv")

    async def _job(self, call: Call) -> Job:
        held = await self._ledger.load(call.organization.org, call.path["id"])
        if held is None:
            raise Problem("unknown_import", f"There is no import {quoted(call.path['id'])!r}.")
        return seen(held.job, now_ms())


async def _body(request: Request) -> AsyncIterator[bytes]:
    stream = request.stream()
    while True:
        try:
            chunk = await asyncio.wait_for(anext(stream, None), IDLE)
        except TimeoutError:
            raise Problem("timed_out", f"Nothing of the body came for {IDLE:g} s.") from None
        if chunk is None:
            return
        yield chunk


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _file(pieces: AsyncIterator[bytes], name: str) -> Response:
    headers = {**FRESH, "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, headers=headers, media_type=f"{CSV}; charset=utf-8")


def _time(cursor: str) -> int:
    at = cursors.read(cursor, int)
    if not 0 < at <= MAX_INT:
        raise cursors.unknown()
    return at


def _view(accepted: Accepted) -> ImportView:
    job = seen(accepted.job, now_ms())
    return ImportView(
        id=job.id,
        accepted_at=accepted.at,
        dry_run=job.dry_run,
        state=job.state,
        **job.counts.told(),
    )


def _report_of(job: Job, skipped: list[Skipped]) -> ImportReport:
    errors = [RowError(row=each.row, column=each.column or UNSET, reason=each.reason) for each in skipped]
    if job.failure:
        errors.append(RowError(row=job.row - 1, reason=f"stopped after this row: {job.failure}"))
    return ImportReport(
        dry_run=job.dry_run,
        state=job.state,
        progress=1 if job.state == "done" else round(job.offset / max(job.size, 1), 4),
        **job.counts.told(),
        errors=errors,
        warnings=warnings(job.counts) or UNSET,
    )
