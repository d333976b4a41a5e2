"""What the HTTP API can do, nouns put together."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request

from onethread.agents.login import Logins
from onethread.agents.passwords import Passwords
from onethread.api.agents import AgentOperations
from onethread.api.apps import AppOperations
from onethread.api.authors import Authors
from onethread.api.contacts import ContactOperations
from onethread.api.dead_letters import DeadLetterOperations
from onethread.api.erasure import ErasureOperations
from onethread.api.events import EventOperations
from onethread.api.import_preview import PreviewOperations
from onethread.api.imports import ImportOperations
from onethread.api.keys import KeyOperations
from onethread.api.operation import Operation
from onethread.api.sessions import SessionOperations
from onethread.api.threads import ThreadOperations
from onethread.api.webhooks import WebhookOperations
from onethread.contacts.listing import Listing
from onethread.gateway.addresses import Addresses
from onethread.hub.clerk import Clerk
from onethread.hub.clock import now_ms
from onethread.hub.erasure import Erasure
from onethread.hub.profiles import Profiles
from onethread.identity.tokens import TokenMint
from onethread.imports.queue import Queue
from onethread.imports.spool import SpoolFolder
from onethread.serving import Serving
from onethread.storage import Storage
from onethread.webhooks.letters import Letters


def operations(
    serving: Serving,
    storage: Storage,
    queue: Queue,
    spools: SpoolFolder,
    addresses: Addresses,
    client_address: Callable[[Request], str],
) -> list[Operation]:
    """Return the operations of every noun, over the parts of a process."""
    passwords = Passwords()
    logins = Logins(storage.sessions, addresses, passwords, now_ms)
    listing = Listing(storage.contacts)
    clerk = Clerk(storage.threads, storage.agents)
    authors = Authors(storage.sessions)
    letters, allowed = Letters(storage.outbox), serving.settings.webhook_allow_private
    profiles = Profiles(storage.threads)
    records, accounts, webhooks = storage.organizations, storage.accounts, storage.webhooks
    return [
        *SessionOperations(logins, storage.sessions, client_address).operations(),
        *ContactOperations(listing, profiles, TokenMint(serving.key)).operations(),
        *ErasureOperations(Erasure(storage.threads), accounts).operations(),
        *PreviewOperations().operations(),
        *ImportOperations(queue, spools, storage.imports, storage.contacts).operations(),
        *ThreadOperations(clerk, listing, authors).operations(),
        *EventOperations(clerk, authors).operations(),
        *AgentOperations(accounts, passwords).operations(),
        *AppOperations(records).operations(),
        *KeyOperations(records).operations(),
        *WebhookOperations(webhooks, letters, allowed).operations(),
        *DeadLetterOperations(webhooks, letters).operations(),
    ]
