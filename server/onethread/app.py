"""The composition of a server process: the only place that knows every part."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from types import FrameType
from typing import Final, cast

import structlog
import uvloop
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from uvicorn._types import ASGIApplication

from onethread import collector
from onethread.agents import cookie
from onethread.api.edge import Api
from onethread.api.health import Unready, health_routes
from onethread.api.openapi import openapi_route
from onethread.api.pages import page_routes
from onethread.api.problems import http_problem
from onethread.api.rates import Rates
from onethread.callers import StoredCallers
from onethread.connections import StoreConnections
from onethread.contacts.listing import Listing
from onethread.gateway.addresses import Addresses
from onethread.gateway.edge import Edge
from onethread.gateway.endpoint import Endpoint
from onethread.gateway.proxies import TrustedProxies
from onethread.gateway.server import Server, config
from onethread.hooks import RosterNames, StoredRegistry
from onethread.hub.clerk import Clerk
from onethread.hub.clock import every, keep
from onethread.hub.counters import Counters
from onethread.hub.handover import Handover
from onethread.hub.hub import Hub
from onethread.hub.surroundings import Limits, Surroundings
from onethread.hub.sweep import SWEEP_EVERY, Sweep
from onethread.identity.tokens import TokenMint
from onethread.imports.queue import Queue
from onethread.imports.spool import SpoolFolder
from onethread.metrics import Metering
from onethread.operations import operations
from onethread.preparation import Preparation
from onethread.serving import BUILT, Serving
from onethread.settings import Settings, SettingsError
from onethread.snapshots import Counts, take
from onethread.storage import Storage
from onethread.store.directory import Directory
from onethread.store.embedded import EmbeddedStore
from onethread.store.embedded_errors import EmbeddedStoreError
from onethread.webhooks.client import Client
from onethread.webhooks.dispatcher import Dispatcher

SHARE_EVERY: Final = 1.0
"""Seconds between two words to the other workers about what this one has counted."""

log = structlog.get_logger(__name__)


def run(serving: Serving) -> None:
    """Serve until SIGTERM or SIGINT, then drain; returns when nothing is left of it.

    SettingsError: the store belongs to a server with another key. EmbeddedStoreError: the embedded store
    can't be started.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(serving))


async def _serve(serving: Serving) -> None:
    async with AsyncExitStack() as stack:
        url = serving.settings.redis_url
        if url is None:
            embedded = await stack.enter_async_context(EmbeddedStore(serving.settings.data))
            keep(stack, embedded.keep_running(_report))
            url = embedded.url
        process = Process(serving, url)
        await process.start(stack)
        await process.serve()


def _exit(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


def _ignore(number: int, frame: FrameType | None) -> None:
    """Do nothing when uvicorn raises once more the signal that it has ended for."""


class Process:
    """One server process over the store at `url`: every part of it, made but not yet started."""

    def __init__(self, serving: Serving, url: str) -> None:
        settings = serving.settings
        self._serving = serving
        self._connections = StoreConnections(
            url,
            on_message=lambda channel, payload: self._hub.hear(channel, payload),
            on_gap=lambda channels: self._hub.gap(channels),
            on_connected=lambda: self._hub.spawn(self._hub.compare()),
        )
        self._storage = Storage(url, serving.key, self._connections.link)
        self._preparation = Preparation(self._connections, self._storage, with_demo=serving.demo)
        self._addresses = Addresses(settings.inits_per_minute, settings.refusals_per_minute)
        self._proxies = TrustedProxies(settings.trusted_proxies)
        self._edge = Edge(
            bound=settings.buffer,
            heartbeat=settings.heartbeat,
            connections_per_address=settings.connections_per_address,
        )
        self._counters = Counters()
        self._hub = Hub(self._surroundings())
        self._endpoint = Endpoint(self._edge, self._hub.open_session, self._proxies, cookie.session_token)
        self._spools = SpoolFolder(settings.data / "imports")
        self._queue = Queue(
            self._spools,
            self._storage.imports,
            self._storage.threads,
            self._storage.organizations().find,
            TokenMint(serving.key),
        )
        self._metering = Metering(self._count, serving.snapshots)
        self._server: Server
        self._wrong: SettingsError | None = None

    def _surroundings(self) -> Surroundings:
        storage = self._storage
        return Surroundings(
            store=storage.threads,
            agents=storage.agents,
            listing=Listing(storage.contacts),
            sessions=storage.sessions,
            channels=self._connections.subscriber,
            directory=Directory(storage.organizations().find, storage.intact),
            addresses=self._addresses,
            mint=TokenMint(self._serving.key),
            limits=_limits(self._serving.settings),
            counters=self._counters,
        )

    async def start(self, stack: AsyncExitStack) -> None:
        """Start every part; `stack` ends them. SettingsError: as of `run`."""
        stack.push_async_callback(self._storage.close)
        await stack.enter_async_context(self._connections)
        await stack.enter_async_context(self._edge)
        await self._preparation.start(stack)
        keep(stack, self._hub.serve())
        keep(stack, every(SHARE_EVERY, self._share))
        keep(stack, self._queue.serve())
        self._sweep(stack)
        client = await stack.enter_async_context(Client(self._serving.settings.webhook_allow_private))
        keep(stack, self._dispatcher(client).run())

    def _sweep(self, stack: AsyncExitStack) -> None:
        storage = self._storage
        clerk = Clerk(storage.threads, storage.agents)
        handover = Handover(storage.agents, clerk, storage.all_organizations)
        keep(stack, every(SWEEP_EVERY, Sweep(storage.threads, storage.all_organizations).run))
        keep(stack, every(SWEEP_EVERY, handover.run))

    def _dispatcher(self, client: Client) -> Dispatcher:
        storage = self._storage
        registry = StoredRegistry(self._connections.link, storage.organizations(), storage.webhooks())
        names = RosterNames(storage.sessions)
        return Dispatcher(registry, storage.outbox, client, names, self._counters)

    async def serve(self) -> None:
        """Serve until signalled, and drain. SettingsError: as of `run`, found when the store came late."""
        settings, listener = self._serving.settings, self._serving.listener
        starlette = Starlette(
            routes=self._routes(),
            exception_handlers={HTTPException: http_problem},
            lifespan=self._lifespan,
        )
        app = cast("ASGIApplication", starlette)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _ignore)
        uvicorn_config = config(app, self._endpoint, host=settings.host, port=settings.port)
        self._server = Server(uvicorn_config, self._edge, self._hub.drain)
        await self._server.serve(sockets=[listener])
        if self._wrong is not None:
            raise self._wrong

    def _routes(self) -> list[BaseRoute]:
        rows = operations(
            self._serving, self._storage, self._queue, self._spools, self._addresses, self._client_address
        )
        callers = StoredCallers(self._storage.organizations(), self._storage.sessions)
        return [
            *self._endpoint.routes(),
            *health_routes(self._unready, self._metering.registry),
            openapi_route(rows),
            *page_routes(BUILT, demo=self._serving.demo),
            Route("/v1/{path:path}", Api(rows, callers, Rates(self._serving.settings.requests_per_second))),
        ]

    def _client_address(self, request: Request) -> str:
        forwarded = request.headers.getlist("x-forwarded-for")
        return self._proxies.client(request.client.host if request.client else "", forwarded)

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        collector.settle()
        trouble = self._preparation.trouble
        self._serving.ready(trouble)
        async with AsyncExitStack() as stack:
            if trouble:
                keep(stack, self._follow())
            yield

    async def _follow(self) -> None:
        """Say when the store has come, and end if it is not ours."""
        try:
            await self._preparation.follow()
        except SettingsError as error:
            self._wrong = error
            self._server.should_exit = True
        else:
            self._serving.ready("")

    async def _unready(self) -> Unready | None:
        if self._edge.draining:
            return "draining"
        return None if await self._connections.answers() else "store_unavailable"

    def _count(self) -> Counts:
        return take(self._counters, self._edge.traffic, self._connections.link.in_flight)

    async def _share(self) -> None:
        self._metering.share()


def _limits(settings: Settings) -> Limits:
    return Limits(
        sends_per_second=settings.sends_per_second if settings.send_burst else 0,
        send_burst=settings.send_burst,
        heartbeat=settings.heartbeat,
        init_timeout=settings.init_timeout,
        drain=settings.drain,
    )


def _report(error: EmbeddedStoreError) -> None:
    log.error("store_died", reason=str(error))
