"""WIRE.md section 8, Carry, on the wire: a visitor turns out to be a contact."""

import asyncio
from typing import Any

import pytest

from tests.integration.acme import Acme, MakeAcme, new_user, refused
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.wire import Customer, new_cid, texts


async def change(customer: Customer, kind: str, ack: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Edit or delete a message; the ack."""
    cid = fields.setdefault("cid", new_cid())
    await customer.send({"t": kind, "target": ack["seq"], "target_id": ack["id"], **fields})
    return await customer.next("ack", lambda frame: frame["cid"] == cid)


async def log_of(org: Acme, **init: Any) -> list[dict[str, Any]]:
    """Everything that this person sees of its thread."""
    reader = await org.come(tail=200, **init)
    return [event for part in await reader.replayed() for event in part["events"]]


@pytest.mark.parametrize("shards", [1, 4])
async def test_a_visitors_events_go_into_the_contacts_thread(acme: MakeAcme, shards: int) -> None:
    """Ids, times and cids are kept, seq and targets are new, the contact is `from`; `merged` counts."""
    org, user = await acme(shards=shards), {"user_id": new_user()}
    owner = await org.join(user=user)
    await owner.say("hush-already here")
    visitor = await org.join()
    cid = new_cid()
    first, second = await visitor.say("hush-one", cid), await visitor.say("hush-two")
    await change(visitor, "edit", first, text="hush-one again")
    await change(visitor, "delete", second)
    home = await org.join(user=user, visitor=visitor.ready["visitor"])
    assert home.ready["carried_from"] == [visitor.thread]
    assert await visitor.closed() == 4409
    events = await log_of(org, user=user)
    assert [event["seq"] for event in events] == list(range(1, 7))
    assert [event["kind"] for event in events] == ["message"] * 3 + ["edited", "deleted", "merged"]
    one, two, edited, deleted, merged = events[1:]
    assert (one["id"], one["at"], one["cid"]) == (first["id"], first["at"], cid)
    assert (one["text"], one["rev"]) == ("hush-one again", edited["seq"])
    assert (two["deleted"], two["rev"], "text" in two) == (True, deleted["seq"], False)
    assert (edited["target"], edited["target_id"]) == (one["seq"], first["id"])
    assert (deleted["target"], deleted["target_id"]) == (two["seq"], second["id"])
    assert {event["from"]["id"] for event in events[:-1]} == {home.ready["contact"]["id"]}
    assert (merged["thread"], merged["count"], merged["from"]["type"]) == (visitor.thread, 4, "system")
    assert (await log_of(org, user=user)) == events
    live = [frame["event"]["seq"] for frame in await owner.settled() if frame["t"] == "event"]
    assert live[-5:] == [2, 3, 4, 5, 6]
    assert (await home.say("hush-one", cid))["dup"] is True


async def test_a_known_cid_is_dropped_and_its_changes_reach_the_contacts_message(acme: MakeAcme) -> None:
    """What both have is there once; an edit of it finds the one that stays, and no old text is left."""
    org, user, cid = await acme(), {"user_id": new_user()}, new_cid()
    owner, visitor = await org.join(user=user), await org.join()
    kept = await owner.say("hush-same", cid)
    await change(owner, "edit", kept, text="hush-older edit")
    same = await visitor.say("hush-same", cid)
    await change(visitor, "edit", same, text="hush-newer edit")
    await org.join(user=user, visitor=visitor.ready["visitor"])
    message, older, newer, merged = await log_of(org, user=user)
    assert (message["text"], message["rev"]) == ("hush-newer edit", newer["seq"])
    assert "text" not in older
    assert (newer["target"], newer["target_id"]) == (kept["seq"], kept["id"])
    assert merged["count"] == 1


@pytest.mark.parametrize("kind", ["edit", "delete"])
async def test_a_change_whose_cid_is_taken_keeps_its_effect(acme: MakeAcme, kind: str) -> None:
    """The contact's thread has the cid for another message: the change is carried without a cid, and a
    deletion is found again."""
    org, user, cid = await acme(), {"user_id": new_user()}, new_cid()
    owner, visitor = await org.join(user=user), await org.join()
    await owner.say("hush-own", cid)
    said = await visitor.say("hush-said")
    fields = {"text": "hush-new"} if kind == "edit" else {}
    await change(visitor, kind, said, cid=cid, **fields)
    home = await org.join(user=user, visitor=visitor.ready["visitor"])
    own, message, changed, merged = await log_of(org, user=user)
    assert (own["cid"], "rev" in own) == (cid, False)
    assert changed["kind"] == {"edit": "edited", "delete": "deleted"}[kind]
    assert (changed["target"], "cid" in changed) == (message["seq"], False)
    assert (message["rev"], message.get("text")) == (changed["seq"], fields.get("text"))
    assert merged["count"] == 2
    if kind == "delete":
        again = await change(home, "delete", message)
        assert (again["seq"], again["id"], again["dup"]) == (changed["seq"], changed["id"], True)


async def test_a_message_whose_cid_is_taken_by_a_change_is_carried(acme: MakeAcme) -> None:
    """Nothing that was acked is lost to a cid that means something else there."""
    org, user, cid = await acme(), {"user_id": new_user()}, new_cid()
    owner, visitor = await org.join(user=user), await org.join()
    await change(owner, "edit", await owner.say("hush-own"), text="hush-new", cid=cid)
    said = await visitor.say("hush-said", cid)
    await change(visitor, "edit", said, text="hush-said better")
    await org.join(user=user, visitor=visitor.ready["visitor"])
    own, edited, message, again, merged = await log_of(org, user=user)
    assert (own["text"], own["rev"], edited["cid"]) == ("hush-new", edited["seq"], cid)
    assert (message["id"], message["text"], "cid" in message) == (said["id"], "hush-said better", False)
    assert (again["target"], merged["count"]) == (message["seq"], 2)


async def test_a_change_that_both_have_is_there_once(acme: MakeAcme) -> None:
    """The same cid, kind and message: the visitor's is dropped, for the contact's stands."""
    org, user, cids = await acme(), {"user_id": new_user()}, [new_cid() for _ in range(2)]
    owner, visitor = await org.join(user=user), await org.join()
    for customer in (owner, visitor):
        said = await customer.say("hush-same", cids[0])
        await change(customer, "delete", said, cid=cids[1])
    await org.join(user=user, visitor=visitor.ready["visitor"])
    message, deleted, merged = await log_of(org, user=user)
    assert (message["deleted"], message["rev"], deleted["cid"]) == (True, deleted["seq"], cids[1])
    assert merged["count"] == 0


async def test_the_token_ends_and_is_explained_in_every_later_ready(acme: MakeAcme) -> None:
    """A moved token makes a new visitor; the contact's readies name the thread, token or not."""
    org, user = await acme(), {"user_id": new_user()}
    visitor = await org.join(user={"name": "Mia", "email": "mia@acme.test"})
    await visitor.say("hush-hello")
    token = visitor.ready["visitor"]
    home = await org.join(user=user, visitor=token)
    assert (home.ready["contact"]["name"], home.ready["contact"]["email"]) == ("Mia", "mia@acme.test")
    for init in ({"visitor": token}, {}):
        assert (await org.join(user=user, **init)).ready["carried_from"] == [visitor.thread]
    stranger = await org.join(visitor=token)
    assert stranger.ready["role"] == "visitor"
    assert stranger.thread not in (visitor.thread, home.thread)
    assert stranger.ready["head"] == 0


async def test_an_unstored_visitor_is_carried_without_a_trace(acme: MakeAcme) -> None:
    """No `merged`; the ready names the thread of the token; the visitor's connections are closed 4409."""
    org, user = await acme(), {"user_id": new_user()}
    visitor = await org.join()
    home = await org.join(user=user, visitor=visitor.ready["visitor"])
    assert home.ready["carried_from"] == [visitor.thread]
    assert await visitor.closed() == 4409
    assert await log_of(org, user=user) == []


async def test_carried_by_many_devices_at_once_it_is_there_once(acme: MakeAcme) -> None:
    """However many devices bring the token at once, all get in, and the events are appended once."""
    org, user = await acme(shards=4), {"user_id": new_user()}
    visitor = await org.join()
    said = [f"hush-{i} " + "x" * 9_000 for i in range(40)]
    for text in said:
        await visitor.say(text)
    inits = [{"user": user, "visitor": visitor.ready["visitor"]}] * 8
    homes = await org.race(inits)
    assert {tuple(home.ready["carried_from"]) for home in homes} == {(visitor.thread,)}
    events = await log_of(org, user=user)
    assert [event["text"] for event in events[:-1]] == said
    assert (events[-1]["kind"], events[-1]["count"]) == ("merged", 40)


async def test_of_two_users_with_one_token_one_gets_it_all(acme: MakeAcme) -> None:
    """The first seal wins, whole; the other has nothing of it."""
    org = await acme()
    visitor = await org.join()
    await visitor.say("hush-mine")
    users = [{"user_id": new_user()} for _ in range(2)]
    await org.race([{"user": user, "visitor": visitor.ready["visitor"]} for user in users])
    logs = [[event["kind"] for event in await log_of(org, user=user)] for user in users]
    assert sorted(logs) == [[], ["message", "merged"]]


async def test_a_refused_identity_carries_nothing(acme: MakeAcme) -> None:
    """A visitor token beside a refused `user_id` stays as it was, and the clean chat is never carried."""
    org, user = await acme(), {"user_id": new_user()}
    await org.join(user={**user, "security_hash": "hush-mine"})
    visitor = await org.join()
    await visitor.say("hush-visitor")
    clean = await org.join(user=user, visitor=visitor.ready["visitor"])
    assert refused(clean)
    await clean.say("hush-clean")
    again = await org.come(user=user, clean=clean.ready["clean"])
    assert texts(await again.replayed()) == ["hush-clean"]
    assert again.thread == clean.thread
    other = await org.join(
        user={"user_id": new_user()}, clean=clean.ready["clean"], visitor=clean.ready["clean"]
    )
    assert other.ready["head"] == 0
    await visitor.say("hush-still here")
    assert await log_of(org, user={**user, "security_hash": "hush-mine"}) == []


async def test_a_send_into_a_sealed_thread_is_moved(acme: MakeAcme) -> None:
    """409 `moved` from the mark on, even where the word of it was not heard."""
    org = await acme()
    visitor = await org.join()
    await visitor.say("hush-before")
    async with org.server.redis() as client:
        await client.hset(f"{{{org.credentials['org']}:0}}:{visitor.thread}:meta", "moved", "th_0_elsewhere")
    error = await visitor.ask({"t": "send", "cid": new_cid(), "text": "hush-after"}, "ack")
    assert (error["code"], error["reason"]) == (409, "moved")


async def test_both_sides_positions_follow(acme: MakeAcme) -> None:
    """The contact wrote all of both and has nothing unread, before and after."""
    org, user = await acme(), {"user_id": new_user()}
    visitor = await org.join()
    await asyncio.gather(*(visitor.send({"t": "ping"}) for _ in range(3)))
    await visitor.say("hush-one")
    home = await org.join(user=user, visitor=visitor.ready["visitor"])
    assert (home.ready["unread"], home.ready["read"]["contact"]) == (0, home.ready["head"])
