"""The composition of a server process: the only place that knows every part."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from types import FrameType
from typing import Any, Final, cast

import structlog
import uvloop
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from uvicorn._types import ASGIApplication

from onethread import collector, demo
from onethread.agents import cookie
from onethread.agents.audit import SERVER, Actor
from onethread.agents.login import Logins
from onethread.agents.passwords import Passwords
from onethread.api.agents import AgentOperations
from onethread.api.apps import AppOperations
from onethread.api.contacts import ContactOperations
from onethread.api.dead_letters import DeadLetterOperations
from onethread.api.edge import Api
from onethread.api.erasure import ErasureOperations
from onethread.api.health import Unready, health_routes
from onethread.api.imports import ImportOperations
from onethread.api.keys import KeyOperations
from onethread.api.openapi import openapi_route
from onethread.api.operation import Operation
from onethread.api.pages import page_routes
from onethread.api.problems import http_problem
from onethread.api.rates import Rates
from onethread.api.sessions import SessionOperations
from onethread.api.threads import ThreadOperations
from onethread.api.webhooks import WebhookOperations
from onethread.callers import StoredCallers
from onethread.contacts.listing import Listing
from onethread.gateway.addresses import Addresses
from onethread.gateway.edge import Edge
from onethread.gateway.endpoint import Endpoint
from onethread.gateway.proxies import TrustedProxies
from onethread.gateway.server import Server, config
from onethread.hooks import RosterNames, StoredRegistry
from onethread.hub.clerk import Clerk
from onethread.hub.clock import every, now_ms
from onethread.hub.counters import Counters
from onethread.hub.erasure import Erasure
from onethread.hub.handover import Handover
from onethread.hub.hub import Hub, Limits
from onethread.hub.profiles import Profiles
from onethread.hub.sweep import SWEEP_EVERY, Sweep
from onethread.identity.organization import Organization
from onethread.identity.tokens import TokenMint
from onethread.imports.queue import Queue
from onethread.imports.spool import SpoolFolder
from onethread.metrics import Metering
from onethread.serving import BUILT, Serving
from onethread.settings import Settings, SettingsError
from onethread.snapshots import Counts, take
from onethread.store.accounts import Accounts
from onethread.store.agent_records import AgentRecords
from onethread.store.carries import Carries
from onethread.store.contacts import Contacts
from onethread.store.directory import Directory
from onethread.store.embedded import EmbeddedStore
from onethread.store.embedded_errors import EmbeddedStoreError
from onethread.store.errors import StoreError
from onethread.store.fingerprint import claim, matches
from onethread.store.imports import Imports
from onethread.store.link import Link
from onethread.store.organizations import Organizations, open_admin_client
from onethread.store.outbox import Outbox
from onethread.store.scripts import all_scripts
from onethread.store.sessions import Sessions
from onethread.store.subscriber import Subscriber
from onethread.store.webhooks import WebhookRecords
from onethread.webhooks.client import Client
from onethread.webhooks.dispatcher import Dispatcher
from onethread.webhooks.letters import Letters

SHARE_EVERY: Final = 1.0
"""Seconds between two words to the other workers about what this one has counted."""
STORE_WAIT: Final = 5.0
"""Seconds that a start waits for the store. Then it serves without: inits are answered 503 until it is
there."""

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
            _keep(stack, embedded.keep_running(_report))
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
        self._link = Link(url, scripts=all_scripts(), on_connected=lambda: self._back(), on_lost=self._lost)
        self._subscriber = Subscriber(
            url,
            on_message=lambda channel, payload: self._hub.hear(channel, payload),
            on_gap=lambda channels: self._hub.gap(channels),
        )
        self._admin = open_admin_client(url)
        self._organizations = Organizations(self._admin, serving.key, SERVER)
        self._accounts = Accounts(self._admin, SERVER)
        self._sessions = Sessions(self._admin, serving.key)
        self._contacts = Contacts(self._link)
        self._listing = Listing(self._contacts)
        self._addresses = Addresses(settings.inits_per_minute, settings.refusals_per_minute)
        self._proxies = TrustedProxies(settings.trusted_proxies)
        self._edge = Edge(
            bound=settings.buffer,
            heartbeat=settings.heartbeat,
            connections_per_address=settings.connections_per_address,
        )
        self._counters = Counters()
        self._store = Carries(self._link)
        self._agent_records = AgentRecords(self._link)
        self._clerk = Clerk(self._store, self._agent_records)
        self._hub = Hub(
            store=self._store,
            agents=self._agent_records,
            listing=self._listing,
            sessions=self._sessions,
            channels=self._subscriber,
            directory=Directory(self._organizations.find, self._intact),
            addresses=self._addresses,
            mint=TokenMint(serving.key),
            limits=_limits(settings),
            counters=self._counters,
        )
        self._endpoint = Endpoint(self._edge, self._hub.open_session, self._proxies, cookie.session_token)
        self._spools = SpoolFolder(settings.data / "imports")
        self._imports = Imports(self._link)
        self._queue = Queue(
            self._spools, self._imports, self._store, self._organizations.find, TokenMint(serving.key)
        )
        self._metering = Metering(self._count, serving.snapshots)
        self._away = False
        self._server: Server
        self._prepared: asyncio.Task[None]
        self._wrong: SettingsError | None = None

    async def start(self, stack: AsyncExitStack) -> None:
        """Start every part; `stack` ends them."""
        stack.push_async_callback(self._organizations.close)
        await stack.enter_async_context(self._link)
        await stack.enter_async_context(self._subscriber)
        await stack.enter_async_context(self._edge)
        self._prepared = _keep(stack, self._prepare())
        await asyncio.wait([self._prepared], timeout=STORE_WAIT)
        if self._prepared.done():
            await self._prepared
        else:
            log.warning("store_unavailable", reason=self._trouble())
        _keep(stack, self._hub.serve())
        _keep(stack, every(SHARE_EVERY, self._share))
        _keep(stack, self._queue.serve())
        _keep(stack, every(SWEEP_EVERY, Sweep(self._store, self._all_organizations).run))
        handover = Handover(self._agent_records, self._clerk, self._all_organizations)
        _keep(stack, every(SWEEP_EVERY, handover.run))
        client = await stack.enter_async_context(Client(self._serving.settings.webhook_allow_private))
        registry = StoredRegistry(self._link, self._organizations, WebhookRecords(self._admin, self._link))
        _keep(stack, Dispatcher(registry, Outbox(self._link), client, RosterNames(self._sessions)).run())

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

    async def _prepare(self) -> None:
        """Wait for the store, see that it is this installation's, and put the demo organization in."""
        await self._link.ready()
        await self._subscriber.ready()
        if not await claim(self._admin, self._serving.key):
            raise SettingsError("ONETHREAD_SECRET_KEY: the store was made with another server key")
        if self._serving.demo:
            await demo.ensure(self._organizations, self._accounts)

    def _routes(self) -> list[BaseRoute]:
        operations = self._operations()
        callers = StoredCallers(self._organizations, self._sessions)
        api = Api(operations, callers, Rates(self._serving.settings.requests_per_second))
        return [
            *self._endpoint.routes(),
            *health_routes(self._unready, self._metering.registry),
            openapi_route(operations),
            *page_routes(BUILT, demo=self._serving.demo),
            Route("/v1/{path:path}", api),
        ]

    def _operations(self) -> list[Operation]:
        passwords = Passwords()
        logins = Logins(self._sessions, self._addresses, passwords, now_ms)

        def records(by: Actor) -> Organizations:
            return Organizations(self._admin, self._serving.key, by)

        def accounts(by: Actor) -> Accounts:
            return Accounts(self._admin, by)

        def webhooks(by: Actor) -> WebhookRecords:
            return WebhookRecords(self._admin, self._link, by)

        letters, allowed = Letters(Outbox(self._link)), self._serving.settings.webhook_allow_private
        profiles = Profiles(self._store)
        return [
            *SessionOperations(logins, self._sessions, self._client_address).operations(),
            *ContactOperations(self._listing, profiles, TokenMint(self._serving.key)).operations(),
            *ErasureOperations(Erasure(self._store), accounts).operations(),
            *ImportOperations(self._queue, self._spools, self._imports, self._contacts).operations(),
            *ThreadOperations(self._clerk, self._listing, self._sessions).operations(),
            *AgentOperations(accounts, passwords).operations(),
            *AppOperations(records).operations(),
            *KeyOperations(records).operations(),
            *WebhookOperations(webhooks, letters, allowed).operations(),
            *DeadLetterOperations(webhooks, letters).operations(),
        ]

    def _client_address(self, request: Request) -> str:
        forwarded = request.headers.getlist("x-forwarded-for")
        return self._proxies.client(request.client.host if request.client else "", forwarded)

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        collector.settle()
        self._serving.ready(self._trouble())
        late = asyncio.ensure_future(self._prepare_late())
        try:
            yield
        finally:
            late.cancel()

    def _trouble(self) -> str:
        if self._prepared.done():
            return ""
        return self._link.trouble or self._subscriber.trouble or "the store does not answer"

    async def _prepare_late(self) -> None:
        """Follow a store that was not there at the start: say when it is, and end if it is not ours."""
        if self._prepared.done():
            return
        preparing: Awaitable[None] = self._prepared
        while True:
            try:
                await preparing
            except StoreError:
                await asyncio.sleep(STORE_WAIT)
                preparing = self._prepare()
            except SettingsError as error:
                self._wrong = error
                self._server.should_exit = True
                return
            else:
                self._serving.ready("")
                return

    async def _unready(self) -> Unready | None:
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

    async def _intact(self) -> bool:
        return await matches(self._admin, self._serving.key) is True

    async def _all_organizations(self) -> list[Organization]:
        return [record.organization for record in await self._organizations.all()]

    def _back(self) -> None:
        """Compare all threads now: the store has been away, and may have come back from an older file."""
        if self._away:
            self._away = False
            log.warning("store_back")
        self._hub.spawn(self._hub.compare())

    def _lost(self, error: StoreError) -> None:
        if self._edge.draining:
            return  # closed by this process, at its end
        self._away = True
        log.warning("store_lost", reason=str(error))


def _limits(settings: Settings) -> Limits:
    return Limits(
        sends_per_second=settings.sends_per_second if settings.send_burst else 0,
        send_burst=settings.send_burst,
        heartbeat=settings.heartbeat,
        init_timeout=settings.init_timeout,
        drain=settings.drain,
    )


def _keep(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Do some work for as long as the stack lasts."""
    task = asyncio.ensure_future(work)

    async def stop() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(stop)
    return task


def _report(error: EmbeddedStoreError) -> None:
    log.error("store_died", reason=str(error))
