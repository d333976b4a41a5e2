"""The bodies of requests: of a bounded size, as JSON read into the struct that the route takes."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Final, TypeVar

import msgspec
from starlette.requests import Request

from onethread.api.problems import Problem
from onethread_protocol import careful
from onethread_protocol.nodes import UNREADABLE, JsonNodes

LARGEST: Final = 256 * 1024
"""Bytes of a body that is read whole, as of a frame."""
BODY_WAIT: Final = 30.0
"""Seconds for such a body from its route's call on: 256 KiB at 9 kB/s."""
JSON: Final = ("application/json",)

T = TypeVar("T", bound=msgspec.Struct)
_NODES: Final = JsonNodes()


async def read_body(request: Request, cls: type[T], takes: tuple[str, ...] = JSON) -> T:
    """Return the request's body. Problem 415: it is not said to be JSON; 413: too large; 408: too slow.

    ProtocolError 400: it can't be read, or a field is wrong, which is named and quoted unless it is a secret.
    """
    check_type(request, takes)
    payload = await read_bytes(request)
    try:
        body: T = _decoder(cls).decode(payload)
        return body
    except UNREADABLE:
        return careful.read_body(payload, cls, _NODES, "JSON")


def check_type(request: Request, takes: tuple[str, ...]) -> None:
    """Check that the body is said to be of a type that the route takes. Problem 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in takes:
        # A page of another site can send a form or plain text without asking first, JSON it can't.
        wanted = " or ".join(takes)
        raise Problem("unsupported_media_type", f"The body must be {wanted}: -H 'Content-Type: {takes[0]}'.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem("unsupported_media_type", "The body must not be compressed.")


async def read_bytes(request: Request) -> bytes:
    """Return the request's body as it is, at most LARGEST. Problem 413: too large; 408: too slow."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > LARGEST:
        raise _too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WAIT):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST:
                    raise _too_large()
    except TimeoutError:
        raise Problem("timed_out", f"The body did not come within {BODY_WAIT:g} s.") from None
    return bytes(body)


def _too_large() -> Problem:
    return Problem("too_large", f"The body has more than {LARGEST} bytes.")


@cache
def _decoder(cls: type[T]) -> msgspec.json.Decoder[T]:
    return msgspec.json.Decoder(cls)
