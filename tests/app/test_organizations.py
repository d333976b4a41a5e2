"""The store of organizations, against a real store."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from redis.asyncio import Redis

from onethread.identity.organization import App, Organization
from onethread.identity.record import Edit, Exists, Missing, OrganizationError, Record
from onethread.store.errors import StoreUnavailable
from onethread.store.organizations import (
    Organizations,
    open_admin_client,
)

KEY = b"k" * 32


@pytest.fixture
async def client(store_url: str) -> AsyncIterator[Redis]:
    client = open_admin_client(store_url)
    yield client
    await client.aclose()


@pytest.fixture
def organizations(client: Redis) -> Organizations:
    return Organizations(client, KEY)


@pytest.fixture
def org() -> str:
    return f"org-{secrets.token_hex(6)}"


def renamed(name: str) -> Edit:
    def edit(record: Record) -> Record:
        organization = msgspec.structs.replace(record.organization, name=name)
        return msgspec.structs.replace(record, organization=organization)

    return edit


async def test_what_is_added_is_found(organizations: Organizations, org: str) -> None:
    """An organization comes back as it was added, and is listed."""
    app = App(app_id=7, secret="s", origins=("https://shop.example",), prechat_fields=())
    added = Organization(
        org=org, name="Ünï", identity="signed", shards=4, apps={7: app}, identity_keys={"1": "k"}
    )
    await organizations.add(added)
    assert await organizations.find(org) == added
    assert added in [record.organization for record in await organizations.all()]


async def test_a_name_is_taken_once(organizations: Organizations, org: str) -> None:
    """Of many who add the same name at once, one succeeds and the others are told."""
    adding = [organizations.add(Organization(org=org, name=str(number))) for number in range(10)]
    answers = await asyncio.gather(*adding, return_exceptions=True)
    assert answers.count(None) == 1
    assert sum(isinstance(answer, Exists) for answer in answers) == 9


@pytest.mark.parametrize("name", ["", "Acme", "a b", "{a}", "a*", "-a", "a-", "ä", "a" * 65, "a:b"])
async def test_a_name_is_a_slug(organizations: Organizations, name: str) -> None:
    """What could not be a key's hash tag is refused, and is found to be nobody without an error."""
    with pytest.raises(OrganizationError):
        await organizations.add(Organization(org=name, name="x"))
    assert await organizations.find(name) is None


async def test_edits_at_once_all_count(organizations: Organizations, org: str) -> None:
    """Of edits made at the same time none overwrites another."""
    await organizations.add(Organization(org=org, name="x"))

    def add_app(app_id: int) -> Edit:
        def edit(record: Record) -> Record:
            apps = {**record.organization.apps, app_id: App(app_id=app_id, secret="s")}
            return msgspec.structs.replace(
                record, organization=msgspec.structs.replace(record.organization, apps=apps)
            )

        return edit

    await asyncio.gather(*(organizations.edit(org, add_app(number)) for number in range(1, 5)))
    assert sorted((await organizations.get(org)).organization.apps) == [1, 2, 3, 4]


async def test_a_failing_edit_changes_nothing(organizations: Organizations, org: str) -> None:
    """What an edit raises reaches the caller, and the organization stays as it was."""
    added = Organization(org=org, name="x")
    await organizations.add(added)

    def fail(record: Record) -> Record:
        raise OrganizationError("no")

    with pytest.raises(OrganizationError, match="no"):
        await organizations.edit(org, fail)
    assert await organizations.find(org) == added


async def test_what_is_missing_is_named(organizations: Organizations, org: str) -> None:
    """Reading, editing and removing what isn't there is Missing, with its name quoted."""
    for attempt in (
        organizations.get(org),
        organizations.edit(org, renamed("y")),
        organizations.remove(org),
        organizations.add_api_key(org, "backend"),
        organizations.remove_api_key(org, "id"),
    ):
        with pytest.raises(Missing, match=repr(org)):
            await attempt


async def test_removal_takes_all_data_and_nothing_else(
    organizations: Organizations, client: Redis, org: str
) -> None:
    """Removing an organization removes its keys of all shards and its API keys, and no other's."""
    await organizations.add(Organization(org=org, name="x", shards=2))
    _, api_key = await organizations.add_api_key(org, "backend")
    await client.rpush(f"{{{org}:0}}:th_0_x:log", "a")
    await client.hset(f"{{{org}:1}}:contact:ct_1_y", "v", "b")
    other = f"{{{org}0:0}}:th_0_x:log"
    await client.rpush(other, "theirs")
    assert await organizations.remove(org) == 4  # its document, its audit log, and what lay in its shards
    assert await organizations.find(org) is None
    assert await organizations.of_api_key(api_key) is None
    assert [key async for key in client.scan_iter(match=f"*{org}*")] == [other.encode()]
    await client.delete(other)


async def test_an_interrupted_removal_can_be_finished(
    organizations: Organizations, client: Redis, org: str
) -> None:
    """Data that stayed behind when the organization had gone already goes with another removal."""
    await organizations.add(Organization(org=org, name="x"))
    await client.delete(f"{{{org}}}:organization")
    await client.rpush(f"{{{org}:0}}:th_0_x:log", "a")
    assert await organizations.remove(org) == 2  # with its audit log
    with pytest.raises(Missing):
        await organizations.remove(org)


async def test_an_api_key_opens_its_organization(organizations: Organizations, org: str) -> None:
    """A key leads to its organization until it is removed, the others stay; no other text opens anything."""
    await organizations.add(Organization(org=org, name="x"))
    first, clear = await organizations.add_api_key(org, "backend")
    _, other = await organizations.add_api_key(org, "other")
    assert len(clear) >= 32
    found = await organizations.of_api_key(clear)
    assert found is not None
    assert (found[0].org, found[1]) == (org, first)
    assert await organizations.of_api_key(first.digest) is None
    await organizations.remove_api_key(org, first.id)
    assert await organizations.of_api_key(clear) is None
    assert await organizations.of_api_key(other) is not None


async def test_an_api_key_is_not_stored(organizations: Organizations, client: Redis, org: str) -> None:
    """The store holds a keyed hash: neither the key nor a hash that another server key would give."""
    await organizations.add(Organization(org=org, name="x"))
    api_key, clear = await organizations.add_api_key(org, "backend")
    stored = await client.get(f"{{{org}}}:organization")
    assert clear.encode() not in stored
    assert re.search(rb'"digest":"[0-9a-f]{64}"', stored)
    assert await Organizations(client, b"o" * 32).of_api_key(clear) is None
    assert clear not in repr(api_key)


async def test_the_same_api_key_is_refused_twice(organizations: Organizations, org: str) -> None:
    """A given key that the organization has already is Exists."""
    await organizations.add(Organization(org=org, name="x"))
    given = secrets.token_hex(16)
    await organizations.add_api_key(org, "one", given)
    with pytest.raises(Exists):
        await organizations.add_api_key(org, "two", given)


async def test_a_store_that_is_away_is_unavailable(tmp_path: Path) -> None:
    """Without a store, reading raises StoreUnavailable, soon, and tells no address."""
    client = open_admin_client(f"unix://{tmp_path}/none.sock")
    try:
        with pytest.raises(StoreUnavailable) as away:
            await Organizations(client, KEY).find("acme")
        assert str(tmp_path) not in str(away.value)
    finally:
        await client.aclose()
