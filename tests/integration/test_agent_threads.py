"""WIRE.md sections 3 to 6: agents on a customer's thread, with real sockets, hubs and store."""

import asyncio
from typing import Any

import msgpack
import pytest

from tests.integration.acme import new_user
from tests.integration.hubs import KEY, beside, until
from tests.integration.serving import Running
from tests.integration.team import Agent, MakeTeam, Team
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import Customer, Frame, new_cid

Hubs = tuple[Running, Running]
NOWHERE = "th_0_00000000000000000000"


async def with_customer(team: Team, url: str = "", **user: Any) -> Customer:
    """A customer of the organization, in its thread."""
    return await team.join(url, user={"user_id": new_user(), **user})


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


async def test_an_agents_message_reaches_every_device_by_name(two_hubs: Hubs, team: MakeTeam) -> None:
    """Without `open`; acked when it is on disk, with the agent as `from`; its cid goes to agents only."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    user_id = new_user()
    home = await acme.join(one.url, user={"user_id": user_id})
    work = await acme.join(two.url, user={"user_id": user_id})
    ana, ben = await acme.console("ana", two.url, device="desk 1"), await acme.console("ben", one.url)
    await ben.open(home.thread)
    ack = await ana.do("send", home.thread, text="hush hello", cid="c1")
    assert (ack["seq"], ack["dup"], ack["thread"], ack["cid"]) == (1, False, home.thread, "c1")
    for customer in (home, work):
        event = await customer.event()
        assert event["from"] == {"type": "agent", "id": "ag_ana", "name": "ana"}
        assert (event["id"], event["at"], event["text"]) == (ack["id"], ack["at"], "hush hello")
        assert "cid" not in event
    assert (await ben.event())["cid"] == "c1"
    # `ana` has not opened the thread: its ack is all that it gets.
    assert [f for f in await ana.settled() if f["t"] == "event"] == []
    again = await ana.do("send", home.thread, text="hush hello", cid="c1")
    assert {**again, "ref": 0} == {**ack, "dup": True, "ref": 0}
    other = await ben.do("send", home.thread, text="hush hello", cid="c1")
    assert (other["seq"], other["dup"]) == (2, False)  # a cid's scope is thread and agent
    back = await acme.join(two.url, user={"user_id": user_id})
    assert (back.ready["unread"], back.ready["head"]) == (2, 2)


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


async def test_agents_change_their_own_messages_and_notes_only(team: MakeTeam) -> None:
    """Another agent's and the customer's are `not_yours`; what is no message is `unknown_target`."""
    acme = await team("ana", "ben")
    customer = await with_customer(acme)
    ana, ben = await acme.console("ana"), await acme.console("ben")
    theirs = await customer.say("hush theirs")
    mine, note = (
        await ana.do("send", customer.thread, text="a"),
        await ana.do("note", customer.thread, text="n"),
    )
    state = await ana.do("status", customer.thread, status="open")

    def of(ack: Frame) -> Frame:
        return {"target": ack["seq"], "target_id": ack["id"]}

    assert (await ana.do("edit", customer.thread, text="hush b", **of(mine)))["t"] == "ack"
    assert (await ana.do("edit", customer.thread, text="hush m", **of(note)))["t"] == "ack"
    for agent, target, reason in (
        (ben, mine, "not_yours"),
        (ben, note, "not_yours"),
        (ana, theirs, "not_yours"),
        (ana, state, "unknown_target"),
        (ana, {"seq": 99, "id": "x"}, "unknown_target"),
        (ana, {"seq": mine["seq"], "id": theirs["id"]}, "unknown_target"),
    ):
        for fields in ({"kind": "edit", "text": "x"}, {"kind": "delete"}):
            kind = fields.pop("kind")
            assert (await agent.do(kind, customer.thread, **fields, **of(target)))["reason"] == reason
    first = await ana.do("delete", customer.thread, **of(mine))
    second = await ana.do("delete", customer.thread, **of(mine))
    assert (second["seq"], second["dup"]) == (first["seq"], True)
    opened = await ben.open(customer.thread)
    states = {event["seq"]: event for event in opened["events"]}
    assert (states[mine["seq"]]["deleted"], "text" in states[mine["seq"]]) == (True, False)
    assert (states[note["seq"]]["text"], states[note["seq"]]["kind"]) == ("hush m", "note")


async def test_a_cid_is_one_kind_and_target(team: MakeTeam) -> None:
    """Another kind under a known cid is 409 `cid_conflict`, and nothing is stored."""
    acme = await team("ana")
    customer = await with_customer(acme)
    ana = await acme.console("ana")
    cids = {kind: new_cid() for kind in ("send", "note", "assign", "status")}
    fields: dict[str, Frame] = {
        "send": {"text": "x"},
        "note": {"text": "x"},
        "assign": {"agent": None},
        "status": {"status": "closed"},
    }
    acks = {kind: await ana.do(kind, customer.thread, cid=cid, **fields[kind]) for kind, cid in cids.items()}
    for kind, given in fields.items():
        for other, cid in cids.items():
            answer = await ana.do(kind, customer.thread, cid=cid, **given)
            if other == kind:
                assert (answer["seq"], answer["dup"]) == (acks[kind]["seq"], True)
            else:
                assert (answer["code"], answer["reason"]) == (409, "cid_conflict")
    assert (await ana.open(customer.thread))["head"] == 4


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


async def test_typing_tells_agents_by_name_and_notes_to_agents_only(two_hubs: Hubs, team: MakeTeam) -> None:
    """Customers see who of the agents writes, not that one writes a note; the writer hears nothing."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    customer = await with_customer(acme, one.url)
    ana, ben = await acme.console("ana", one.url), await acme.console("ben", two.url)
    for agent in (ana, ben):
        await agent.open(customer.thread)
    third = await acme.console("ben", one.url)  # needs no open
    for writer, fields in ((ana, {"on": True}), (third, {"on": True, "note": True}), (ana, {"on": False})):
        await writer.send({"t": "typing", "thread": customer.thread, **fields})
        name = writer.ready["agent"]["name"]
        expected = {"type": "agent", "id": f"ag_{name}", "name": name}
        typing = await ben.next("typing")
        assert (typing["from"], typing["on"], typing.get("note", False)) == (
            expected, fields["on"], fields.get("note", False),
        )  # fmt: skip
        if "note" not in fields:
            heard = await customer.next("typing")
            assert (heard["from"], heard["on"], "note" in heard) == (expected, fields["on"], False)
    await customer.send({"t": "typing", "on": True})
    for agent in (ana, ben):
        typing = await agent.next("typing", lambda frame: frame["from"]["type"] == "contact")
        assert typing["from"]["id"] == customer.ready["contact"]["id"]
    assert [f for f in await customer.settled() if f["t"] == "typing"] == []
    assert [f for f in await ana.settled() if f["t"] == "typing" and f["from"]["id"] == "ag_ana"] == []


async def test_read_by_side_with_what_is_left_to_that_side(two_hubs: Hubs, team: MakeTeam) -> None:
    """`unread` goes to the side that reads, `by` says who; deleted messages and notes don't count."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    customer = await with_customer(acme, one.url)
    ana, ben = await acme.console("ana", one.url), await acme.console("ben", two.url)
    for agent in (ana, ben):
        await agent.open(customer.thread)
    said = [await customer.say(str(i)) for i in range(4)]
    await ana.do("note", customer.thread, text="note")
    await customer.ask(
        {"t": "delete", "cid": new_cid(), "target": said[3]["seq"], "target_id": said[3]["id"]}, "ack"
    )
    await ana.send({"t": "read", "thread": customer.thread, "seq": 2})
    told = await ben.next("read")
    assert (told["side"], told["by"], told["seq"], told["unread"]) == (
        "agents", {"id": "ag_ana", "name": "ana"}, 2, 1,
    )  # fmt: skip
    heard = await customer.next("read")
    assert (heard["side"], heard["seq"], heard["by"]["name"], "unread" in heard) == (
        "agents",
        2,
        "ana",
        False,
    )
    await ana.do("send", customer.thread, text="a")
    await ana.do("send", customer.thread, text="b")
    await customer.send({"t": "read", "seq": 7})
    for agent in (ana, ben):
        read = await agent.next("read", lambda frame: frame["side"] == "contact")
        assert (read["seq"], "unread" in read) == (7, False)
    assert [f for f in await ana.settled() if f["t"] == "read" and f["side"] == "agents"] == []
    late = await acme.console("ben", one.url)  # needs no open
    await late.send({"t": "read", "thread": customer.thread, "seq": 99})
    assert (await ben.next("read", lambda frame: frame["side"] == "agents"))["unread"] == 0
    opened = await late.open(customer.thread)
    assert (opened["read"], opened["unread"]) == ({"contact": 7, "agents": 8}, 0)
    assert opened["parts"][0]["unread"] == 0


async def test_viewers_come_and_go_and_customers_don_t_see_them(two_hubs: Hubs, team: MakeTeam) -> None:
    """From their first console that has the thread open to the last, over hubs."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    customer = await with_customer(acme, one.url)
    ana = await acme.console("ana", one.url)
    await ana.open(customer.thread)
    ben, tab = await acme.console("ben", one.url), await acme.console("ben", two.url)

    async def viewers(*ids: str) -> Frame:
        return await ana.next(
            "presence", lambda f: [viewer["id"] for viewer in f.get("viewers", ())] == list(ids)
        )

    assert [v["id"] for v in (await ben.open(customer.thread))["viewers"]] == ["ag_ana", "ag_ben"]
    frame = await viewers("ag_ana", "ag_ben")
    assert frame["viewers"][1] == {"id": "ag_ben", "name": "ben"}
    assert [device["online"] for device in frame["devices"]] == [True]
    await tab.open(customer.thread)
    await ben.close()
    await tab.send({"t": "typing", "thread": customer.thread, "on": True})
    await ana.next("typing")
    await tab.send({"t": "leave", "thread": customer.thread})
    await viewers("ag_ana")
    await customer.settled()
    assert "viewers" not in str(customer.frames)


async def test_a_killed_hubs_viewers_fade(two_hubs: Hubs, make_server, team: MakeTeam) -> None:
    """Once their time has come, whoever opens the thread does not see them."""
    one, _ = two_hubs
    dying = await make_server(store_url=one.store_url, **KEY)
    acme = await team("ana", "ben", server=one)
    customer = await with_customer(acme, one.url)
    ana, ben = await acme.console("ana", one.url), await acme.console("ben", dying.url)
    await ana.open(customer.thread)
    await ben.open(customer.thread)
    await dying.kill()
    assert await ben.closed() == 1006
    async with one.redis() as client:
        key = f"{{{acme.org}:0}}:{customer.thread}:viewers"
        [member] = [member for member in await client.zrange(key, 0, -1) if member.endswith(b" ag_ben")]
        await client.zadd(key, {member: 1})  # 40 s later
    again = await acme.console("ana", one.url)
    assert [v["id"] for v in (await again.open(customer.thread))["viewers"]] == ["ag_ana"]
    await ana.next("presence", lambda f: [v["id"] for v in f.get("viewers", ())] == ["ag_ana"])


async def test_page_track_and_devices_reach_agents_with_the_thread_open(
    two_hubs: Hubs, team: MakeTeam
) -> None:
    """Where the customer is, what it did, on which devices; the page of an init too."""
    one, two = two_hubs
    acme = await team("ana", server=one)
    user_id = new_user()
    first = {"url": "https://shop.example/", "title": "Shop"}
    customer = await acme.join(one.url, user={"user_id": user_id}, page=first)
    ana = await acme.console("ana", two.url)
    await ana.open(customer.thread)
    await customer.send({"t": "page", "url": "https://shop.example/cart"})
    seen = await ana.next("presence", lambda frame: frame.get("page", {}).get("url", "").endswith("/cart"))
    assert (seen["thread"], "title" in seen["page"]) == (customer.thread, False)
    await customer.send({"t": "track", "name": "put in cart", "data": {"article": 7}})
    track = await ana.next("track")
    assert (track["thread"], track["name"], track["data"]) == (customer.thread, "put in cart", {"article": 7})
    assert track["at"] > 0
    phone = await acme.join(two.url, device="phone", user={"user_id": user_id}, page=first)
    came = await ana.next("presence", lambda frame: len(frame.get("devices", ())) == 2)
    assert {device["online"] for device in came["devices"]} == {True}
    await ana.next("presence", lambda frame: frame.get("page") == first)
    await phone.close()
    await ana.next(
        "presence", lambda f: [d["online"] for d in f.get("devices", ()) if d["id"] == "phone"] == [False]
    )
    for frame in (*customer.frames, *await customer.settled(), *phone.frames):
        assert frame["t"] not in ("track",)
        assert "page" not in frame


async def test_an_agent_changes_the_profile_and_everybody_sees_it(two_hubs: Hubs, team: MakeTeam) -> None:
    """Without `open`; what a token locked too; the customer gets its own fields, agents all of them."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    customer = await with_customer(acme, one.url, name="Mia", custom_data={"plan": "gold", "old": 1})
    ana, ben = await acme.console("ana", one.url), await acme.console("ben", two.url)
    await ben.open(customer.thread)
    user = {"name": "Mia M.", "phone": "+1", "custom_data": {"old": None, "new": True}}
    answer = await ana.ask({"t": "profile", "thread": customer.thread, "user": user}, "profile")
    assert answer["contact"]["custom_data"] == {"plan": "gold", "new": True}
    told = await ben.next("profile")
    for frame in (answer, told):
        assert (frame["contact"]["name"], frame["contact"]["phone"]) == ("Mia M.", "+1")
        assert frame["contact"]["thread"] == customer.thread
        assert frame["contact"]["devices"]
    heard = await customer.next("profile")
    assert (heard["contact"]["name"], "custom_data" in heard["contact"]) == ("Mia M.", False)
    assert set(heard["contact"]) <= {
        "id", "name", "email", "phone", "company", "user_id", "authenticated",
    }  # fmt: skip
    await customer.ask({"t": "profile", "user": {"company": "Acme"}}, "profile")
    assert (await ben.next("profile"))["contact"]["company"] == "Acme"


async def test_people_with_one_email_stay_two_and_are_shown_to_agents(team: MakeTeam) -> None:
    """`same_email` names the other one: when the thread is opened, when it is changed, when it changes."""
    acme = await team("ana")
    first = await with_customer(acme, email="mia@acme.test")
    second = await with_customer(acme, email="MIA@acme.test")
    third = await with_customer(acme, email="other@acme.test")
    ids = [customer.ready["contact"]["id"] for customer in (first, second, third)]
    assert len({customer.thread for customer in (first, second, third)}) == 3
    ana = await acme.console("ana")
    assert (await ana.open(first.thread))["contact"]["same_email"] == [ids[1]]
    assert "same_email" not in (await ana.open(third.thread))["contact"]
    await third.ask({"t": "profile", "user": {"email": "mia@acme.test"}}, "profile")
    told = await ana.next("profile", lambda frame: frame["thread"] == third.thread)
    assert sorted(told["contact"]["same_email"]) == sorted(ids[:2])
    user = {"email": "other@acme.test"}
    answer = await ana.ask({"t": "profile", "thread": third.thread, "user": user}, "profile")
    assert "same_email" not in answer["contact"]
    assert "same_email" not in str([*first.frames, *second.frames, *third.frames])


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


async def test_agents_have_the_same_rates(make_server, team: MakeTeam) -> None:
    """429 with `retry_after_ms` for commands and for what stores nothing; in order again afterwards."""
    server = await make_server(ONETHREAD_SENDS_PER_SECOND="5", ONETHREAD_SEND_BURST="3")
    acme = await team("ana", server=server)
    customer = await with_customer(acme)
    ana = await acme.console("ana")
    sends = [{"t": "note", "thread": customer.thread, "cid": new_cid(), "text": str(i)} for i in range(6)]
    for frame in sends:
        await ana.send(frame)
    answers = [await ana.next(("ack", "error"), lambda f, c=sent["cid"]: f["cid"] == c) for sent in sends]
    assert [answer["t"] for answer in answers[:3]] == ["ack"] * 3
    for answer in answers[3:]:
        assert (answer["code"], answer["reason"]) == (429, "rate_limited")
        assert answer["retry_after_ms"] > 0
    for _ in range(40):
        await ana.send({"t": "typing", "thread": customer.thread, "on": True})
    assert (await ana.next("error"))["reason"] == "rate_limited"

    async def taken() -> bool:
        return (await ana.ask(sends[3], "ack"))["t"] == "ack"

    await until(taken)


async def test_commands_of_a_connection_take_effect_in_the_order_sent(team: MakeTeam) -> None:
    """6.10: whatever their kind, and whatever had to wait in between."""
    acme = await team("ana")
    customer = await with_customer(acme)
    ana: Agent = await acme.console("ana")
    kinds = ["message", "note", "assigned", "message", "status", "note"]
    thread = {"thread": customer.thread}
    for i in range(5):
        await ana.send({"t": "send", **thread, "cid": f"a{i}", "text": "1"})
        await ana.send({"t": "note", **thread, "cid": f"b{i}", "text": "2"})
        await ana.send({"t": "history", **thread, "before": 9, "limit": 9})
        await ana.send({"t": "assign", **thread, "cid": f"c{i}", "agent": "ag_ana"})
        await ana.send({"t": "profile", **thread, "user": {"name": f"Mia {i}"}})
        await ana.send({"t": "send", **thread, "cid": f"d{i}", "text": "3"})
        await ana.send({"t": "status", **thread, "cid": f"e{i}", "status": "closed"})
        await ana.send({"t": "note", **thread, "cid": f"f{i}", "text": "4"})
    acks = [await ana.next("ack") for _ in range(30)]
    assert [ack["cid"] for ack in acks] == [f"{letter}{i}" for i in range(5) for letter in "abcdef"]
    opened = await ana.open(customer.thread)
    assert [event["kind"] for event in opened["events"]] == kinds * 5


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
