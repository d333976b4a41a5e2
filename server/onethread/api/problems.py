"""Errors of HTTP as problem+json (RFC 9457), with the `reason` that the wire's errors have too."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from onethread_protocol.bounds import Count, Id, Millis
from onethread_protocol.codes import ERRORS
from onethread_protocol.errors import ProtocolError
from onethread_protocol.shape import Shape

MEDIA_TYPE: Final = "application/problem+json"
FRESH: Final = MappingProxyType({"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
"""What holds for one caller and one moment is kept by no cache, and is no page."""


class ReasonRow(NamedTuple):
    """A reason's status, and what it means for a request."""

    status: int
    meaning: str


REASONS: Final[Mapping[str, ReasonRow]] = MappingProxyType(
    {
        "bad_frame": ReasonRow(400, "the body is no JSON object"),
        "bad_field": ReasonRow(400, "a field or parameter is missing, unknown or outside its limits"),
        "bad_file": ReasonRow(400, "the file has no header that can be used; `detail` names its columns"),
        "bad_credentials": ReasonRow(401, "no API key or session, or none that is valid"),
        "not_admitted": ReasonRow(403, "the key's scope or the agent's role does not reach so far"),
        "origin_refused": ReasonRow(403, "a cookie was asked for by another site's page"),
        "unknown_path": ReasonRow(404, "there is no such route"),
        "unknown_contact": ReasonRow(404, "there is no such contact"),
        "unknown_thread": ReasonRow(404, "there is no such thread"),
        "unknown_import": ReasonRow(404, "there is no such import, or none any more"),
        "unknown_agent": ReasonRow(404, "there is no such agent"),
        "unknown_app": ReasonRow(404, "there is no such app"),
        "unknown_key": ReasonRow(404, "there is no such key"),
        "unknown_webhook": ReasonRow(404, "there is no such webhook"),
        "unknown_dead_letter": ReasonRow(404, "there is no such dead letter, or it is told again already"),
        "unknown_method": ReasonRow(405, "the route has other methods; `Allow` lists them"),
        "not_acceptable": ReasonRow(406, "`Accept` leaves out what the route answers with"),
        "timed_out": ReasonRow(408, "the body did not come in time"),
        "exists": ReasonRow(409, "there is one already; `id` names it"),
        "moved": ReasonRow(409, "the thread was carried into another, named by `to`"),
        "cid_conflict": ReasonRow(409, "the `Idempotency-Key` was used for something else"),
        "full": ReasonRow(409, "there are as many as there may be; remove one first"),
        "too_large": ReasonRow(413, "the body is longer than the route takes"),
        "unsupported_media_type": ReasonRow(415, "the body's type or encoding is none that the route takes"),
        "rate_limited": ReasonRow(429, "too many requests; `retry_after_ms` says how long to wait"),
        "internal_error": ReasonRow(500, "a mistake of the server's; its log tells more"),
        "store_unavailable": ReasonRow(503, "the store is away; whether anything was changed is unknown"),
        "no_space": ReasonRow(507, "the server's disk did not take the file"),
    }
)


class ProblemBody(Shape, frozen=True, kw_only=True):
    """The body of a refused request.

    `detail` is a sentence for a person; `field` the path of the field, or the parameter, at fault.
    """

    type: str = "about:blank"
    title: str
    status: Count
    reason: Id
    detail: str
    field: str | UnsetType = UNSET
    id: Id | UnsetType = UNSET
    to: Id | UnsetType = UNSET
    retry_after_ms: Millis | UnsetType = UNSET


class Problem(Exception):
    """A request is refused. `detail` is a sentence for a person, `field` the path of the field at fault.

    `id` names what is there already, `to` where a thread moved. Nothing here quotes a secret.
    """

    def __init__(
        self,
        reason: str,
        detail: str,
        *,
        status: int = 0,
        field: str | None = None,
        id: str | None = None,  # noqa: A002 - the field's name in the body
        to: str | None = None,
        retry_after_ms: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.status = status or REASONS[reason].status
        self.reason = reason
        self.detail = detail
        self.field = field
        self.id = id
        self.to = to
        self.retry_after_ms = retry_after_ms
        self.headers = headers or {}


def of_protocol(error: ProtocolError) -> Problem:
    """Return the problem of what frames and requests are refused for alike."""
    status, to = ERRORS[error.reason].code, None if error.to is UNSET else error.to
    return Problem(error.reason, error.message, status=status, field=error.field, to=to)


def answer(error: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the response of a problem."""
    body = ProblemBody(
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        reason=error.reason,
        detail=error.detail,
        field=error.field or UNSET,
        id=error.id or UNSET,
        to=error.to or UNSET,
        retry_after_ms=error.retry_after_ms or UNSET,
    )
    more = {**FRESH, **(headers or {}), **error.headers}
    if error.retry_after_ms:
        # RFC 9110 10.2.3 knows whole seconds only.
        more["Retry-After"] = str(-(-error.retry_after_ms // 1000))
    return Response(msgspec.json.encode(body), error.status, more, MEDIA_TYPE)


def store_away() -> Problem:
    """Return the problem of a request that the store had no answer for."""
    return Problem("store_unavailable", "The store is away; repeat this in a moment.", retry_after_ms=1000)


async def http_problem(request: Request, error: Exception) -> Response:
    """Answer what Starlette refuses by itself, an unknown path or method, as a problem too."""
    if not isinstance(error, HTTPException):
        raise error
    reason = {404: "unknown_path", 405: "unknown_method"}.get(error.status_code, "internal_error")
    return answer(Problem(reason, f"{error.detail}.", status=error.status_code, headers=error.headers))
