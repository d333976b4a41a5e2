"""What tells webhooks, over the store's parts: whose they are, and agents' names."""

from __future__ import annotations

import time
from typing import Final

from onethread.agents.roster import Roster
from onethread.identity.organization import Organization
from onethread.store.link import Link
from onethread.store.organizations import Organizations
from onethread.store.sessions import Sessions
from onethread.store.webhooks import WebhookRecords, all_webhooks
from onethread.webhooks.record import Webhooks
from onethread_protocol.people import Named

FRESH_SECONDS: Final = 5.0
"""How old an agent's name may be; read for each message, a large roster would cost more than to tell it."""


class StoredRegistry:
    """See onethread.webhooks.dispatcher.Registry."""

    def __init__(self, link: Link, organizations: Organizations, records: WebhookRecords) -> None:
        self._link = link
        self._organizations = organizations
        self._records = records

    async def everything(self) -> list[tuple[Organization, Webhooks]]:
        """Return every organization that has, or had, webhooks."""
        found = []
        for org, webhooks in (await all_webhooks(self._link)).items():
            organization = await self._organizations.find(org)
            if organization is not None:
                found.append((organization, webhooks))
        return found

    async def announce(self, organization: Organization, webhooks: Webhooks) -> None:
        """Tell every shard of the organization which webhooks there are."""
        await self._records.announce(organization, webhooks)

    async def clear(self, organization: Organization, webhook: str) -> None:
        """Drop what is left of a webhook that was removed."""
        await self._records.clear(organization, webhook)


class RosterNames:
    """See onethread.webhooks.telling.Names."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._held: dict[str, tuple[float, Roster]] = {}

    async def named(self, org: str, agent: str) -> Named:
        """Return an agent as others are told of it."""
        now = time.monotonic()
        read_at, roster = self._held.get(org, (-FRESH_SECONDS, Roster()))
        if now - read_at >= FRESH_SECONDS:
            roster = await self._sessions.roster(org) or Roster()
            self._held[org] = now, roster
        return Named(id=agent, name=roster.name_of(agent))
