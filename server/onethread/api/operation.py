"""A route's method: what it takes, who may call it, what it answers. The API is a table of these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from onethread.api.bodies import JSON
from onethread.api.callers import Caller
from onethread.api.problems import FRESH
from onethread.identity.organization import Organization, Scope
from onethread_protocol.shape import Shape


class Nothing(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """No parameters."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request as its operation gets it: `query` and `body` are of the types that the operation names.

    `path` has the values of the path's parameters. `caller` is there unless the operation is open.
    """

    request: Request
    path: Mapping[str, str]
    query: Any
    body: Any
    known: Caller | None

    @property
    def caller(self) -> Caller:
        """Who calls."""
        if self.known is None:
            raise AssertionError("an open operation has no caller")
        return self.known

    @property
    def organization(self) -> Organization:
        """The caller's organization."""
        return self.caller.organization


Handler: TypeAlias = Callable[[Call], Awaitable[Response]]
_Method = TypeVar("_Method", bound=Callable[..., Awaitable[Response]])
_CONTRACT: Final = "contract"


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What is said of an operation; stands as decorator over the method that does it.

    `path` has its parameters in braces. `scope` is what the caller needs; None: anybody may call. `query`
    and `body` are structs; of another kind than JSON (`takes`), the body is the handler's to read. `answers`
    are structs by status, None for an answer without a body; `reasons` those of REASONS that only its own
    handler gives.
    """

    method: str
    path: str
    summary: str
    scope: Scope | None
    query: type[msgspec.Struct] = Nothing
    body: type[msgspec.Struct] | None = None
    takes: tuple[str, ...] = JSON
    gives: str = "application/json"
    answers: Mapping[int, Any] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    """Request headers that it heeds, with their meaning."""

    def __call__(self, method: _Method) -> _Method:
        """Mark the method as what does it."""
        setattr(method, _CONTRACT, self)
        return method


@dataclass(frozen=True, kw_only=True)
class Operation(Contract):
    """A method of a path, with what handles it."""

    handler: Handler


class Noun:
    """What can be done with one noun: each of its methods under a Contract is an operation."""

    def operations(self) -> list[Operation]:
        """Return the rows of the table, in the order of their methods."""
        return [
            Operation(**vars(contract), handler=getattr(self, name))
            for name, method in vars(type(self)).items()
            if isinstance(contract := getattr(method, _CONTRACT, None), Contract)
        ]


def answered(body: msgspec.Struct, status: int = 200) -> Response:
    """Return a struct as the response."""
    return Response(msgspec.json.encode(body), status, FRESH, "application/json")


def done() -> Response:
    """Return the response of what has nothing to tell."""
    return Response(status_code=204, headers=FRESH)
