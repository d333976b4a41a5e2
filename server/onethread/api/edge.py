"""The HTTP edge: from a request to the operation that answers it (WIRE.md section 9).

In this order: the route, its method, who calls, how often, what it may, what it accepts, its query, its body.
So nothing of a request is read for somebody who is not let in, and no page of another site gets an answer
that its browser would show it: there are no CORS headers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from onethread.api.bodies import read_body
from onethread.api.callers import Caller, Callers, not_let_in, presented
from onethread.api.operation import Call, Operation
from onethread.api.paths import Match, Paths
from onethread.api.problems import FRESH, Problem, answer, of_protocol, store_away
from onethread.api.queries import read_query
from onethread.api.rates import Rates
from onethread.hub.log import StoreFailure
from onethread_protocol.errors import ProtocolError

log = structlog.get_logger(__name__)

_SECOND: Final = 1000


class Api:
    """An ASGI application of operations."""

    def __init__(
        self,
        operations: Sequence[Operation],
        callers: Callers,
        rates: Rates,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._paths = Paths(operations)
        self._callers = callers
        self._rates = rates
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        headers: dict[str, str] = {}
        try:
            response = await self._answer(request, headers)
        except Problem as problem:
            response = answer(problem)
        except ProtocolError as error:
            response = answer(of_protocol(error))
        except StoreFailure:
            response = answer(store_away())
        except ClientDisconnect:
            return
        except Exception:
            log.exception("request failed", method=request.method, path=_template(self._paths, scope))
            response = answer(Problem("internal_error", "Something went wrong here; it has been logged."))
        response.headers.update(headers)
        await response(scope, receive, send)

    async def _answer(self, request: Request, headers: dict[str, str]) -> Response:
        match = self._paths.match(_path(request.scope))
        if match is None:
            raise Problem("unknown_path", "There is no such route; /openapi.json lists those there are.")
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={**FRESH, "Allow": match.allow})
        operation = _operation(match, request.method)
        caller = None
        if operation.scope is not None:
            caller = await self._let_in(request, headers)
            if not caller.may(operation.scope):
                raise Problem("not_admitted", _denied(caller, operation.scope))
        _check_accepted(request, operation)
        query = read_query(request.scope["query_string"], operation.query)
        body = None
        if operation.body is not None:
            body = await read_body(request, operation.body, operation.takes)
        return await operation.handler(
            Call(request=request, path=match.parameters, query=query, body=body, known=caller)
        )

    async def _let_in(self, request: Request, headers: dict[str, str]) -> Caller:
        caller = await self._callers.caller(presented(request))
        if caller is None:
            raise not_let_in()
        allowance = self._rates.take(caller.rated, self._clock())
        headers.update(self._rates.headers(allowance))
        if allowance.wait:
            wait = int(allowance.wait * _SECOND) + 1
            raise Problem("rate_limited", f"Too many requests; wait {wait} ms.", retry_after_ms=wait)
        return caller


def _path(scope: Mapping[str, object]) -> bytes:
    raw = scope.get("raw_path")
    return raw if isinstance(raw, bytes) else str(scope["path"]).encode()


def _template(paths: Paths, scope: Scope) -> str:
    """Return a path as the table has it: what stands in one may be a person's."""
    match = paths.match(_path(scope))
    return next(iter(match.operations.values())).path if match else ""


def _operation(match: Match, method: str) -> Operation:
    operation = match.operations.get("GET" if method == "HEAD" else method)
    if operation is None:
        raise Problem("unknown_method", f"Here are: {match.allow}.", headers={"Allow": match.allow})
    return operation


def _denied(caller: Caller, scope: str) -> str:
    if caller.agent is not None:
        return "This is for agents with the role `admin`."
    return f"This needs an API key of scope `{scope}`; this one's is `{caller.scope}`."


def _check_accepted(request: Request, operation: Operation) -> None:
    """Check that the caller takes what it will get (RFC 9110 12.5.1). Problem 406."""
    accept = ",".join(request.headers.getlist("accept"))
    if not accept.strip():
        return
    group = operation.gives.partition("/")[0]
    for part in accept.split(","):
        kind, *parameters = (word.strip().lower() for word in part.split(";"))
        refused = any(word.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for word in parameters)
        if kind in ("*/*", f"{group}/*", operation.gives) and not refused:
            return
    raise Problem("not_acceptable", f"The answer is {operation.gives}.")
