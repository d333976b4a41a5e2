"""The routes for those who run the server: does it live, can it be sent customers, what does it count."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, TypeAlias

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Unready: TypeAlias = Literal["starting", "draining", "store_unavailable"]
"""Why a hub should be sent no customers now."""

_FRESH = {"Cache-Control": "no-store"}


def health_routes(
    unready: Callable[[], Awaitable[Unready | None]], registry: CollectorRegistry
) -> list[Route]:
    """`/healthz`, `/readyz` and `/metrics` (WIRE.md section 9); none needs a key.

    `unready` is asked for each `/readyz`, must answer within a second or so, and gives None when ready.
    """

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_FRESH)

    async def readyz(_request: Request) -> Response:
        reason = await unready()
        if reason is None:
            return JSONResponse({"ready": True}, headers=_FRESH)
        return JSONResponse({"ready": False, "reason": reason}, status_code=503, headers=_FRESH)

    async def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), media_type=content_type, headers=_FRESH)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
