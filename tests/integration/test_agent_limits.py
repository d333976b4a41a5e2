"""WIRE.md sections 1 and 7 for agents: every bounded field, and what a connection that errs gets."""

from typing import Any

import pytest

from tests.integration.acme import new_user
from tests.integration.team import MakeTeam
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import new_cid

DEVICE = {"id": "d", "kind": "web"}
SEND = {"t": "send", "cid": "c", "text": "hush"}
EDIT = {"t": "edit", "cid": "c", "text": "hush", "target": 1, "target_id": "x"}
BAD: list[tuple[str, dict[str, Any]]] = [
    ("text", {**SEND, "text": "x" * 10_001}),
    ("text", {**SEND, "text": ""}),
    ("text", {"t": "note", "cid": "c", "text": "x" * 10_001}),
    ("text", {**EDIT, "text": ""}),
    ("cid", {**SEND, "cid": "x" * 65}),
    ("ref", {**SEND, "ref": "x" * 65}),
    ("thread", {**SEND, "thread": "x" * 65}),
    ("thread", {**SEND, "thread": None}),
    ("target", {**EDIT, "target": 0}),
    ("target_id", {**EDIT, "target_id": ""}),
    ("agent", {"t": "assign", "cid": "c", "agent": ""}),
    ("agent", {"t": "assign", "cid": "c"}),
    ("status", {"t": "status", "cid": "c", "status": "shut"}),
    ("on", {"t": "typing", "on": "yes"}),
    ("note", {"t": "typing", "on": True, "note": 1}),
    ("seq", {"t": "read", "seq": -1}),
    ("limit", {"t": "history", "before": 1, "limit": 201}),
    ("before", {"t": "history", "before": -1, "limit": 1}),
    ("user.name", {"t": "profile", "user": {"name": "x" * 256}}),
    ("user.email", {"t": "profile", "user": {"email": "x" * 321}}),
    ("user.custom_data", {"t": "profile", "user": {"custom_data": {f"k{i}": i for i in range(101)}}}),
    ("user.custom_data.k", {"t": "profile", "user": {"custom_data": {"k": [1]}}}),
    ("tail", {"t": "open", "tail": 201}),
    ("resume.epoch", {"t": "open", "resume": {"epoch": "", "seq": 1, "id": "x"}}),
    ("view", {"t": "inbox", "view": "everything", "limit": 1}),
    ("limit", {"t": "inbox", "view": "all", "limit": 0}),
    ("limit", {"t": "inbox", "view": "all", "limit": 101}),
    ("cursor", {"t": "inbox", "view": "all", "limit": 1, "cursor": ""}),
    ("cursor", {"t": "inbox", "view": "all", "limit": 1, "cursor": "x" * 2_049}),
    ("state", {"t": "presence", "state": "asleep"}),
]


@pytest.mark.parametrize("codec", ["json", "msgpack"])
async def test_what_is_outside_a_limit_is_400_and_does_nothing(team: MakeTeam, codec: str) -> None:
    """The message names the field, and never has a text; the thread is as it was."""
    acme = await team("ana")
    customer = await acme.join(user={"user_id": new_user(), "name": "Mia"})
    for at in range(0, len(BAD), 15):  # 20 in a minute would close it
        ana = await acme.console("ana", codec=codec)
        for field, frame in BAD[at : at + 15]:
            await ana.send({"thread": customer.thread, **frame})
            error = await ana.next("error")
            assert (error["code"], error["reason"]) == (400, "bad_field"), field
            assert f"`{field}`" in error["message"]
            assert "hush" not in error["message"]
    opened = await ana.open(customer.thread)
    assert (opened["head"], opened["contact"]["name"], opened["status"]) == (0, "Mia", "open")


@pytest.mark.parametrize(
    ("field", "frame"),
    [
        ("org", {"org": ""}),
        ("org", {"org": "x" * 65}),
        ("token", {"token": "x" * 8_193}),
        ("device.id", {"device": {"id": "x" * 65, "kind": "web"}}),
        ("device.kind", {"device": {"id": "x", "kind": "fridge"}}),
        ("device", {"device": None}),
    ],
)
async def test_a_bad_agent_init_may_be_repeated(team: MakeTeam, field: str, frame: dict[str, Any]) -> None:
    """400 `bad_field`, nothing more; the next one gets in on the same connection (6.6)."""
    acme = await team("ana")
    ana = await acme.dial_agent()
    good = {"t": "agent_init", "org": acme.org, "token": await acme.token("ana"), "device": DEVICE}
    await ana.send({**good, **frame})
    error = await ana.next("error")
    assert (error["code"], error["reason"], f"`{field}`" in error["message"]) == (400, "bad_field", True)
    await ana.send(good)
    assert (await ana.next("ready"))["role"] == "agent"


async def test_the_longest_of_everything_is_taken_from_agents(team: MakeTeam) -> None:
    """What is just within a limit counts in code points and reaches the customer whole."""
    acme, text = await team("ana"), "🙂" * 10_000
    customer = await acme.join(user={"user_id": new_user()})
    ana = await acme.console("ana", device="d" * 64)
    ack = await ana.do("send", customer.thread, text=text, cid="c" * 64)
    assert ack["cid"] == "c" * 64
    event = await customer.event()
    assert (event["text"], event["device"]) == (text, "d" * 64)


async def test_20_bad_frames_close_an_agents_connection_too(team: MakeTeam) -> None:
    """4400, after the 20th was answered."""
    ana = await (await team("ana")).console("ana")
    for _ in range(20):
        await ana.send({"t": "nonsense"})
    assert await ana.closed() == 4400
    assert len([frame for frame in ana.frames if frame.get("reason") == "unknown_frame"]) == 20


async def test_6_4_a_long_replay_never_counts_as_slowness(team: MakeTeam, make_server) -> None:
    """With a buffer that holds two parts, an agent gets a log of many, and each event once, in order."""
    server = await make_server(ONETHREAD_BUFFER="256KiB")
    acme = await team("ana", server=server)
    customer = await acme.join(user={"user_id": new_user()})
    for _ in range(200):
        await customer.send({"t": "send", "cid": new_cid(), "text": "x" * 9_000})
    for _ in range(200):
        await customer.next("ack")
    ana = await acme.console("ana")
    await ana.send({"t": "open", "thread": customer.thread, "tail": 200})
    for _ in range(20):
        await customer.send({"t": "send", "cid": new_cid(), "text": "y"})
    seen: list[int] = []
    while not seen or seen[-1] < 220:
        frame = await ana.next(("replay", "event"))
        events = frame["events"] if frame["t"] == "replay" else [frame["event"]]
        seen += [event["seq"] for event in events]
    assert len(seen) >= 200
    assert seen == list(range(seen[0], 221))


async def test_p6_an_agent_that_does_not_read_is_cut_and_nobody_else_feels_it(
    team: MakeTeam, make_server
) -> None:
    """Its buffer is bounded; another agent of the same thread gets everything."""
    server = await make_server(ONETHREAD_BUFFER="256KiB")
    acme = await team("ana", "ben", server=server)
    customer = await acme.join(user={"user_id": new_user()})
    slow, ben = await acme.console("ana"), await acme.console("ben")
    for agent in (slow, ben):
        await agent.open(customer.thread)
    slow.socket.transport.pause_reading()
    for i in range(800):
        await customer.send({"t": "send", "cid": new_cid(), "text": "x" * 9_000 + str(i)})
        if i % 50 == 49:
            await customer.settled()
    last = await ben.event(lambda event: event["seq"] == 800)
    assert last["text"].endswith("799")
    slow.socket.transport.resume_reading()
    assert await slow.closed() in (1006, 4430)
    events = [frame["event"]["seq"] for frame in ben.frames if frame["t"] == "event"]
    assert events == list(range(1, 801))
