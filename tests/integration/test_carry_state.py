"""WIRE.md section 8, Carry: what the contact's thread is afterwards, beside its events."""

import asyncio
from collections.abc import Sequence

import pytest

from onethread.hub.entry import Entry
from tests.integration.acme import Acme, MakeAcme, new_user
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.hubs import Hubs, beside
from tests.integration.wire import Customer, Frame
from tests.store.thread_log import ANA, ThreadLog


async def carry(org: Acme, user: Frame, visitor: Customer, url: str = "") -> Customer:
    """Come as the contact, with the visitor's token."""
    home = await org.join(url, user=user, visitor=visitor.ready["visitor"])
    assert home.ready["carried_from"][-1] == visitor.thread
    return home


async def close_thread(log: ThreadLog) -> None:
    """Close a thread as an agent's `status` will."""
    await log.set_meta(status="closed")
    for view in ("open", "unassigned"):
        await log.link.command("ZREM", f"{log.keys.inbox}:{view}", log.keys.thread)
    await log.link.command("ZADD", f"{log.keys.inbox}:closed", 1, log.keys.thread)


def unread_of(entries: Sequence[Entry], side: str, position: int) -> int:
    """Count the other side's messages, not deleted, after a position: as WIRE.md section 4 says it."""
    return sum(
        entry.kind == "message" and not entry.deleted and (entry.from_type == "contact") == (side == "a")
        for entry in entries[position:]
    )


async def test_custom_data_is_filled_key_by_key(acme: MakeAcme) -> None:
    """What the contact has stays, what only the visitor has comes, and every empty field is filled."""
    org, user_id = await acme(), new_user()
    await org.join(user={"user_id": user_id, "phone": "1", "custom_data": {"plan": "pro", "seats": 3}})
    said_of_itself = {
        "name": "Mia",
        "phone": "2",
        "company": "Hers",
        "custom_data": {"plan": "free", "ad": "x"},
    }
    visitor = await org.join(user=said_of_itself)
    await visitor.say("hush-hello")
    home = await carry(org, {"user_id": user_id}, visitor)
    shown = home.ready["contact"]
    assert (shown["name"], shown["phone"], shown["company"]) == ("Mia", "1", "Hers")
    async with beside(org.server, home, org.credentials["org"]) as log:
        found = await log.store.look_up(log.keys.org, 0, thread=home.thread)
    assert found
    assert found.contact
    assert found.contact.custom_data == {"plan": "pro", "seats": 3, "ad": "x"}


@pytest.mark.parametrize("source", ["open", "closed"])
async def test_an_open_thread_reopens_the_closed_one(acme: MakeAcme, source: str) -> None:
    """After `merged` comes a `status` by the system, and the inbox has it open; a closed one leaves it so."""
    org, user = await acme(), {"user_id": new_user()}
    owner, visitor = await org.join(user=user), await org.join()
    for customer, closed in ((owner, True), (visitor, source == "closed")):
        await customer.say("hush-hello")
        async with beside(org.server, customer, org.credentials["org"]) as log:
            if closed:
                await close_thread(log)
    home = await carry(org, user, visitor)
    async with beside(org.server, home, org.credentials["org"]) as log:
        entries = await log.entries()
        assert await log.meta("status") == ("open" if source == "open" else "closed")
        assert list(await log.places()) == ["unassigned" if source == "open" else "closed"]
    reopened = [("status", "system", "open")] if source == "open" else []
    assert [entry.kind for entry in entries[:3]] == ["message", "message", "merged"]
    assert [(entry.kind, entry.from_type, entry.extra) for entry in entries[3:]] == reopened


@pytest.mark.parametrize("before", ["", "ag_bo"])
async def test_the_assignee_moves_if_there_is_none(acme: MakeAcme, before: str) -> None:
    """The visitor's agent gets the contact's thread, unless that has one; the inbox lists it once."""
    org, user = await acme(), {"user_id": new_user()}
    owner, visitor = await org.join(user=user), await org.join()
    for customer, agent in ((owner, before), (visitor, ANA)):
        async with beside(org.server, customer, org.credentials["org"]) as log:
            if agent:
                await customer.say("hush-hello")
                await log.set_meta(assignee=agent)
                await log.link.command("ZREM", f"{log.keys.inbox}:unassigned", customer.thread)
                await log.link.command("ZADD", f"{log.keys.inbox}:mine:{agent}", 1, customer.thread)
    home = await carry(org, user, visitor)
    async with beside(org.server, home, org.credentials["org"]) as log:
        assert await log.meta("assignee") == (before or ANA)
        assert list(await log.places()) == [f"mine:{before or ANA}"]
    async with beside(org.server, visitor, org.credentials["org"]) as log:
        assert await log.places() == {}


@pytest.mark.parametrize("side", ["c", "a"])
@pytest.mark.parametrize("source_read", [True, False])
@pytest.mark.parametrize("own_read", [True, False])
async def test_unread_is_right_after_a_carry(
    acme: MakeAcme, side: str, own_read: bool, source_read: bool
) -> None:
    """Who had read all of both has read all; else the position stays and what follows it counts, deleted
    ones not."""
    org, user = await acme(), {"user_id": new_user()}
    owner, visitor = await org.join(user=user), await org.join()
    positions = []
    for customer, has_read in ((owner, own_read), (visitor, source_read)):
        await customer.say("hush-one")
        gone = await customer.say("hush-gone")
        async with beside(org.server, customer, org.credentials["org"]) as log:
            await log.agent_says("hush-two")
            await log.agent_says("hush-also gone")
            await log.revise("deleted", 4, by=ANA)
            await log.agent_says("hush-a note", kind="note")
            await customer.send({"t": "delete", "cid": "d", "target": 2, "target_id": gone["id"]})
            positions.append((await customer.next("ack", lambda ack: ack["cid"] == "d"))["seq"])
            if has_read:
                await log.read(side, positions[-1])
    home = await carry(org, user, visitor)
    async with beside(org.server, home, org.credentials["org"]) as log:
        entries, unread = await log.entries(), await log.unread()
        position = int(await log.meta(f"r{side}") or 0)
    kept = positions[0] if own_read else 0
    assert position == (len(entries) if own_read and source_read else kept)
    expected = 0 if own_read and source_read else 1 if own_read else 2
    assert unread_of(entries, side, position) == expected
    assert unread[0 if side == "c" else 1] == expected
    if side == "c":
        assert (home.ready["unread"], home.ready["read"]["contact"]) == (expected, position)


async def test_agents_stay_the_authors_of_what_they_said(acme: MakeAcme) -> None:
    """An agent's message keeps its author, and its cid stays the agent's; a note stays hidden."""
    org, user = await acme(), {"user_id": new_user()}
    visitor = await org.join()
    await visitor.say("hush-hello", "cid")
    async with beside(org.server, visitor, org.credentials["org"]) as log:
        await log.agent_says("hush-answer", cid="cid")
        await log.agent_says("hush-a note", kind="note")
    home = await carry(org, user, visitor)
    seen = [event for frame in home.frames if frame["t"] == "replay" for event in frame["events"]]
    assert [(event["seq"], event["from"]["type"]) for event in seen] == [
        (1, "contact"),
        (2, "agent"),
        (4, "system"),
    ]
    assert seen[1]["from"] == {"type": "agent", "id": ANA, "name": "Ana"}
    assert seen[2]["count"] == 3
    async with beside(org.server, home, org.credentials["org"]) as log:
        again = await log.agent_says("hush-answer", cid="cid")
        assert getattr(again, "seq", None) == 2


async def test_carried_from_names_the_last_20(acme: MakeAcme) -> None:
    """Of 22 threads carried into one, every `ready` names the last 20, in that order; a 23rd beside them."""
    org, user, carried = await acme(), {"user_id": new_user()}, []
    for _ in range(22):
        visitor = await org.join()
        await visitor.say("hush-hello")
        await carry(org, user, visitor)
        carried.append(visitor.thread)
    assert (await org.join(user=user)).ready["carried_from"] == carried[-20:]
    unstored = await org.join()
    home = await carry(org, user, unstored)
    assert home.ready["carried_from"] == [*carried[-19:], unstored.thread]


async def test_raced_on_two_hubs_it_is_carried_once(acme: MakeAcme, two_hubs: Hubs) -> None:
    """Devices bring one token to both hubs at once: all get in, everything is there once, both hear it."""
    one, two = two_hubs
    org, user = await acme(one), {"user_id": new_user()}
    owners = [await org.join(hub.url, user=user) for hub in two_hubs]
    visitors = [await org.join()]
    said = [f"hush-{i} " + "x" * 9_000 for i in range(30)]
    for text in said:
        await visitors[0].say(text)
    visitors.append(await org.join(two.url, visitor=visitors[0].ready["visitor"]))
    await asyncio.gather(*(carry(org, user, visitors[0], hub.url) for hub in two_hubs * 3))
    assert [await visitor.closed() for visitor in visitors] == [4409, 4409]
    async with beside(one, owners[0], org.credentials["org"]) as log:
        entries = await log.entries()
    assert [entry.text for entry in entries[:-1]] == said
    assert (entries[-1].kind, entries[-1].extra["count"]) == ("merged", 30)
    for owner in owners:
        assert [(await owner.event())["seq"] for _ in range(31)] == list(range(1, 32))


@pytest.mark.parametrize(
    ("own", "visitors", "then"),
    [("", "Mia", "Mia"), ("Owner", "Mia", "Owner"), ("Owner", "", "Owner"), ("", "", "")],
)
async def test_carried_events_have_the_name_after_the_fill(
    acme: MakeAcme, own: str, visitors: str, then: str
) -> None:
    """What is carried is from the contact as it is called now; what it said before keeps its name."""
    org, user = await acme(), {"user_id": new_user()}
    owner = await org.join(user={**user, **({"name": own} if own else {})})
    visitor = await org.join(**({"user": {"name": visitors}} if visitors else {}))
    before = owner.ready["contact"]["name"]
    for customer in (owner, visitor):
        await customer.say("hush-hello")
    home = await carry(org, user, visitor)
    seen = [event for frame in home.frames if frame["t"] == "replay" for event in frame["events"]]
    assert [event["from"]["name"] for event in seen[:2]] == [before, then or before]
    assert home.ready["contact"]["name"] == (then or before)
