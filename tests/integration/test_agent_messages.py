"""WIRE.md sections 3 to 6: what agents write into a customer's thread, with real sockets, hubs and store."""

from tests.integration.acme import new_user
from tests.integration.hubs import Hubs, until
from tests.integration.team import Agent, MakeTeam, with_customer
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import Frame, new_cid


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
