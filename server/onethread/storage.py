"""All that a process keeps in the store."""

from __future__ import annotations

from onethread.agents.audit import SERVER, Actor
from onethread.identity.organization import Organization
from onethread.store.accounts import Accounts
from onethread.store.agent_records import AgentRecords
from onethread.store.carries import Carries
from onethread.store.contacts import Contacts
from onethread.store.fingerprint import claim, matches
from onethread.store.imports import Imports
from onethread.store.link import Link
from onethread.store.organizations import Organizations, open_admin_client
from onethread.store.outbox import Outbox
from onethread.store.sessions import Sessions
from onethread.store.webhooks import WebhookRecords


class Storage:
    """What people do goes over the link; sessions and what administrators change, through a client beside it.

    What they change is made for whoever changes it (`by`). `key` is the server's own key. Everything raises
    StoreError.
    """

    def __init__(self, url: str, key: bytes, link: Link) -> None:
        self._link = link
        self._client = open_admin_client(url)
        self._key = key
        self.threads = Carries(link)
        self.agents = AgentRecords(link)
        self.contacts = Contacts(link)
        self.imports = Imports(link)
        self.outbox = Outbox(link)
        self.sessions = Sessions(self._client, key)

    def organizations(self, by: Actor = SERVER) -> Organizations:
        """Return the organizations with their apps and keys."""
        return Organizations(self._client, self._key, by)

    def accounts(self, by: Actor = SERVER) -> Accounts:
        """Return the agents' accounts."""
        return Accounts(self._client, by)

    def webhooks(self, by: Actor = SERVER) -> WebhookRecords:
        """Return the webhooks."""
        return WebhookRecords(self._client, self._link, by)

    async def all_organizations(self) -> list[Organization]:
        """Return every organization."""
        return [record.organization for record in await self.organizations().all()]

    async def claim(self) -> bool:
        """Tell whether this is the store of servers with this key; the first one to ask makes it so."""
        return await claim(self._client, self._key)

    async def intact(self) -> bool:
        """Tell whether it still is: one that lost everything is not."""
        return await matches(self._client, self._key) is True

    async def close(self) -> None:
        """Give the client's connections up."""
        await self._client.aclose()
