"""The promises of DESIGN.md section 2 that hold while everything works: P1 to P5, over two hubs too."""

import asyncio

import pytest

from tests.integration.hubs import Hubs, beside, one_segment, refused
from tests.integration.serving import Running
from tests.integration.wire import Customer, new_cid, texts


async def test_p1_an_ack_comes_when_the_event_is_in_the_log(shared_server: Running, user_id: str) -> None:
    """Whoever has an ack finds the event in the store, with its numbers."""
    async with (
        await Customer.join(shared_server.url, user_id) as home,
        beside(shared_server, home) as log,
    ):
        for number in range(1, 6):
            ack = await home.say(f"message {number}")
            assert ack["seq"] == number
            assert await log.id_of(number) == ack["id"]
            assert (await log.entry(number)).at == ack["at"]


async def test_p1_kill_9_of_the_process_group_between_ack_and_restart(make_server, user_id: str) -> None:
    """The hub dies right after an ack; the next one, on the same files, has the event, once."""
    server = await make_server()
    home = await Customer.join(server.url, user_id)
    cid = new_cid()
    ack = await home.say("kept", cid)
    await server.kill()
    assert await home.closed() == 1006
    await server.start()
    resume = {"epoch": home.ready["epoch"], "seq": 0}
    async with await Customer.dial(server.url) as back:
        await back.init(user={"user_id": user_id}, resume=resume)
        parts = await back.replayed()
        assert (texts(parts), parts[0]["reset"]) == (["kept"], False)
        assert await back.say("kept", cid) == {**ack, "dup": True}


async def test_p2_a_cid_is_one_entry_from_whichever_hub(two_hubs: Hubs, user_id: str) -> None:
    """Sent at once from connections of two hubs, it has one seq, and both hear it once."""
    one, two = two_hubs
    async with await Customer.join(one.url, user_id) as home, await Customer.join(two.url, user_id) as work:
        for _ in range(10):
            cid = new_cid()
            acks = await asyncio.gather(home.say("once", cid), work.say("once", cid))
            assert acks[0]["seq"] == acks[1]["seq"]
            assert sorted(ack["dup"] for ack in acks) == [False, True]
        last = acks[0]["seq"]
        assert last == 10
        for customer in (home, work):
            seen = [(await customer.event())["seq"] for _ in range(10)]
            assert seen == list(range(1, 11))
            assert [frame for frame in await customer.settled() if frame["t"] == "event"] == []


async def test_p2_a_cid_used_for_something_else_is_a_conflict(shared_server: Running, user_id: str) -> None:
    """Another kind or another target under a known cid is 409, and stores nothing."""
    cid = new_cid()
    async with await Customer.join(shared_server.url, user_id) as home, beside(shared_server, home) as log:
        first = await home.say("one", cid)
        second = await home.say("two")
        edit = {"t": "edit", "cid": cid, "target": first["seq"], "target_id": first["id"], "text": "x"}
        assert await refused(home, edit) == (409, "cid_conflict")
        edit_cid = new_cid()
        assert (await home.ask({**edit, "cid": edit_cid}, "ack"))["seq"] == 3
        other = {**edit, "cid": edit_cid, "target": second["seq"], "target_id": second["id"]}
        assert await refused(home, other) == (409, "cid_conflict")
        assert await refused(home, {"t": "send", "cid": edit_cid, "text": "x"}) == (409, "cid_conflict")
        assert [entry.text for entry in await log.entries()] == ["x", "two", "x"]


async def test_p3_everybody_has_one_order(two_hubs: Hubs, user_id: str) -> None:
    """Four devices on two hubs send at once: each gets every event once, in seq order, the same ones."""
    devices = [await Customer.join(two_hubs[i % 2].url, user_id) for i in range(4)]
    for number, device in enumerate(devices):
        sends = [{"t": "send", "cid": new_cid(), "text": f"{number}.{i}"} for i in range(50)]
        one_segment(device, sends)
    heard = [[await device.event() for _ in range(200)] for device in devices]
    for device, events in zip(devices, heard, strict=True):
        assert [event["seq"] for event in events] == list(range(1, 201))
        assert [event["id"] for event in events] == [event["id"] for event in heard[0]]
        acks = [frame for frame in await device.settled() if frame["t"] == "ack"]
        assert [ack["seq"] for ack in acks] == sorted(ack["seq"] for ack in acks)
        await device.close()
    for number in range(4):
        own = [event["text"] for event in heard[0] if event["text"].startswith(f"{number}.")]
        assert own == [f"{number}.{i}" for i in range(50)]


@pytest.mark.parametrize("way", ["home", "other hub"])
async def test_p4_resume_is_exact_on_whichever_hub(two_hubs: Hubs, user_id: str, way: str) -> None:
    """From any position, exactly what follows it, no reset: also on a hub that never had the thread."""
    one, two = two_hubs
    async with await Customer.join(one.url, user_id) as home:
        acks = [await home.say(str(number)) for number in range(1, 9)]
        for ack in (None, *acks):
            resume = {"epoch": home.ready["epoch"], "seq": 0}
            if ack:
                resume |= {"seq": ack["seq"], "id": ack["id"]}
            async with await Customer.dial((one if way == "home" else two).url) as back:
                await back.init(user={"user_id": user_id}, resume=resume)
                parts = await back.replayed()
                assert texts(parts) == [str(number) for number in range(resume["seq"] + 1, 9)]
                assert [part["reset"] for part in parts] == [False]
                assert parts[-1]["at"] == {"seq": 8, "id": acks[-1]["id"]}
                assert not {"more", "read", "unread"} & set(parts[0])


@pytest.mark.parametrize(
    "wrong",
    [{"epoch": "another"}, {"id": "-" * 16}, {"id": None}, {"seq": 4}, {"seq": 2}, {"seq": 2**53 - 1}],
)
async def test_p4_a_resume_that_does_not_hold_is_a_reset(
    shared_server: Running, user_id: str, wrong: dict[str, object]
) -> None:
    """Another epoch, another id or none, another seq, one beyond the head: a reset and a fresh tail."""
    async with await Customer.join(shared_server.url, user_id) as home:
        acks = [await home.say(str(number)) for number in range(1, 4)]
        resume = {"epoch": home.ready["epoch"], "seq": 3, "id": acks[-1]["id"], **wrong}
        async with await Customer.dial(shared_server.url) as back:
            await back.init(
                user={"user_id": user_id}, resume={k: v for k, v in resume.items() if v is not None}
            )
            parts = await back.replayed()
            assert (texts(parts), parts[0]["reset"], parts[0]["more"]) == (["1", "2", "3"], True, False)
            assert (parts[0]["read"], parts[0]["unread"]) == ({"contact": 0, "agents": 0}, 0)
            assert parts[-1]["at"] == {"seq": 3, "id": acks[-1]["id"]}


async def test_p5_nobody_hears_of_anothers_thread(shared_server: Running, user_id: str) -> None:
    """Whatever one customer does, another one's connection gets no frame of it."""
    async with (
        await Customer.join(shared_server.url, user_id) as home,
        await Customer.join(shared_server.url, f"{user_id}-other") as other,
        await Customer.join(shared_server.url) as visitor,
    ):
        ack = await home.say("private")
        await home.ask({"t": "profile", "user": {"phone": "123"}}, "profile")
        await home.send({"t": "typing", "on": True})
        await home.send({"t": "read", "seq": ack["seq"]})
        await home.settled()
        for stranger in (other, visitor):
            own = {"t": "presence", "thread": stranger.thread}
            assert all(own.items() <= frame.items() for frame in await stranger.settled())


@pytest.mark.parametrize(
    "frame",
    [
        {"t": "send", "cid": "c", "text": "x"},
        {"t": "edit", "cid": "c", "target": 1, "target_id": "i", "text": "x"},
        {"t": "delete", "cid": "c", "target": 1, "target_id": "i"},
        {"t": "typing", "on": True},
        {"t": "read", "seq": 1},
        {"t": "history", "before": 9, "limit": 9},
        {"t": "profile", "user": {"phone": "666"}},
        {"t": "page", "url": "https://x.test/"},
        {"t": "track", "name": "x"},
        {"t": "ping"},
    ],
    ids=lambda frame: frame["t"],
)
async def test_p5_a_frame_for_anothers_thread_is_refused(
    shared_server: Running, user_id: str, frame: dict[str, object]
) -> None:
    """403 `not_admitted`, echoing what it answers; nothing is stored there or here, and the connection
    stays."""
    async with (
        await Customer.join(shared_server.url, user_id) as home,
        await Customer.join(shared_server.url, f"{user_id}-other") as other,
        beside(shared_server, home) as log,
        beside(shared_server, other) as others_log,
    ):
        await home.say("mine")
        answer = await other.ask({**frame, "thread": home.thread}, "error")
        assert (answer["code"], answer["reason"], answer["thread"]) == (403, "not_admitted", home.thread)
        assert answer.get("cid") == frame.get("cid")
        assert (await log.head()).seq == 1
        assert (await others_log.head()).seq == 0
        await home.event()
        assert [frame for frame in await home.settled() if frame["t"] != "presence"] == []
        assert (await other.say("mine too", thread=other.thread))["seq"] == 1


async def test_p5_hidden_events_reach_no_customer(shared_server: Running, user_id: str) -> None:
    """Notes and their changes: not live, not in a replay, not by resume, not in history; not even a
    target."""
    async with await Customer.join(shared_server.url, user_id) as home, beside(shared_server, home) as log:
        await log.agent_says("visible")
        await log.agent_says("hidden", kind="note")
        await log.revise("edited", 2, "hidden too", by="ag_ana")
        await log.revise("deleted", 2, by="ag_ana")
        await log.agent_says("after")
        assert [(await home.event())["seq"] for _ in range(2)] == [1, 5]
        page = await home.ask({"t": "history", "before": 9, "limit": 9}, "history")
        assert [event["seq"] for event in page["events"]] == [1, 5]
        delete = {"t": "delete", "cid": new_cid(), "target": 2, "target_id": await log.id_of(2)}
        assert await refused(home, delete) == (404, "unknown_target")
        for resume in ({}, {"resume": {"epoch": home.ready["epoch"], "seq": 2, "id": await log.id_of(2)}}):
            async with await Customer.dial(shared_server.url) as back:
                await back.init(user={"user_id": user_id}, **resume)
                parts = await back.replayed()
                assert texts(parts) == (["after"] if resume else ["visible", "after"])
                assert parts[-1]["at"]["seq"] == 5
                assert "hidden" not in str(back.frames)


async def test_p4_a_position_may_be_a_hidden_event(shared_server: Running, user_id: str) -> None:
    """`at` counts hidden events, so the last part of a replay may name one, and resume from there holds."""
    async with await Customer.join(shared_server.url, user_id) as home, beside(shared_server, home) as log:
        await home.say("one")
        await log.agent_says("hidden", kind="note")
        async with await Customer.join(shared_server.url, user_id) as back:
            at = [frame for frame in back.frames if frame["t"] == "replay"][-1]["at"]
            assert at == {"seq": 2, "id": await log.id_of(2)}
        await home.say("three")
        async with await Customer.dial(shared_server.url) as back:
            await back.init(user={"user_id": user_id}, resume={"epoch": home.ready["epoch"], **at})
            parts = await back.replayed()
            assert (texts(parts), parts[0]["reset"]) == (["three"], False)
