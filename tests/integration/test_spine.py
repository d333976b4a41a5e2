"""The spine: one thread per user_id on every device."""

import pytest

from tests.integration.serving import Running
from tests.integration.wire import Customer, new_cid, texts


@pytest.mark.parametrize("codec", ["json", "msgpack"])
async def test_what_one_device_says_the_other_reads_live(
    shared_server: Running, user_id: str, codec: str
) -> None:
    """Two devices of one user_id are in one thread, live, whichever codec they speak."""
    async with (
        await Customer.join(shared_server.url, user_id, device="home", codec=codec) as home,
        await Customer.join(shared_server.url, user_id, device="work") as work,
    ):
        ack = await home.say("hello from home")
        heard = await work.event()
        assert home.thread == work.thread
        assert heard["text"] == "hello from home"
        assert (heard["seq"], heard["id"], heard["at"]) == (ack["seq"], ack["id"], ack["at"])


async def test_p4_a_device_that_comes_back_gets_exactly_what_it_missed(
    shared_server: Running, user_id: str
) -> None:
    """Resume gives what follows the resume point: nothing twice, nothing missing, no reset."""
    async with await Customer.join(shared_server.url, user_id, device="home") as home:
        work = await Customer.join(shared_server.url, user_id, device="work")
        await home.say("one")
        seen = await work.event()
        await work.close()
        await home.say("two")
        await home.say("three")
        resume = {"epoch": work.ready["epoch"], "seq": seen["seq"], "id": seen["id"]}
        again = await Customer.dial(shared_server.url)
        await again.init(device="work", user={"user_id": user_id}, resume=resume)
        parts = await again.replayed()
        await again.close()
        assert texts(parts) == ["two", "three"]
        assert [part["reset"] for part in parts] == [False] * len(parts)


async def test_p2_a_repeated_send_is_one_entry(shared_server: Running, user_id: str) -> None:
    """The same cid from another connection gets the same seq, marked dup, and nobody hears it twice."""
    cid = new_cid()
    async with (
        await Customer.join(shared_server.url, user_id) as home,
        await Customer.join(shared_server.url, user_id) as work,
    ):
        first = await home.say("once", cid)
        second = await work.say("once", cid)
        assert first["dup"] is False
        assert second == {**first, "dup": True}
        await work.event()
        assert [f for f in await work.settled() if f["t"] == "event"] == []


async def test_p1_kill_9_of_everything_loses_nothing_that_was_acked(make_server, user_id: str) -> None:
    """After kill -9 of server and store, a restart has every acked message, and the resume point holds."""
    server = await make_server()
    home = await Customer.join(server.url, user_id)
    said = [f"message {i}" for i in range(50)]
    for text in said:
        ack = await home.say(text)
    await server.kill_everything()
    await server.start()
    async with await Customer.join(server.url, user_id, tail=200) as back:
        replay = [frame for frame in back.frames if frame["t"] == "replay"]
        assert texts(replay) == said
        assert back.ready["epoch"] == home.ready["epoch"]
        assert replay[-1]["at"] == {"seq": ack["seq"], "id": ack["id"]}
