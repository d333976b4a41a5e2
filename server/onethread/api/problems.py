"""Errors of HTTP as problem+json (RFC 9457), with the `reason` that the wire's errors have too."""

from __future__ import annotations

import functools
import math
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from onethread.hub.log import StoreFailure
from onethread_protocol.codes import ERRORS
from onethread_protocol.errors import ProtocolError

MEDIA_TYPE: Final = "application/problem+json"
FRESH: Final = {"Cache-Control": "no-store"}
"""What holds for one caller and one moment is kept by no cache."""

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class Problem(Exception):
    """A request is refused. `detail` is a sentence for a person, `field` the path of the field at fault."""

    def __init__(
        self, status: int, reason: str, detail: str, *, field: str | None = None, retry_after_ms: int = 0
    ) -> None:
        super().__init__(f"{status} {reason}: {detail}")
        self.status = status
        self.reason = reason
        self.detail = detail
        self.field = field
        self.retry_after_ms = retry_after_ms


def problem(reason: str, detail: str, *, retry_after_ms: int = 0) -> Problem:
    """Return the problem of a reason that the wire has too, with its code as the status."""
    return Problem(ERRORS[reason].code, reason, detail, retry_after_ms=retry_after_ms)


def answer(error: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the response of a problem."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "reason": error.reason,
        "detail": error.detail,
    }
    if error.field is not None:
        body["field"] = error.field
    more = {**FRESH, **(headers or {})}
    if error.retry_after_ms:
        body["retry_after_ms"] = error.retry_after_ms
        more["Retry-After"] = str(math.ceil(error.retry_after_ms / 1000))
    return Response(msgspec.json.encode(body), error.status, more, MEDIA_TYPE)


def guarded(endpoint: Endpoint) -> Endpoint:
    """Answer with a problem whatever refuses a request inside the endpoint."""

    @functools.wraps(endpoint)
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Problem as error:
            return answer(error)
        except ProtocolError as error:
            return answer(Problem(error.code, error.reason, error.message, field=error.field))
        except StoreFailure:
            return answer(problem("store_unavailable", "The store is away; repeat this in a moment."))

    return answered


async def http_problem(request: Request, error: Exception) -> Response:
    """Answer what Starlette refuses by itself, an unknown path or method, as a problem too."""
    if not isinstance(error, HTTPException):
        raise error
    reason = {404: "unknown_path", 405: "unknown_method"}.get(error.status_code, "refused")
    return answer(Problem(error.status_code, reason, f"{error.detail}."), error.headers)
