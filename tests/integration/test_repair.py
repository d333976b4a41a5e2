"""P7 no deafness, P8 steady, and stores that lose what they had: what is lost is noticed and repaired."""

import asyncio
import shutil
from pathlib import Path

import msgpack
import pytest

from tests.integration.hubs import Hubs, beside, one_segment, until
from tests.integration.serving import Running
from tests.integration.wire import DEMO, Customer, new_cid, texts
from tests.store.link_store import Valkey


async def test_p7_a_killed_subscription_is_repaired(two_hubs: Hubs, user_id: str) -> None:
    """Every pub/sub link is killed while messages are sent: each device still gets each event once, in
    order."""
    one, two = two_hubs
    async with await Customer.join(one.url, user_id) as home, await Customer.join(two.url, user_id) as work:
        async with one.redis() as client:
            for number in range(20):
                await home.send({"t": "send", "cid": new_cid(), "text": str(number)})
                if number % 5 == 2:
                    await client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        for customer in (home, work):
            seen = [await customer.event() for _ in range(20)]
            assert [event["text"] for event in seen] == [str(number) for number in range(20)]
            assert [event["seq"] for event in seen] == list(range(1, 21))


async def test_p7_silence_on_a_healthy_link_is_repaired(shared_server: Running, user_id: str) -> None:
    """An event of which no message came is found by comparing positions, without anything else happening."""
    async with await Customer.join(shared_server.url, user_id) as home, beside(shared_server, home) as log:
        await log.silently("unheard")
        assert (await home.event())["text"] == "unheard"


async def test_p7_a_lost_message_is_made_good_by_the_next_one(shared_server: Running, user_id: str) -> None:
    """What comes after a gap waits until the log has given what is missing."""
    async with await Customer.join(shared_server.url, user_id) as home, beside(shared_server, home) as log:
        await log.agent_says("one")
        await log.silently("two")
        await log.silently("three")
        await log.agent_says("four")
        assert [(await home.event())["text"] for _ in range(4)] == ["one", "two", "three", "four"]


@pytest.mark.parametrize(("mark", "code"), [("open", 4403), ("moved", 4409), ("device:laptop", 1000)])
async def test_p7_a_lost_control_message_closes_the_door(
    shared_server: Running, user_id: str, mark: str, code: int
) -> None:
    """An ended admission of which no message came is found by its number, and closed with its code."""
    home = await Customer.join(shared_server.url, user_id, device="laptop")
    async with beside(shared_server, home) as log:
        await log.set_meta(adm=1, ends=msgpack.packb({mark: 1}))
        assert await home.closed() == code
        byes = [frame for frame in home.frames if frame["t"] == "bye"]
        expected = (
            [{"t": "bye", "reason": "logout", "reconnect": False, "after_ms": 0}] if code == 1000 else []
        )
        assert byes == expected


async def test_an_ending_is_for_those_it_names(shared_server: Running, user_id: str) -> None:
    """Another device's logout, heard or compared, leaves this one's connection."""
    async with (
        await Customer.join(shared_server.url, user_id, device="laptop") as home,
        await Customer.join(shared_server.url, user_id, device="phone") as phone,
    ):
        await phone.ask({"t": "logout"}, "bye")
        assert await phone.closed() == 1000
        assert (await home.say("still here"))["seq"] == 1


async def test_order_is_kept_while_scripts_are_flushed(shared_server: Running, user_id: str) -> None:
    """SCRIPT FLUSH in the middle of bursts: every send is acked, in the order sent, and none is doubled."""
    async with await Customer.join(shared_server.url, user_id) as home, shared_server.redis() as client:
        for burst in range(5):
            sends = [{"t": "send", "cid": new_cid(), "text": f"{burst}.{i}"} for i in range(60)]
            one_segment(home, sends)
            await client.script_flush()
        acks = [await home.next("ack") for _ in range(300)]
        assert [ack["seq"] for ack in acks] == list(range(1, 301))
        heard = [(await home.event())["text"] for _ in range(300)]
        assert heard == [f"{burst}.{i}" for burst in range(5) for i in range(60)]


async def test_p8_a_store_that_dies_and_returns(make_server, valkey: Valkey, user_id: str) -> None:
    """Connections stay, sends get 503 and inits too; when it is back a repeated cid is one entry, delivery
    goes on by itself, and the waiting init is repeated on its connection."""
    server = await make_server(store_url=valkey.url)
    home, work = [await Customer.join(server.url, user_id) for _ in range(2)]
    await home.say("before")
    valkey.kill()
    cid = new_cid()
    lost = await home.ask({"t": "send", "cid": cid, "text": "meanwhile"}, "ack")
    assert (lost["code"], lost["reason"], lost["cid"]) == (503, "store_unavailable", cid)
    newcomer = await Customer.dial(server.url)
    await newcomer.init(user={"user_id": user_id}, ref="first")
    error = await newcomer.next("error")
    assert (error["code"], error["ref"]) == (503, "first")
    for customer in (home, work):
        assert (await customer.ask({"t": "ping"}, "pong"))["t"] == "pong"
    valkey.start()

    async def acked() -> bool:
        answer = await home.ask({"t": "send", "cid": cid, "text": "meanwhile"}, "ack")
        if answer["t"] == "ack":
            assert answer["seq"] == 2
        return bool(answer["t"] == "ack")

    async def let_in() -> bool:
        await newcomer.init(user={"user_id": user_id})
        return bool((await newcomer.next(("ready", "error")))["t"] == "ready")

    await until(acked)
    await until(let_in)
    assert (await newcomer.replayed())[-1]["at"]["seq"] == 2
    for customer in (home, work):
        assert [(await customer.event())["text"] for _ in range(2)] == ["before", "meanwhile"]
        assert [frame for frame in await customer.settled() if frame["t"] in {"event", "replay"}] == []
        await customer.close()
    await newcomer.close()


async def restore(valkey: Valkey, folder: Path, backup: Path) -> None:
    """Have the store come back from an older file."""
    await asyncio.to_thread(valkey.kill)
    shutil.rmtree(folder / "appendonlydir")
    shutil.copytree(backup, folder / "appendonlydir")
    await asyncio.to_thread(valkey.start)


async def test_p4_a_store_restored_from_an_older_file(
    make_server, valkey: Valkey, tmp_path: Path, user_id: str
) -> None:
    """Live connections get an unasked reset; later the same numbers are other events, and a resume point
    among the lost ones is a reset too, though its epoch and seq exist."""
    folder, backup = tmp_path / "valkey", tmp_path / "backup"
    server = await make_server(store_url=valkey.url)
    home = await Customer.join(server.url, user_id)
    work = await Customer.join(server.url, user_id)
    kept = [await home.say(f"kept {number}") for number in range(3)]
    shutil.copytree(folder / "appendonlydir", backup)
    lost = [await home.say(f"lost {number}") for number in range(2)]
    await restore(valkey, folder, backup)
    for customer in (home, work):
        parts = await customer.replayed()
        assert parts[0]["reset"]
        assert texts(parts) == ["kept 0", "kept 1", "kept 2"]
        assert parts[-1]["at"] == {"seq": 3, "id": kept[-1]["id"]}

    async def said() -> bool:
        return bool((await home.ask({"t": "send", "cid": new_cid(), "text": "other"}, "ack"))["t"] == "ack")

    await until(said)
    await until(said)
    assert (await work.event(lambda event: event["seq"] == 4 and event["text"] == "other"))["id"] != lost[0][
        "id"
    ]
    for point, holds in ((lost[0], False), (lost[1], False), (kept[1], True)):
        async with await Customer.dial(server.url) as back:
            resume = {"epoch": home.ready["epoch"], "seq": point["seq"], "id": point["id"]}
            await back.init(user={"user_id": user_id}, resume=resume)
            parts = await back.replayed()
            assert parts[0]["reset"] is not holds
            assert texts(parts) == [*([] if holds else ["kept 0", "kept 1"]), "kept 2", "other", "other"]
    for customer in (home, work):
        await customer.close()


async def test_p4_other_messages_under_told_numbers(
    make_server, valkey: Valkey, tmp_path: Path, user_id: str
) -> None:
    """The store comes back older and is written to before the hub looks: live connections are reset all the
    same, as long as the lost numbers and as many others."""
    folder, backup = tmp_path / "valkey", tmp_path / "backup"
    server = await make_server(store_url=valkey.url)
    home = await Customer.join(server.url, user_id)
    await home.say("kept")
    shutil.copytree(folder / "appendonlydir", backup)
    await home.say("lost")
    async with beside(server, home) as log:
        element = (await log.store.range(log.keys, 1, 1, 1))[0]
        other = element[:8] + b"-" * 16 + element[24:]
        await log.link.command("LSET", log.keys.log, 1, other)
        parts = await home.replayed()
        assert parts[0]["reset"]
        assert parts[-1]["at"] == {"seq": 2, "id": "-" * 16}
    await home.close()


async def test_p4_a_log_that_is_gone(make_server, user_id: str) -> None:
    """FLUSHALL: connections are told to come back, and then get what the store has: nothing, with a reset."""
    server = await make_server()
    await server.organize("acme")
    acme = {"org": "acme", "app_id": 1, "app_secret": "secret"}
    home = await Customer.join(server.url, user_id, credentials=acme)
    ack = await home.say("gone")
    async with server.redis() as client:
        await client.flushall()
    await server.organize("acme")
    await home.send({"t": "send", "cid": new_cid(), "text": "into the void"})
    assert await home.closed() == 1012
    assert [frame["code"] for frame in home.frames if frame["t"] == "error"] == [503]
    back = await Customer.dial(server.url)
    resume = {"epoch": home.ready["epoch"], "seq": 1, "id": ack["id"]}
    await back.init(user={"user_id": user_id}, resume=resume, credentials=acme)
    ready = await back.next("ready")
    parts = await back.replayed()
    assert ready["epoch"] != home.ready["epoch"]
    assert (texts(parts), parts[0]["reset"], parts[0]["at"]) == ([], True, {"seq": 0})
    assert (await back.say("anew"))["seq"] == 1
    await back.close()


@pytest.mark.parametrize("speaks", [True, False])
async def test_a_removed_organization_is_left(make_server, user_id: str, speaks: bool) -> None:
    """Its people are not asked to come back: 4403, whether they write or only listen; others stay."""
    server = await make_server()
    await server.organize("acme")
    await server.organize("other")
    credentials = [{"org": org, "app_id": 1, "app_secret": "secret"} for org in ("acme", "other")]
    home, other = [await Customer.join(server.url, user_id, credentials=each) for each in credentials]
    await home.say("hello")
    await server.disband("acme")
    if speaks:
        await home.send({"t": "send", "cid": new_cid(), "text": "into the void"})
    assert await home.closed() == 4403
    assert (await other.say("still here"))["seq"] == 1
    await other.close()


@pytest.mark.parametrize("speaks", [True, False])
async def test_a_store_that_lost_everything_sends_nobody_away(
    make_server, user_id: str, speaks: bool
) -> None:
    """Organizations are gone too, and may be put back: 1012, with a `bye` that says when to come."""
    server = await make_server()
    home = await Customer.join(server.url, user_id)
    await home.say("hello")
    async with server.redis() as client:
        await client.flushall()
    if speaks:
        await home.send({"t": "send", "cid": new_cid(), "text": "into the void"})
    assert await home.closed() == 1012
    assert home.frames[-1]["reconnect"] is True


async def test_drain_acks_first_then_bye_then_1012(make_server, user_id: str) -> None:
    """SIGTERM in the middle of a burst: what is acked is kept, `bye` comes last, the exit status is 0."""
    server = await make_server()
    home = await Customer.join(server.url, user_id)
    idle = await Customer.dial(server.url)
    sends = [{"t": "send", "cid": new_cid(), "text": str(i)} for i in range(150)]
    one_segment(home, sends)
    await home.next("ack")
    stopped = asyncio.ensure_future(server.stop())
    assert await home.closed() == 1012
    assert await idle.closed() == 1012
    assert await stopped == 0
    acked = [frame["seq"] for frame in home.frames if frame["t"] == "ack"]
    assert acked == list(range(1, len(acked) + 1))
    assert [frame["t"] for frame in home.frames].index("bye") == len(home.frames) - 1
    bye = home.frames[-1]
    assert (bye["reason"], bye["reconnect"], bye["after_ms"] >= 0) == ("restart", True, True)
    assert "Traceback" not in server.log()
    await server.start()
    async with await Customer.join(server.url, user_id, tail=200) as back:
        said = texts([frame for frame in back.frames if frame["t"] == "replay"])
        assert said == [str(i) for i in range(len(said))]
        assert len(said) == len(acked)
    assert DEMO["org"] == home.ready["org"]
