"""The composition of a server process: the only place that knows every part."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from types import FrameType
from typing import Any, Final, cast

import structlog
import uvloop
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from uvicorn._types import ASGIApplication

from onethread import demo
from onethread.api.operations import Unready, operation_routes
from onethread.gateway.addresses import Addresses
from onethread.gateway.edge import Edge
from onethread.gateway.endpoint import Endpoint
from onethread.gateway.proxies import TrustedProxies
from onethread.gateway.server import Server, config
from onethread.hub.clock import every
from onethread.hub.counters import Counters
from onethread.hub.hub import Hub, Limits
from onethread.hub.sweep import SWEEP_EVERY, Sweep
from onethread.identity.organization import Organization
from onethread.identity.tokens import TokenMint
from onethread.metrics import Metering
from onethread.serving import Serving
from onethread.settings import Settings
from onethread.snapshots import Counts, take
from onethread.store.carries import Carries
from onethread.store.directory import Directory
from onethread.store.embedded import EmbeddedStore
from onethread.store.embedded_errors import EmbeddedStoreError
from onethread.store.errors import StoreError
from onethread.store.link import Link
from onethread.store.organizations import Organizations, open_admin_client
from onethread.store.scripts import all_scripts
from onethread.store.subscriber import Subscriber

SHARE_EVERY: Final = 1.0
"""Seconds between two words to the other workers about what this one has counted."""

log = structlog.get_logger(__name__)


def run(serving: Serving) -> None:
    """Serve until SIGTERM or SIGINT, then drain; returns when nothing is left of it."""
    # uvicorn raises the signal once more when it has shut down; before it listens to it, it ends the start.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Process(serving).serve())


def _exit(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


class Process:
    """One server process: every part of it, made but not yet started."""

    def __init__(self, serving: Serving) -> None:
        settings = serving.settings
        self._serving = serving
        self._embedded = EmbeddedStore(settings.data) if settings.redis_url is None else None
        self._url = settings.redis_url or (self._embedded.url if self._embedded else "")
        self._link = Link(self._url, scripts=all_scripts(), on_connected=lambda: self._back())
        self._subscriber = Subscriber(
            self._url,
            on_message=lambda channel, payload: self._hub.threads.hear(channel, payload),
            on_gap=lambda channels: self._hub.threads.gap(channels),
        )
        self._organizations = Organizations(open_admin_client(self._url), serving.key)
        self._edge = Edge(
            bound=settings.buffer,
            heartbeat=settings.heartbeat,
            connections_per_address=settings.connections_per_address,
        )
        self._counters = Counters()
        self._store = Carries(self._link)
        self._hub = Hub(
            store=self._store,
            channels=self._subscriber,
            directory=Directory(self._organizations.find),
            addresses=Addresses(settings.inits_per_minute, settings.refusals_per_minute),
            mint=TokenMint(serving.key),
            limits=_limits(settings),
            counters=self._counters,
        )
        self._metering = Metering(self._count, serving.snapshots)
        self._started = False

    async def serve(self) -> None:
        """Start everything, serve, drain, and end everything."""
        app = Starlette(routes=self._routes(), lifespan=self._lifespan)
        settings, listener = self._serving.settings, self._serving.listener
        server = Server(
            config(cast("ASGIApplication", app), host=settings.host, port=settings.port),
            self._edge,
            self._hub.drain,
        )
        await server.serve(sockets=[listener])

    def _routes(self) -> list[BaseRoute]:
        proxies = TrustedProxies(self._serving.settings.trusted_proxies)
        endpoint = Endpoint(self._edge, self._hub.open_session, proxies)
        return [*endpoint.routes(), *operation_routes(self._unready, self._metering.registry)]

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if self._embedded is not None:
                await stack.enter_async_context(self._embedded)
                _keep(stack, self._embedded.keep_running(_report))
            stack.push_async_callback(self._organizations.close)
            await stack.enter_async_context(self._link)
            await stack.enter_async_context(self._subscriber)
            if self._serving.demo:
                await self._link.ready()
                await demo.ensure(self._organizations)
            await stack.enter_async_context(self._edge)
            _keep(stack, self._hub.serve())
            _keep(stack, every(SHARE_EVERY, self._share))
            _keep(stack, every(SWEEP_EVERY, Sweep(self._store, self._all_organizations).run))
            self._started = True
            self._serving.ready()
            yield

    async def _unready(self) -> Unready | None:
        if not self._started:
            return "starting"
        if self._edge.draining:
            return "draining"
        if not self._link.connected or not self._subscriber.connected:
            return "store_unavailable"
        try:
            await asyncio.wait_for(self._link.command("PING", idempotent=True), 1.0)
        except (StoreError, TimeoutError):
            return "store_unavailable"
        return None

    def _count(self) -> Counts:
        return take(self._counters, self._edge.traffic, self._link.in_flight)

    async def _share(self) -> None:
        self._metering.share()

    async def _all_organizations(self) -> list[Organization]:
        return [record.organization for record in await self._organizations.all()]

    def _back(self) -> None:
        """Compare all threads now: the store has been away, and may have come back from an older file."""
        self._hub.spawn(self._hub.compare())


def _limits(settings: Settings) -> Limits:
    return Limits(
        sends_per_second=settings.sends_per_second if settings.send_burst else 0,
        send_burst=settings.send_burst,
        heartbeat=settings.heartbeat,
        init_timeout=settings.init_timeout,
        drain=settings.drain,
    )


def _keep(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> None:
    """Do some work for as long as the stack lasts."""
    task = asyncio.ensure_future(work)

    async def stop() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(stop)


def _report(error: EmbeddedStoreError) -> None:
    log.error("store_died", reason=str(error))
