"""WIRE.md sections 3 to 6: agents open customers' threads, with real sockets, hubs and store."""

import asyncio

import pytest

from tests.integration.hubs import Hubs, beside
from tests.integration.serving import Running
from tests.integration.team import MakeTeam, with_customer
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import Customer


@pytest.mark.parametrize("codec", ["json", "msgpack"])
async def test_open_answers_with_the_thread_then_replay_then_live(
    two_hubs: Hubs, team: MakeTeam, codec: str
) -> None:
    """6.1: `opened`, then the replay, then each event once in order; the contact as agents see it."""
    one, two = two_hubs
    acme = await team("ana", server=one)
    data = {"plan": "gold"}
    customer = await with_customer(acme, email="mia@acme.test", name="Mia", custom_data=data)
    said = [await customer.say(f"hush {i}") for i in range(3)]
    ana = await acme.console("ana", two.url, codec=codec)
    opened = await ana.open(customer.thread, tail=2)
    contact = opened["contact"]
    assert (contact["name"], contact["email"], contact["custom_data"]) == ("Mia", "mia@acme.test", data)
    assert (contact["thread"], contact["authenticated"]) == (customer.thread, True)
    assert contact["created_at"] <= contact["seen_at"]
    assert [device["online"] for device in contact["devices"]] == [True]
    assert (opened["thread"], opened["head"], opened["status"], opened["assignee"]) == (
        customer.thread, 3, "open", None,
    )  # fmt: skip
    assert (opened["unread"], opened["read"]) == (3, {"contact": 0, "agents": 0})
    assert opened["viewers"] == [{"id": "ag_ana", "name": "ana"}]
    assert opened["devices"] == contact["devices"]
    assert [event["text"] for event in opened["events"]] == ["hush 1", "hush 2"]
    first = opened["parts"][0]
    assert (first["reset"], first["more"], first["unread"], first["epoch"]) == (
        True, True, 3, opened["epoch"],
    )  # fmt: skip
    assert opened["parts"][-1]["at"] == {"seq": 3, "id": said[-1]["id"]}
    for i in range(3, 6):
        await customer.say(f"hush {i}")
    assert [(await ana.event())["seq"] for _ in range(3)] == [4, 5, 6]


async def test_resume_is_exact_for_agents_too(two_hubs: Hubs, team: MakeTeam) -> None:
    """6.3: exactly what follows, on another hub, notes among it; a point that doesn't hold is a reset."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    customer = await with_customer(acme)
    ana = await acme.console("ana", one.url)
    opened = await ana.open(customer.thread)
    await customer.say("hush 1")
    seen = await ana.event()
    await ana.close()
    ben = await acme.console("ben", two.url)
    await ben.do("note", customer.thread, text="hush 2")
    await customer.say("hush 3")
    resume = {"epoch": opened["epoch"], "seq": seen["seq"], "id": seen["id"]}
    back = await acme.console("ana", two.url)
    again = await back.open(customer.thread, resume=resume)
    assert [event["text"] for event in again["events"]] == ["hush 2", "hush 3"]
    assert again["parts"][0]["reset"] is False
    wrong = await back.open(customer.thread, resume={**resume, "id": "x" * 16})
    assert wrong["parts"][0]["reset"] is True
    assert len(wrong["events"]) == 3


async def test_open_again_starts_over_and_leave_ends_it(team: MakeTeam) -> None:
    """6.1 and P3 per `open`: after a second one everything comes again, once; after `leave` nothing does."""
    acme = await team("ana")
    customer = await with_customer(acme)
    for i in range(60):
        await customer.say(f"hush {i}" + "x" * 4_000)  # several parts
    ana = await acme.console("ana")
    for _ in range(5):
        await ana.send({"t": "open", "thread": customer.thread, "tail": 200})
    opened = await ana.open(customer.thread, tail=200)
    last = len(ana.frames) - 1 - [f["t"] for f in reversed(ana.frames)].index("opened")
    while not any(frame["t"] == "replay" and frame["done"] for frame in ana.frames[last:]):
        await ana.next("replay")  # what was read up to its end may have been an earlier one's
    after = [
        event["seq"] for frame in ana.frames[last:] if frame["t"] == "replay" for event in frame["events"]
    ]
    assert after == list(range(1, 61))
    assert (opened["head"], [v["id"] for v in opened["viewers"]]) == (60, ["ag_ana"])
    await customer.say("hush live")
    assert (await ana.event())["seq"] == 61
    await ana.send({"t": "leave", "thread": customer.thread})
    await ana.settled()
    await customer.say("hush unheard")
    assert [f for f in await ana.settled() if f["t"] in ("event", "presence")] == []
    assert (await ana.open(customer.thread))["head"] == 62


async def test_several_threads_at_once_each_in_its_order(team: MakeTeam) -> None:
    """P3 for each thread that one connection has open; nothing of one that it has not."""
    acme = await team("ana")
    customers = [await with_customer(acme) for _ in range(4)]
    ana = await acme.console("ana")
    for customer in customers[:3]:
        await ana.open(customer.thread)
    await asyncio.gather(*(say_all(customer) for customer in customers))
    found: dict[str, list[int]] = {}
    for _ in range(30):
        frame = await ana.next("event")
        found.setdefault(frame["thread"], []).append(frame["event"]["seq"])
    assert found == {customer.thread: list(range(1, 11)) for customer in customers[:3]}
    assert [f for f in await ana.settled() if f["t"] == "event"] == []


async def say_all(customer: Customer) -> None:
    """Say ten things."""
    for i in range(10):
        await customer.say(f"hush {i}")


async def test_history_needs_no_open(team: MakeTeam) -> None:
    """Pages downwards, notes among them, with and without the thread open."""
    acme = await team("ana")
    customer = await with_customer(acme)
    ana = await acme.console("ana")
    for i in range(30):
        await ana.do("note" if i % 2 else "send", customer.thread, text=str(i))
    for opened in (False, True):
        if opened:
            await ana.open(customer.thread, tail=5)
        texts: list[str] = []
        before, more = 2**40, True
        while more:
            page = await ana.ask(
                {"t": "history", "thread": customer.thread, "before": before, "limit": 7}, "history"
            )
            texts[:0] = [event["text"] for event in page["events"]]
            before, more = page["events"][0]["seq"], page["more"]
        assert texts == [str(i) for i in range(30)]


async def test_a_lost_push_is_repaired_for_agents(team: MakeTeam, shared_server: Running) -> None:
    """P7: an event of which no hub heard reaches the agent by the next comparison."""
    acme = await team("ana")
    customer = await with_customer(acme)
    await customer.say("hush 1")
    ana = await acme.console("ana")
    await ana.open(customer.thread)
    async with beside(shared_server, customer, acme.org) as log:
        await log.silently("hush unheard")
    assert (await ana.event())["text"] == "hush unheard"
