"""Erasing a person over HTTP: nothing of it is left in the store, and everybody who looks is told at once."""

import asyncio
from typing import Any

import pytest

from onethread.hub.log import Refusal, Writing
from tests.integration.acme import new_user
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.backend import Backend, key_of
from tests.integration.hubs import beside
from tests.integration.serving import Running
from tests.integration.team import MakeTeam, Team
from tests.integration.team import team_fixture as team_fixture
from tests.integration.test_http_administration import acts
from tests.integration.test_http_threads import session_of, staffed
from tests.integration.wire import Customer, texts


async def stored(org: Team) -> dict[str, str]:
    """Everything that the store holds of the organization, by key, as text."""
    found: dict[str, str] = {}
    async with org.server.redis() as client:
        async for key in client.scan_iter(f"{{{org.org}*"):
            match (await client.type(key)).decode():
                case "string":
                    value: Any = await client.get(key)
                case "list":
                    value = await client.lrange(key, 0, -1)
                case "hash":
                    value = await client.hgetall(key)
                case "set":
                    value = await client.smembers(key)
                case "zset":
                    value = await client.zrange(key, 0, -1, withscores=True)
            found[key.decode()] = repr(value)
    return found


async def holding(org: Team, *words: str) -> list[str]:
    """The keys in which, by name or value, one of these words stands."""
    keys = await stored(org)
    return [key for key, value in keys.items() if any(word in key or word in value for word in words)]


async def person(org: Team, **init: Any) -> Customer:
    """Zoe with all that a person may leave: profile, form, messages, an edit, a deletion, tracks, a page."""
    user = {
        "user_id": "zoe-uid",
        "name": "ZoeName",
        "email": "zoe@mark.example",
        "phone": "+4915100",
        "company": "ZoeCo",
    }
    zoe = await org.join(
        device="zoe-device",
        user={**user, "custom_data": {"zoekey": "zoevalue"}},
        page={"url": "https://zoe.page", "title": "t"},
        **init,
    )
    said = await zoe.say("zoetext one")
    await zoe.say("zoetext two")
    change = {"cid": "zoecid", "target": said["seq"], "target_id": said["id"]}
    await zoe.ask({"t": "edit", "text": "zoetext edited", **change}, "ack")
    await zoe.send({"t": "track", "name": "zoetrack"})
    await zoe.send({"t": "read", "seq": 2})
    await zoe.settled()
    return zoe


def others(keys: dict[str, str], thread: str) -> dict[str, str]:
    """What is stored of contacts and of this thread, but for who is online, which changes by itself."""
    return {
        key: value
        for key, value in keys.items()
        if ("contact" in key or thread in key) and not key.endswith(":online")
    }


MARKS = ("zoe", "Zoe", "4915100")


@pytest.mark.parametrize("shards", [1, 3])
async def test_nothing_is_left(team: MakeTeam, shards: int) -> None:
    """After an erasure no key and no value of the store has anything of the person; others stay as is."""
    org, backend = await staffed(team, shards=shards)
    ben = await org.join(user={"user_id": "ben-uid", "name": "Ben", "email": "zoe@mark.example"})
    await ben.say("hello")
    await ben.ask({"t": "profile", "user": {"email": "ben@mark.example"}}, "profile")
    before = await stored(org)
    zoe = await person(org)
    ana = await org.console("ana")
    await ana.open(zoe.thread)
    await ana.do("note", zoe.thread, text="about zoe")
    await backend.call("PATCH", f"/v1/threads/{zoe.thread}", {"assignee": "ag_ana"})
    assert len(await holding(org, *MARKS)) > 5
    contact = zoe.ready["contact"]["id"]
    answer = await backend.call("DELETE", f"/v1/contacts/{contact}")
    assert (answer.status, answer.body) == (204, b"")
    assert await zoe.closed() == 4403
    assert await holding(org, *MARKS) == []
    assert [key for key in await stored(org) if zoe.thread in key] == [
        f"{{{org.org}:{zoe.thread[3]}}}:{zoe.thread}:meta"
    ]
    assert others(await stored(org), ben.thread) == others(before, ben.thread)
    for path in (f"/v1/contacts/{contact}", f"/v1/threads/{zoe.thread}", f"/v1/threads/{zoe.thread}/events"):
        assert (await backend.call("GET", path)).status == 404
    assert [one["name"] for one in (await backend.get("/v1/contacts"))["items"]] == ["Ben"]
    assert [row["thread"] for row in (await backend.get("/v1/threads"))["items"]] == [ben.thread]


async def test_who_looks_is_told(team: MakeTeam) -> None:
    """Devices are closed 4403, agents who have the thread open get `gone`, watched inboxes lose the row."""
    org, backend = await staffed(team)
    zoe = await person(org)
    phone = await org.join(user={"user_id": "zoe-uid"}, device="phone")
    ana, ben = await org.console("ana"), await org.console("ben")
    await ana.open(zoe.thread)
    await ben.ask({"t": "inbox", "view": "all", "limit": 10}, "inbox_page")
    await backend.call("DELETE", f"/v1/contacts/{zoe.ready['contact']['id']}")
    assert [await zoe.closed(), await phone.closed()] == [4403, 4403]
    gone = await ana.next("gone")
    assert gone == {"t": "gone", "thread": zoe.thread, "reason": "erased"}
    row = await ben.next("inbox_row", lambda frame: frame["row"].get("gone", False))
    assert row["row"]["thread"] == zoe.thread
    error = await ana.do("send", zoe.thread, text="hello?")
    assert (error["code"], error["reason"]) == (404, "unknown_thread")


async def test_who_comes_again_is_somebody_new(team: MakeTeam) -> None:
    """The same user_id gets a new contact and an empty thread; an erased visitor's token opens nothing."""
    org, backend = await staffed(team)
    zoe = await person(org)
    visitor = await org.join()
    await visitor.say("hello")
    for one in (zoe, visitor):
        await backend.call("DELETE", f"/v1/contacts/{one.ready['contact']['id']}")
        assert await one.closed() == 4403
    again = await org.come(user={"user_id": "zoe-uid"})
    assert texts(await again.replayed()) == []
    assert again.thread != zoe.thread
    assert again.ready["contact"]["id"] != zoe.ready["contact"]["id"]
    assert again.ready["contact"]["name"].endswith("(anonym)")
    late = await org.join(visitor=visitor.ready["visitor"])
    assert late.thread != visitor.thread
    # Beside a user_id the token carries nothing along.
    both = await org.join(user={"user_id": new_user()}, visitor=visitor.ready["visitor"])
    assert "carried_from" not in both.ready


async def test_carried_copies_go_too(team: MakeTeam) -> None:
    """What a visitor wrote before it was known goes with the contact that it was carried into."""
    org, backend = await staffed(team)
    visitor = await org.join(user={"name": "ZoeVisitor", "email": "zoe@visitor.example"})
    await visitor.say("zoetext as a visitor")
    zoe = await org.join(user={"user_id": "zoe-uid"}, visitor=visitor.ready["visitor"])
    assert await holding(org, "as a visitor")
    await backend.call("DELETE", f"/v1/contacts/{zoe.ready['contact']['id']}")
    assert await holding(org, *MARKS) == []


@pytest.mark.parametrize("events", [False, True])
async def test_an_interrupted_carry_goes_too(team: MakeTeam, events: bool) -> None:
    """A visitor's thread that was sealed for the contact, not carried or half carried, is dropped with it."""
    org, backend = await staffed(team)
    visitor = await org.join(user={"name": "ZoeVisitor", "email": "zoe@visitor.example"})
    await visitor.say("zoetext as a visitor")
    zoe = await person(org)
    async with beside(org.server, visitor, org.org) as log, beside(org.server, zoe, org.org) as other:
        sealed = await log.store.seal(log.keys, zoe.thread)
        assert sealed is not None
        if events:
            found = await log.store.look_up(org.org, 0, thread=zoe.thread)
            assert found is not None
            assert found.contact is not None
            elements = await log.store.range(log.keys, 1, 2, 2**20)
            await log.store.carry(other.keys, visitor.thread, 1, found.contact, elements)
        await backend.call("DELETE", f"/v1/contacts/{zoe.ready['contact']['id']}")
        assert await log.store.unfinished(org.org, 0) == []
    assert await holding(org, *MARKS) == []
    left = [key for key in await stored(org) if visitor.thread in key or zoe.thread in key]
    assert sorted(key.rpartition(":")[2] for key in left) == ["meta", "meta"]


async def test_what_is_under_way_writes_nothing(team: MakeTeam) -> None:
    """Messages, profiles and joins that race with an erasure leave nothing of the person behind."""
    org, backend = await staffed(team)
    for _ in range(5):
        visitor = await org.join(user={"name": "ZoeVisitor"})
        await visitor.say("zoetext")
        devices = [await org.join(visitor=visitor.ready["visitor"]) for _ in range(3)]
        sends = [
            device.send(frame)
            for n in range(20)
            for device in devices
            for frame in (
                {"t": "send", "cid": f"{device.ready['session']}{n}", "text": "zoetext late"},
                {"t": "profile", "user": {"company": "ZoeCo"}},
                {"t": "page", "url": "https://zoe.page"},
                {"t": "track", "name": "zoetrack"},
            )
        ]
        erasing = backend.call("DELETE", f"/v1/contacts/{visitor.ready['contact']['id']}")
        answer, *_ = await asyncio.gather(erasing, *sends, return_exceptions=True)
        assert answer.status == 204  # type: ignore[union-attr]
        for one in (visitor, *devices):
            assert await one.closed() == 4403
        assert await holding(org, *MARKS) == []


async def test_a_late_write_is_refused_by_the_store(team: MakeTeam) -> None:
    """A hub that has not heard of the erasure can neither store a visitor's first message nor its profile."""
    org, backend = await staffed(team)
    visitor = await org.join()
    await visitor.say("hello")
    async with beside(org.server, visitor, org.org) as log:
        await backend.call("DELETE", f"/v1/contacts/{visitor.ready['contact']['id']}")
        assert await log.say("zoetext", creation=True) == Refusal("unknown")
        writing = Writing(version=0, before=None, contact=log.contact, epoch=log.epoch)
        assert await log.store.write(log.keys, writing) is None
        await log.store.note_page(log.keys, "https://zoe.page", "")
    assert await holding(org, *MARKS) == []


async def test_every_hub_hears_it(two_hubs: tuple[Running, Running]) -> None:
    """A person's devices on another hub are closed as well."""
    one, two = two_hubs
    organization = await one.organize(f"acme-{new_user()}")
    credentials = {"org": organization.org, "app_id": 1, "app_secret": "secret"}
    zoe = await Customer.join(two.url, "zoe-uid", credentials=credentials)
    backend = Backend(one, await key_of(one, organization.org), organization.org)
    await backend.call("DELETE", f"/v1/contacts/{zoe.ready['contact']['id']}")
    assert await zoe.closed() == 4403


async def test_an_unheard_erasure_is_found(team: MakeTeam) -> None:
    """If a hub does not hear of it, comparing the thread with the store ends its connections all the same."""
    org, _ = await staffed(team)
    zoe = await person(org)
    async with beside(org.server, zoe, org.org) as log:
        found = await log.store.look_up(org.org, 0, thread=zoe.thread)
        assert found is not None
        assert found.contact is not None
        # Without a channel nobody is told.
        log.keys.channel = "nowhere"
        assert await log.store.erase(log.keys, found.version, found.contact) is True
    assert await zoe.closed() == 4403


async def test_administrators_only_and_with_a_line_in_the_audit_log(team: MakeTeam) -> None:
    """Only administrators erase; who did is noted with the contact's id, and nothing of the person."""
    org, _ = await staffed(team)
    zoe = await person(org)
    path = f"/v1/contacts/{zoe.ready['contact']['id']}"
    writer = Backend(org.server, await key_of(org.server, org.org, "write"), org.org)
    for caller in (writer, await session_of(org, "ben")):
        answer = await caller.call("DELETE", path)
        assert (answer.status, answer.json["reason"]) == (403, "not_admitted")
    ana = await session_of(org, "ana")
    assert (await ana.call("DELETE", path)).status == 204
    again = await ana.call("DELETE", path)
    assert (again.status, again.json["reason"]) == (404, "unknown_contact")
    assert (await acts(org))[-1] == ("agent", "ag_ana", "contact.erased", zoe.ready["contact"]["id"])
    audit = (await stored(org))[f"{{{org.org}}}:audit"]
    assert not any(mark in audit for mark in MARKS)


async def test_an_organizations_own_people_only(team: MakeTeam) -> None:
    """Another organization's key erases nobody here."""
    org, _ = await staffed(team)
    _, other = await staffed(team)
    zoe = await person(org)
    assert (await other.call("DELETE", f"/v1/contacts/{zoe.ready['contact']['id']}")).status == 404
    assert (await zoe.say("still here"))["seq"] == 4


async def test_a_user_id_can_be_given_anew(team: MakeTeam) -> None:
    """After an erasure the backend may bring the same user_id in again, as a new contact."""
    _, backend = await staffed(team)
    zoe = await backend.add(user_id="zoe-uid", email="zoe@mark.example")
    await backend.call("DELETE", f"/v1/contacts/{zoe['id']}")
    again = await backend.add(user_id="zoe-uid")
    assert again["id"] != zoe["id"]
    assert [one["id"] for one in (await backend.get("/v1/contacts"))["items"]] == [again["id"]]
