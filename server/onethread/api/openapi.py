"""The API's description as OpenAPI 3.1, made of the table of operations and of the structs they name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onethread.agents import cookie
from onethread.api.operation import Operation
from onethread.api.problems import MEDIA_TYPE, REASONS, ProblemBody
from onethread.api.queries import is_map
from onethread.webhooks.payload import MEANINGS, notification_of
from onethread.webhooks.record import EventType
from onethread.webhooks.signature import HEADERS

PATH: Final = "/openapi.json"
_ANY: Final = ("bad_field", "not_acceptable", "internal_error", "store_unavailable")
_OF_CALLERS: Final = ("bad_credentials", "not_admitted", "rate_limited")
_OF_BODIES: Final = ("bad_frame", "timed_out", "too_large", "unsupported_media_type")
_RATE_HEADERS: Final = {
    "RateLimit": {"schema": {"type": "string"}, "description": "How many more requests may come at once."},
    "RateLimit-Policy": {"schema": {"type": "string"}, "description": "How many there may be in how long."},
}
_RETRY_AFTER: Final = {"Retry-After": {"schema": {"type": "string"}, "description": "Seconds to wait."}}


def openapi_route(operations: Sequence[Operation]) -> Route:
    """Return the route of the description; it needs no key."""
    text = json.dumps(describe(operations), ensure_ascii=False).encode()

    async def openapi(_request: Request) -> Response:
        return Response(text, headers={"Cache-Control": "no-cache"}, media_type="application/json")

    return Route(PATH, openapi)


def describe(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the description as JSON would have it."""
    schema_of, components = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        described = _Description(operation, schema_of, components).whole()
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Onethread",
            "version": version("onethread"),
            "description": "The HTTP API of an Onethread server. Errors are problem+json with a `reason`.",
        },
        "paths": paths,
        "webhooks": {type_: {"post": _told(type_, said, schema_of)} for type_, said in MEANINGS.items()},
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key or a session token."},
                "cookie": {"type": "apiKey", "in": "cookie", "name": cookie.NAME},
            },
        },
    }


def reasons_of(operation: Operation) -> list[str]:
    """Return all reasons for which the operation may be refused, in the order of REASONS."""
    given = {*_ANY, *operation.reasons}
    given |= {*_OF_CALLERS} if operation.scope else set()
    given |= {*_OF_BODIES} if operation.body or operation.takes != ("application/json",) else set()
    return [reason for reason in REASONS if reason in given]


def _told(type_: EventType, meaning: str, schema_of: Callable[[Any], Any]) -> dict[str, Any]:
    return {
        "operationId": type_.replace(".", "_"),
        "summary": f"{meaning[0].upper()}{meaning[1:]}.",
        "tags": ["webhooks"],
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "description": said,
                "schema": {"type": "string"},
            }
            for name, said in HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema_of(notification_of(type_))}},
        },
        "responses": {"2XX": {"description": "It is taken. Anything else: it is told again."}},
    }


def _schemas(operations: Sequence[Operation]) -> tuple[Callable[[Any], Any], dict[str, Any]]:
    used: list[Any] = [ProblemBody, *map(notification_of, MEANINGS)]
    for operation in operations:
        used += [operation.query, *([operation.body] if operation.body else [])]
        used += [answer for answer in operation.answers.values() if answer is not None]
    types = list(dict.fromkeys(used))
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    by_type = dict(zip(types, schemas, strict=True))
    return by_type.__getitem__, components


class _Description:
    """One operation's."""

    def __init__(
        self, operation: Operation, schema_of: Callable[[Any], Any], components: Mapping[str, Any]
    ) -> None:
        self._operation = operation
        self._schema_of = schema_of
        self._components = components

    def whole(self) -> dict[str, Any]:
        operation = self._operation
        words = re.findall(r"[a-z_]+", operation.path.removeprefix("/v1"))
        described: dict[str, Any] = {
            "operationId": "_".join([operation.method.lower(), *words]),
            "summary": operation.summary,
            "tags": [operation.path.split("/")[2]],
            "parameters": [*self._path(), *self._headers(), *self._query()],
            "responses": {**self._answers(), **self._problems()},
            "security": [{"key": []}, {"cookie": []}] if operation.scope else [],
        }
        if operation.scope:
            described["x-scope"] = operation.scope
        if operation.body or operation.takes != ("application/json",):
            described["requestBody"] = self._body()
        return described

    def _path(self) -> list[dict[str, Any]]:
        names = re.findall(r"\{([a-z_]+)\}", self._operation.path)
        schema = {"type": "string", "minLength": 1}
        return [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]

    def _headers(self) -> list[dict[str, Any]]:
        schema = {"type": "string", "minLength": 1, "maxLength": 64}
        return [
            {"name": name, "in": "header", "description": meaning, "schema": schema}
            for name, meaning in self._operation.headers.items()
        ]

    def _query(self) -> list[dict[str, Any]]:
        cls = self._operation.query
        schema = self._components[cls.__name__]
        return [
            self._parameter(field, schema["properties"][field.encode_name])
            for field in msgspec.structs.fields(cls)
        ]

    def _parameter(self, field: msgspec.structs.FieldInfo, schema: Any) -> dict[str, Any]:
        parameter: dict[str, Any] = {"name": field.encode_name, "in": "query", "schema": schema}
        if field.required:
            parameter["required"] = True
        if is_map(field.type):
            # Exploded, an object's properties are parameters of their own: NAME.KEY=value.
            keys = {"pattern": rf"^{field.encode_name}\..+$"}
            parameter |= {
                "style": "form",
                "explode": True,
                "description": f"Parameters of the form `{field.encode_name}.KEY`.",
                "schema": {**schema, "propertyNames": keys},
            }
        return parameter

    def _body(self) -> dict[str, Any]:
        operation = self._operation
        schema = self._schema_of(operation.body) if operation.body else {"type": "string"}
        return {"required": True, "content": {kind: {"schema": schema} for kind in operation.takes}}

    def _answers(self) -> dict[str, Any]:
        headers = _RATE_HEADERS if self._operation.scope else {}
        answers = self._operation.answers.items()
        return {str(status): {**self._answer(answer), "headers": headers} for status, answer in answers}

    def _answer(self, answer: Any) -> dict[str, Any]:
        if answer is None:
            return {"description": "Done."}
        schema = self._schema_of(answer)
        name = schema.get("$ref", "").rpartition("/")[2]
        said = self._components.get(name, {}).get("description", "The answer.")
        return {"description": said, "content": {self._operation.gives: {"schema": schema}}}

    def _problems(self) -> dict[str, Any]:
        by_status: dict[int, list[str]] = {}
        for reason in reasons_of(self._operation):
            by_status.setdefault(REASONS[reason].status, []).append(reason)
        return {str(status): self._problem(status, reasons) for status, reasons in by_status.items()}

    def _problem(self, status: int, reasons: list[str]) -> dict[str, Any]:
        said = "; ".join(f"`{reason}`: {REASONS[reason].meaning}" for reason in reasons)
        schema = {"schema": self._schema_of(ProblemBody)}
        headers = _RETRY_AFTER if status in (429, 503) else {}
        return {"description": said, "headers": headers, "content": {MEDIA_TYPE: schema}}
