"""uvicorn's server with a drain: connections end in peace before uvicorn closes anything."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, cast

import uvicorn
from uvicorn._types import ASGIApplication

from onethread.gateway.edge import Edge
from onethread.gateway.uvicorn_edge import Greeter, HttpEdge, WebSocketEdge
from onethread_protocol.bounds import FRAME_BYTES

LOG: Final = logging.getLogger(__name__)

BACKLOG: Final = 4096
"""Connections that wait to be accepted: a restart brings all of a hub's clients back within seconds."""
HTTP_SHUTDOWN: Final = 5
"""Seconds for HTTP requests that still run after the drain."""
FORCE_POLL: Final = 0.1
"""Seconds between two looks at whether a second Ctrl-C asks for the end of the drain."""


def config(app: ASGIApplication, greeter: Greeter | None, *, host: str, port: int) -> uvicorn.Config:
    """How uvicorn runs this application: the fast edge, quiet, the lifespan required; usual handshakes are
    answered by the greeter, if there is one.

    No compression (frames could not be shared, and it takes 34 kB a connection), no pings of uvicorn's own
    (the hub's heartbeat does it), no access log (URLs may hold secrets), no logging set up (the application
    does it), no X-Forwarded-For (`proxies.py` reads it), no `server` header.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=cast("type[asyncio.Protocol]", partial(HttpEdge, greeter=greeter)),
        ws=WebSocketEdge,
        ws_max_size=FRAME_BYTES,
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=HTTP_SHUTDOWN,
    )


class Server(uvicorn.Server):
    """Serves until SIGTERM or SIGINT; then stops accepting, awaits `drain`, and shuts down.

    uvicorn closes sockets before it ends the lifespan, so a drain in the lifespan would be too late. `drain`
    should bound itself; a second SIGINT cuts it short.
    """

    def __init__(self, config: uvicorn.Config, edge: Edge, drain: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._edge = edge
        self._drain = drain

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._edge.draining = True
        for listener in self.servers:
            listener.close()
        await self._drained()
        await self._edge.end()
        await super().shutdown(sockets)

    async def _drained(self) -> None:
        drain = asyncio.ensure_future(self._drain())
        while not drain.done() and not self.force_exit:
            await asyncio.wait({drain}, timeout=FORCE_POLL)
        drain.cancel()
        (outcome,) = await asyncio.gather(drain, return_exceptions=True)
        if isinstance(outcome, BaseException):
            LOG.error("the drain did not end well", exc_info=outcome)
