"""WIRE.md sections 3 to 6: whose a thread is, and whether it is open, with real sockets, hubs and store."""

import asyncio

from tests.integration.hubs import Hubs
from tests.integration.team import MakeTeam, with_customer
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import new_cid


async def test_assigning_is_seen_by_agents_and_not_by_customers(two_hubs: Hubs, team: MakeTeam) -> None:
    """To an agent, to nobody, and once more to nobody, which still appends."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    customer = await with_customer(acme, one.url)
    ana, ben = await acme.console("ana", one.url), await acme.console("ben", two.url)
    await ben.open(customer.thread)
    for agent, named in (("ag_ben", {"id": "ag_ben", "name": "ben"}), (None, None), (None, None)):
        ack = await ana.do("assign", customer.thread, agent=agent)
        event = await ben.event()
        assert (event["kind"], event["agent"], event["seq"]) == ("assigned", named, ack["seq"])
        assert event["from"]["id"] == "ag_ana"
        assert (await ana.open(customer.thread))["assignee"] == named
        await ana.send({"t": "leave", "thread": customer.thread})
    assert [f for f in await customer.settled() if f["t"] == "event"] == []


async def test_one_who_has_just_been_hired_can_be_assigned(team: MakeTeam) -> None:
    """Whoever is no agent here is 400 `bad_field`, a removed one and another organization's too."""
    acme, other = await team("ana", "gone"), await team("zoe")
    customer = await with_customer(acme)
    ana = await acme.console("ana")
    await acme.dismiss("gone")
    await other.hire("only")
    for agent in ("ag_zoe", "ag_only", "ag_gone", "nonsense"):
        error = await ana.do("assign", customer.thread, agent=agent)
        assert (error["code"], error["reason"]) == (400, "bad_field")
        assert f'"{agent}"' in error["message"]
    await acme.hire("new")
    assert (await ana.do("assign", customer.thread, agent="ag_new"))["t"] == "ack"


async def test_two_who_assign_at_once_see_one_order(two_hubs: Hubs, team: MakeTeam) -> None:
    """From two hubs, many times: both agents see the same events, and the last one is the assignee."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    customer = await with_customer(acme)
    ana, ben = await acme.console("ana", one.url), await acme.console("ben", two.url)
    for agent in (ana, ben):
        await agent.open(customer.thread)
    assign = {"t": "assign", "thread": customer.thread}
    both = ((ana, "ag_ana"), (ben, "ag_ben"))
    await asyncio.gather(
        *(who.send({**assign, "cid": new_cid(), "agent": to}) for who, to in both for _ in range(20))
    )
    seen = [[await agent.event() for _ in range(40)] for agent in (ana, ben)]
    orders = [[(event["seq"], event["agent"]["id"]) for event in events] for events in seen]
    assert orders[0] == orders[1]
    assert [seq for seq, _ in orders[0]] == list(range(1, 41))
    late = await acme.console("ana", two.url)
    assert (await late.open(customer.thread))["assignee"]["id"] == orders[0][-1][1]


async def test_a_customers_message_reopens_a_closed_thread(two_hubs: Hubs, team: MakeTeam) -> None:
    """`message`, then `status` by the system; an agent's message leaves it closed."""
    one, two = two_hubs
    acme = await team("ana", server=one)
    customer = await with_customer(acme, one.url)
    ana = await acme.console("ana", two.url)
    await ana.open(customer.thread)
    await ana.do("status", customer.thread, status="closed")
    closed = await customer.event()
    assert (closed["kind"], closed["status"], closed["from"]["name"]) == ("status", "closed", "ana")
    await ana.do("send", customer.thread, text="hush bye")
    await ana.do("note", customer.thread, text="hush note")
    assert (await ana.open(customer.thread))["status"] == "closed"
    await customer.say("hush again")
    kinds = [(await customer.event()) for _ in range(3)]
    assert [event["kind"] for event in kinds] == ["message", "message", "status"]
    assert (kinds[-1]["status"], kinds[-1]["from"]) == (
        "open", {"type": "system", "id": "system", "name": "Acme"},
    )  # fmt: skip
    assert (await ana.open(customer.thread))["status"] == "open"
