"""WIRE.md sections 3 to 6: threads that an agent does not have, or not any more, with real hubs and store."""

import msgpack
import pytest

from tests.integration.acme import new_user
from tests.integration.hubs import Hubs
from tests.integration.team import MakeTeam, with_customer
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import Frame

NOWHERE = "th_0_00000000000000000000"


FRAMES: list[Frame] = [
    {"t": "open"},
    {"t": "send", "cid": "c1", "text": "x"},
    {"t": "note", "cid": "c2", "text": "x"},
    {"t": "edit", "cid": "c3", "text": "x", "target": 1, "target_id": "x"},
    {"t": "delete", "cid": "c4", "target": 1, "target_id": "x"},
    {"t": "assign", "cid": "c5", "agent": None},
    {"t": "status", "cid": "c6", "status": "closed"},
    {"t": "typing", "on": True},
    {"t": "read", "seq": 1},
    {"t": "history", "before": 9, "limit": 9},
    {"t": "profile", "user": {"name": "x"}},
]


async def test_p5_agents_see_nothing_of_other_organizations(team: MakeTeam) -> None:
    """Each frame about their threads is 404 `unknown_thread`, as for one that is nowhere; nothing is done."""
    acme, other = await team("ana"), await team("zoe")
    customer = await with_customer(acme)
    await customer.say("hush private")
    zoe = await other.console("zoe")
    for thread in (customer.thread, NOWHERE, "nonsense", "th_1_00000000000000000000"):
        for frame in FRAMES:
            error = await zoe.ask({**frame, "thread": thread}, "none")
            assert (error["code"], error["reason"], error["thread"]) == (404, "unknown_thread", thread), frame
            assert error.get("cid") == frame.get("cid")
    await zoe.send({"t": "leave", "thread": customer.thread})
    await customer.say("hush more")
    assert "hush" not in str([*zoe.frames, *await zoe.settled()])
    await customer.settled()
    assert {frame["t"] for frame in customer.frames} <= {
        "ready",
        "replay",
        "event",
        "ack",
        "presence",
        "pong",
    }
    again = await (await acme.console("ana")).open(customer.thread)
    assert (again["head"], again["status"], [v["id"] for v in again["viewers"]]) == (2, "open", ["ag_ana"])


async def test_a_thread_that_has_moved_is_gone_and_tells_where_to(two_hubs: Hubs, team: MakeTeam) -> None:
    """`gone` with `to` for whoever has it open, 409 `moved` with `to` for every frame about it."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    visitor = await acme.join(one.url)
    await visitor.say("hush hello")
    ana, ben = await acme.console("ana", one.url), await acme.console("ben", two.url)
    for agent in (ana, ben):
        await agent.open(visitor.thread)
    known = await acme.join(two.url, user={"user_id": new_user()}, visitor=visitor.ready["visitor"])
    for agent in (ana, ben):
        gone = await agent.next("gone")
        assert gone == {"t": "gone", "thread": visitor.thread, "reason": "moved", "to": known.thread}
    for frame in FRAMES:
        error = await ana.ask({**frame, "thread": visitor.thread}, "none")
        assert (error["code"], error["reason"], error["to"]) == (409, "moved", known.thread), frame
    opened = await ben.open(known.thread)
    assert [event["kind"] for event in opened["events"]] == ["message", "merged"]
    # The customer is not told where its old thread went.
    assert known.thread not in str(visitor.frames)
    assert await visitor.closed() == 4409


async def test_a_log_that_is_gone_is_gone_for_agents(make_server, team: MakeTeam) -> None:
    """Nothing of the thread is stored any more: `gone`, erased; the connection stays."""
    server = await make_server()
    acme = await team("ana", server=server)
    customer = await with_customer(acme)
    await customer.say("hush")
    ana = await acme.console("ana")
    await ana.open(customer.thread)
    async with server.redis() as client:
        await client.delete(*[key async for key in client.scan_iter(f"{{{acme.org}:0}}:*")])
    assert await ana.next("gone") == {"t": "gone", "thread": customer.thread, "reason": "erased"}
    assert (await ana.open(customer.thread))["reason"] == "unknown_thread"


@pytest.mark.parametrize("lost", ["word", "log"])
async def test_p7_a_lost_word_of_a_move_is_found(two_hubs: Hubs, team: MakeTeam, lost: str) -> None:
    """The thread was sealed, or carried away and cleared, and no hub was told: `gone` comes all the same."""
    one, two = two_hubs
    acme = await team("ana", server=one)
    visitor = await acme.join(one.url)
    await visitor.say("hush")
    ana = await acme.console("ana", two.url)
    await ana.open(visitor.thread)
    to = (await with_customer(acme)).thread
    async with one.redis() as client:
        key = f"{{{acme.org}:0}}:{visitor.thread}"
        ends = msgpack.packb({"moved": 1})
        await client.hset(f"{key}:meta", mapping={"moved": to, "adm": 1, "ends": ends})
        if lost == "log":
            await client.hdel(f"{key}:meta", "epoch", "status")
            await client.delete(f"{key}:log")
    gone = await ana.next("gone")
    assert gone == {"t": "gone", "thread": visitor.thread, "reason": "moved", "to": to}
    assert await visitor.closed() == 4409
    assert (await ana.ask({"t": "ping"}, "pong"))["at"] > 0
