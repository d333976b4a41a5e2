"""The demo organization, as DESIGN.md section 5 promises it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from onethread import demo
from onethread.agents.passwords import Passwords
from onethread.agents.roster import put, remove
from onethread.identity.credentials import find_app, origin_allowed
from onethread.identity.organization import PRECHAT_FIELDS
from onethread.identity.record import Record
from onethread.store.accounts import Accounts
from onethread.store.embedded import EmbeddedStore
from onethread.store.organizations import AdminClient, Organizations, open_admin_client


@pytest.fixture
async def client(data: Path) -> AsyncIterator[AdminClient]:
    async with EmbeddedStore(data) as store:
        client = open_admin_client(store.url)
        yield client
        await client.aclose()


@pytest.fixture
def organizations(client: AdminClient) -> Organizations:
    return Organizations(client, b"k" * 32)


@pytest.fixture
def accounts(client: AdminClient) -> Accounts:
    return Accounts(client)


async def test_it_is_as_designed(organizations: Organizations, accounts: Accounts) -> None:
    """Credentials, keys and origins are the documented ones, and every setting is at its default."""
    await demo.ensure(organizations, accounts)
    record = await organizations.get("demo")
    organization = record.organization
    app = find_app(organization, 1, "demo-secret")
    assert app is not None
    assert origin_allowed(app, "http://localhost:5173")
    assert origin_allowed(app, None)
    assert not origin_allowed(app, "https://elsewhere.example")
    assert app.prechat_fields == PRECHAT_FIELDS
    assert organization.identity_keys == {"1": "demo-identity-key-of-32-bytes-or-more"}
    assert (organization.identity, organization.pinning) == ("sticky", "first_use")
    assert (organization.on_refused, organization.shards) == ("clean_chat", 1)
    found = await organizations.of_api_key("demo-api-key")
    assert found is not None
    assert found[0].org == "demo"


async def test_hubs_may_ensure_it_at_once_and_again(organizations: Organizations, accounts: Accounts) -> None:
    """Several hubs at the same moment, and every later start, leave one organization with one API key."""
    await asyncio.gather(*(demo.ensure(organizations, accounts) for _ in range(4)))
    once, agents = await organizations.get("demo"), await accounts.roster("demo")
    await demo.ensure(organizations, accounts)
    assert await organizations.get("demo") == once
    assert await accounts.roster("demo") == agents
    assert (len(once.api_keys), len(agents.accounts)) == (1, 2)


async def test_what_was_set_stays(organizations: Organizations, accounts: Accounts) -> None:
    """A setting that somebody tries out is there after a restart; changed credentials are put back."""
    await demo.ensure(organizations, accounts)

    def edit(record: Record) -> Record:
        organization = msgspec.structs.replace(
            record.organization, identity="signed", apps={}, identity_keys={}
        )
        return msgspec.structs.replace(record, organization=organization)

    await organizations.edit("demo", edit)
    await demo.ensure(organizations, accounts)
    organization = (await organizations.get("demo")).organization
    assert organization.identity == "signed"
    assert find_app(organization, 1, "demo-secret") is not None
    assert list(organization.identity_keys) == ["1"]


async def test_its_agents(organizations: Organizations, accounts: Accounts) -> None:
    """Ana, who is admin, and Ben have the documented password; it is put back, and so is who was removed."""
    await demo.ensure(organizations, accounts)
    before = await accounts.roster("demo")
    ana, ben = before.find("ana@demo.test"), before.find("ben@demo.test")
    assert (ana.role, ben.role) == ("admin", "agent")
    changed = msgspec.structs.replace(ana, password=ben.password[:-4], role="agent")
    await accounts.edit("demo", lambda roster: remove(put(roster, changed), ben.id))
    await demo.ensure(organizations, accounts)
    after = await accounts.roster("demo")
    assert after.find("ana@demo.test").id == ana.id
    assert after.find(ana.id).role == "agent"
    for email in ("ana@demo.test", "ben@demo.test"):
        assert await Passwords().matches("demo-password", after.find(email).password)
