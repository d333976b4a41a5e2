"""How a command reaches the store: the one of the settings, the running hub's, or its own for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple, TypeVar

import click

from onethread.agents.audit import COMMAND
from onethread.identity.organization import Organization
from onethread.server_key import server_key
from onethread.settings import Settings, SettingsError
from onethread.store.accounts import Accounts
from onethread.store.embedded import EmbeddedStore
from onethread.store.embedded_errors import StoreInUse
from onethread.store.errors import StoreUnavailable
from onethread.store.fingerprint import claim
from onethread.store.link import Link
from onethread.store.organizations import AdminClient, Organizations, open_admin_client
from onethread.store.outbox import Outbox
from onethread.store.scripts import all_scripts
from onethread.store.webhooks import WebhookRecords
from onethread.values import quoted
from onethread.webhooks.letters import Letters

T = TypeVar("T")


@asynccontextmanager
async def reachable_store(settings: Settings) -> AsyncIterator[str]:
    """The store's URL. The embedded store is the running server's, else started for the time being.

    Raises EmbeddedStoreError if it can't be started.
    """
    if settings.redis_url is not None:
        yield settings.redis_url
        return
    store = EmbeddedStore(settings.data)
    try:
        await store.__aenter__()
    except StoreInUse as running:
        yield running.url
        return
    try:
        yield store.url
    finally:
        await store.__aexit__(None, None, None)


def administer(settings: Settings, work: Callable[[Organizations], Awaitable[T]]) -> T:
    """Do `work` on the store's organizations. A store that does not answer is a ClickException."""
    return asyncio.run(
        _connected(settings, lambda client, _: work(Organizations(client, server_key(settings), COMMAND)))
    )


def administer_agents(settings: Settings, work: Callable[[Accounts], Awaitable[T]]) -> T:
    """Do `work` on the accounts of the store's agents, likewise."""
    return asyncio.run(_connected(settings, lambda client, _: work(Accounts(client, COMMAND))))


class Webhooks(NamedTuple):
    """What a command about webhooks works with."""

    organization: Organization
    records: WebhookRecords
    letters: Letters


def administer_webhooks(settings: Settings, org: str, work: Callable[[Webhooks], Awaitable[T]]) -> T:
    """Do `work` on the webhooks of an organization, likewise. Raises Missing."""

    async def connected(client: AdminClient, url: str) -> T:
        record = await Organizations(client, server_key(settings), COMMAND).get(org)
        async with Link(url) as link:
            await link.ready()
            records = WebhookRecords(client, link, COMMAND)
            return await work(Webhooks(record.organization, records, Letters(Outbox(link))))

    return asyncio.run(_connected(settings, connected))


@asynccontextmanager
async def connected_link(settings: Settings, org: str) -> AsyncIterator[tuple[Link, Organization]]:
    """A link to the store, and the organization. Raises Missing, and SettingsError if the store belongs to a
    server with another key; a store that does not answer is a ClickException."""
    async with reachable_store(settings) as url:
        client = open_admin_client(url)
        try:
            if not await claim(client, server_key(settings)):
                raise SettingsError("ONETHREAD_SECRET_KEY: the store was made with another server key")
            record = await Organizations(client, server_key(settings), COMMAND).get(org)
        except StoreUnavailable as error:
            raise _away(url, error) from None
        finally:
            await client.aclose()
        async with Link(url, scripts=all_scripts()) as link:
            await link.ready()
            yield link, record.organization


async def _connected(settings: Settings, work: Callable[[AdminClient, str], Awaitable[T]]) -> T:
    async with reachable_store(settings) as url:
        client = open_admin_client(url)
        try:
            return await work(client, url)
        except StoreUnavailable as error:
            raise _away(url, error) from None
        finally:
            await client.aclose()


def _away(url: str, error: StoreUnavailable) -> click.ClickException:
    return click.ClickException(f"ONETHREAD_REDIS_URL: {quoted(url)}: {error}")
