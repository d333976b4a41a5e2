"""WIRE.md section 5, Hidden: what agents keep to themselves reaches no customer, on no path."""

from tests.integration.acme import new_user
from tests.integration.hubs import Hubs, until
from tests.integration.team import Agent, MakeTeam, Team
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import Customer, Frame, texts

SECRET = "between us"


async def conspire(agent: Agent, thread: str) -> list[Frame]:
    """Everything that is hidden, around a message: a note, its edit, another's deletion, an assignment."""

    async def change(kind: str, ack: Frame, **fields: str) -> Frame:
        return await agent.do(kind, thread, target=ack["seq"], target_id=ack["id"], **fields)

    note = await agent.do("note", thread, text=f"{SECRET} 1")
    edit = await change("edit", note, text=f"{SECRET} 2")
    gone = await agent.do("note", thread, text=f"{SECRET} 3")
    assigned = await agent.do("assign", thread, agent="ag_ana")
    deleted = await change("delete", gone)
    await agent.send({"t": "typing", "thread": thread, "on": True, "note": True})
    await agent.do("send", thread, text="hush open words")
    return [note, edit, gone, assigned, deleted]


def assert_hidden(frames: list[Frame], acks: list[Frame]) -> None:
    """Nothing of it is in these frames: no text, kind, id, or number of an event."""
    told = str(frames)
    assert SECRET not in told
    for ack in acks:
        assert ack["id"] not in told
    events = [frame["event"] for frame in frames if frame["t"] == "event"]
    events += [event for frame in frames if frame["t"] in ("replay", "history") for event in frame["events"]]
    assert events, "there must be something to look at"
    assert not {event["seq"] for event in events} & {ack["seq"] for ack in acks}
    assert {event["kind"] for event in events} <= {"message", "status", "merged", "identified"}
    assert [frame for frame in frames if frame["t"] == "typing"] == []


async def scene(team: MakeTeam, hubs: Hubs) -> tuple[Team, Customer, Agent, Frame]:
    """An organization, a customer that is there, an agent, and the customer's user."""
    acme = await team("ana", server=hubs[0])
    user = {"user_id": new_user()}
    customer = await acme.join(hubs[0].url, user=user)
    await customer.say("hush hello")
    return acme, customer, await acme.console("ana", hubs[1].url), user


async def test_live(two_hubs: Hubs, team: MakeTeam) -> None:
    """Events and typing, as they happen; what agents have meanwhile shows that it did happen."""
    acme, customer, ana, _ = await scene(team, two_hubs)
    ben = await acme.console("ana", two_hubs[0].url)
    await ben.open(customer.thread)
    acks = await conspire(ana, customer.thread)
    await customer.event(lambda event: event["text"] == "hush open words")
    assert_hidden([*customer.frames, *await customer.settled()], acks)
    seen = [await ben.event() for _ in range(6)]
    assert [event["seq"] for event in seen[:5]] == [ack["seq"] for ack in acks]
    assert SECRET in str(seen)
    assert (await ben.next("typing"))["note"] is True


async def test_replay_and_history(two_hubs: Hubs, team: MakeTeam) -> None:
    """The tail of another device and every page before it; `head` counts what is hidden, `unread` doesn't."""
    acme, customer, ana, user = await scene(team, two_hubs)
    acks = await conspire(ana, customer.thread)
    acks += await conspire(ana, customer.thread)
    for hub in two_hubs:
        back = await acme.join(hub.url, user=user, tail=2)
        assert (back.ready["head"], back.ready["unread"]) == (13, 2)
        page = await back.ask({"t": "history", "before": 12, "limit": 200}, "history")
        assert [event["seq"] for event in page["events"]] == [1, 7]
        small = await back.ask({"t": "history", "before": 12, "limit": 1}, "history")
        assert [event["seq"] for event in small["events"]] == [7]
        assert_hidden([*back.frames, *await back.settled()], acks)


async def test_resume(two_hubs: Hubs, team: MakeTeam) -> None:
    """Exactly what follows is what may be seen of it, though the position passes over the rest."""
    acme, customer, ana, user = await scene(team, two_hubs)
    seen = await customer.event()
    acks = await conspire(ana, customer.thread)
    resume = {"epoch": customer.ready["epoch"], "seq": seen["seq"], "id": seen["id"]}
    back = await acme.come(two_hubs[1].url, user=user, resume=resume)
    parts = await back.replayed()
    assert (texts(parts), parts[0]["reset"], parts[-1]["at"]["seq"]) == (["hush open words"], False, 7)
    assert_hidden([*back.frames, *await back.settled()], acks)


async def test_carry(two_hubs: Hubs, team: MakeTeam) -> None:
    """A visitor's thread with notes in it moves into the contact's: agents still have them, nobody else."""
    acme = await team("ana", server=two_hubs[0])
    visitor = await acme.join(two_hubs[0].url)
    await visitor.say("hush hello")
    ana = await acme.console("ana", two_hubs[1].url)
    acks = await conspire(ana, visitor.thread)
    user = {"user_id": new_user()}
    device = await acme.join(two_hubs[1].url, user=user)
    known = await acme.join(two_hubs[0].url, user=user, visitor=visitor.ready["visitor"])
    back = await acme.join(two_hubs[1].url, user=user)
    await device.event(lambda event: event["kind"] == "merged")
    opened = await ana.open(known.thread)
    assert SECRET in str(opened)
    carried = [{"id": ack["id"], "seq": 0} for ack in acks]
    for customer in (device, known, back):
        frames = [*customer.frames, *await customer.settled()]
        assert_hidden(frames, carried)
        seqs = [event["seq"] for event in opened["events"] if event["kind"] in ("note", "assigned")]
        shown = [e["seq"] for f in frames if f["t"] == "replay" for e in f["events"]]
        assert not set(seqs) & set(shown)


async def test_a_customer_can_not_touch_what_is_hidden(two_hubs: Hubs, team: MakeTeam) -> None:
    """Its numbers guessed or not: an `unknown_target`, as if nothing were there."""
    _, customer, ana, _ = await scene(team, two_hubs)
    acks = await conspire(ana, customer.thread)
    for ack in acks:
        frame = {"cid": ack["id"], "target": ack["seq"], "target_id": ack["id"]}
        for kind in ({"t": "edit", "text": "x"}, {"t": "delete"}):
            error = await customer.ask({**frame, **kind}, "ack")
            assert (error["code"], error["reason"]) == (404, "unknown_target")


async def test_a_pin_is_told_to_agents_only(team: MakeTeam) -> None:
    """`pinned` when a device pins a hash; the customer's own device hears nothing of it."""
    acme = await team("ana")
    user = {"user_id": new_user()}
    customer = await acme.join(user=user)
    ana = await acme.console("ana")
    await ana.open(customer.thread)
    pinned = await acme.join(user={**user, "security_hash": "hush-hash"})
    event = await ana.event()
    assert (event["kind"], event["from"]["type"]) == ("pinned", "system")
    assert "hush-hash" not in str(ana.frames)
    assert await customer.closed() == 4403
    await pinned.say("hush")
    assert "pinned" not in str([f for f in (*pinned.frames, *customer.frames) if f["t"] != "ready"])


async def test_reading_a_note_is_no_news_to_the_customer(two_hubs: Hubs, team: MakeTeam) -> None:
    """The agents' read position may lie on a hidden event; what the customer has read is counted without."""
    acme, customer, ana, user = await scene(team, two_hubs)
    await conspire(ana, customer.thread)
    await ana.send({"t": "read", "thread": customer.thread, "seq": 7})
    read = await customer.next("read")
    assert read["seq"] == 7
    await customer.send({"t": "read", "seq": 7})

    async def nothing_left() -> bool:
        async with await Customer.join(
            two_hubs[0].url, credentials=acme.credentials, user=user, tail=0
        ) as back:
            return back.ready["unread"] == 0

    await until(nothing_left)
