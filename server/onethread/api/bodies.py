"""The bodies of requests: JSON of a bounded size, read into the struct that the route takes."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec
from starlette.requests import Request

from onethread.api.problems import Problem
from onethread_protocol import careful
from onethread_protocol.nodes import UNREADABLE, JsonNodes

LARGEST: Final = 256 * 1024
"""Bytes of a JSON body, as of a frame."""

T = TypeVar("T", bound=msgspec.Struct)
_NODES: Final = JsonNodes()


async def read_body(request: Request, cls: type[T]) -> T:
    """Return the request's body. Problem 415: it is not said to be JSON; 413: too large.

    ProtocolError 400: it can't be read, or a field is wrong, which is named and quoted unless it is a secret.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        # A page of another site can send a form or plain text without asking first, JSON it can't.
        raise Problem(415, "unsupported_media_type", "The body must be application/json.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise Problem(413, "too_large", f"The body has more than {LARGEST} bytes.")
    payload = bytes(body)
    try:
        return msgspec.json.decode(payload, type=cls)
    except UNREADABLE:
        return careful.read_body(payload, cls, _NODES, "JSON")
