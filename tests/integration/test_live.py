"""Live: edits and deletions, typing, read positions, unread counts, devices online."""

import asyncio
import json

import pytest

from onethread_protocol.bounds import FRAME_BYTES
from tests.integration.hubs import Hubs, beside, refused, until
from tests.integration.serving import Running
from tests.integration.wire import DEMO, Customer, Frame, new_cid


def change(kind: str, ack: Frame, **fields: object) -> Frame:
    """An edit or deletion of the message that was acked."""
    return {"t": kind, "cid": new_cid(), "target": ack["seq"], "target_id": ack["id"], **fields}


async def test_an_edit_is_seen_live_and_in_every_later_replay(two_hubs: Hubs, user_id: str) -> None:
    """Live as an `edited` event; later the message has its new text and `rev`, and the old text is
    nowhere."""
    one, two = two_hubs
    async with await Customer.join(one.url, user_id) as home, await Customer.join(two.url, user_id) as work:
        ack = await home.say("old words")
        await work.event()
        edit = change("edit", ack, text="middle words")
        first = await home.ask(edit, "ack")
        event = await work.event()
        assert (event["kind"], event["text"], event["target"], event["target_id"]) == (
            "edited",
            "middle words",
            ack["seq"],
            ack["id"],
        )
        assert (event["seq"], event["id"]) == (first["seq"], first["id"])
        assert {**(await work.ask(edit, "ack")), "ref": 0} == {**first, "dup": True, "ref": 0}
        await home.ask(change("edit", ack, text="new words"), "ack")
        for url in (one.url, two.url):
            async with await Customer.join(url, user_id) as back:
                [replay] = [frame for frame in back.frames if frame["t"] == "replay"]
                message, earlier, last = replay["events"]
                assert (message["text"], message["rev"]) == ("new words", 3)
                assert ("text" in earlier, last["text"]) == (False, "new words")


async def test_a_deletion_takes_the_text_away(shared_server: Running, user_id: str) -> None:
    """Also what edits said; the second deletion, from another device and with another cid, is the first
    one's."""
    async with (
        await Customer.join(shared_server.url, user_id) as home,
        await Customer.join(shared_server.url, user_id) as work,
    ):
        ack = await home.say("regretted")
        await home.ask(change("edit", ack, text="regretted too"), "ack")
        first = await home.ask(change("delete", ack), "ack")
        again = await work.ask(change("delete", ack), "ack")
        assert (again["seq"], again["id"], again["at"], again["dup"]) == (3, first["id"], first["at"], True)
        assert [(await work.event())["kind"] for _ in range(3)] == ["message", "edited", "deleted"]
        assert await refused(home, change("edit", ack, text="x")) == (404, "unknown_target")
        async with await Customer.join(shared_server.url, user_id) as back:
            assert "regretted" not in str(back.frames)
            message = back.frames[1]["events"][0]
            assert (message["deleted"], message["rev"]) == (True, 3)
            page = await back.ask({"t": "history", "before": 9, "limit": 9}, "history")
            assert "regretted" not in str(page)
            assert len(page["events"]) == 3


async def test_only_own_messages_can_be_changed(shared_server: Running, user_id: str) -> None:
    """Another's is `not_yours`; no message, or another id than the one at that seq, is `unknown_target`."""
    async with await Customer.join(shared_server.url, user_id) as home, beside(shared_server, home) as log:
        ack = await home.say("mine")
        await log.agent_says("theirs")
        theirs = {"seq": 2, "id": await log.id_of(2)}
        assert await refused(home, change("edit", theirs, text="x")) == (403, "not_yours")
        assert await refused(home, change("delete", theirs)) == (403, "not_yours")
        assert await refused(home, change("delete", {"seq": 2, "id": ack["id"]})) == (404, "unknown_target")
        assert await refused(home, change("delete", {"seq": 9, "id": ack["id"]})) == (404, "unknown_target")
        assert (await log.head()).seq == 2


async def test_typing_goes_to_all_but_the_sending_connection(two_hubs: Hubs, user_id: str) -> None:
    """Other tabs and devices on any hub hear who writes and who stops; nothing is stored."""
    one, two = two_hubs
    async with (
        await Customer.join(one.url, user_id, device="laptop") as home,
        await Customer.join(one.url, user_id, device="laptop") as tab,
        await Customer.join(two.url, user_id) as work,
        beside(one, home) as log,
    ):
        for on in (True, False):
            await home.send({"t": "typing", "on": on, "thread": home.thread})
            for other in (tab, work):
                typing = await other.next("typing")
                assert (typing["on"], typing["thread"]) == (on, home.thread)
                assert typing["from"] == {
                    "type": "contact",
                    "id": home.ready["contact"]["id"],
                    "name": home.ready["contact"]["name"],
                }
        await home.settled()
        assert [frame for frame in home.frames if frame["t"] == "typing"] == []
        assert (await log.head()).seq == 0


async def test_read_positions_go_forward_only_and_by_side(two_hubs: Hubs, user_id: str) -> None:
    """Each move is told to the others, with what is left unread; a lower one moves nothing and is not
    told."""
    one, two = two_hubs
    async with (
        await Customer.join(one.url, user_id) as home,
        await Customer.join(two.url, user_id) as work,
        beside(one, home) as log,
    ):
        await log.fill("1", "2", "3", "4")
        for seq, unread in ((2, 2), (1, None), (4, 0), (3, None), (99, None)):
            await home.send({"t": "read", "seq": seq})
            if unread is not None:
                read = await work.next("read")
                assert (read["side"], read["seq"], read["unread"]) == ("contact", seq, unread)
                assert read["by"]["id"] == home.ready["contact"]["id"]
        await home.settled()
        assert [frame for frame in home.frames if frame["t"] == "read"] == []
        await log.read("a", 3)
        for customer in (home, work):
            read = await customer.next("read")
            assert (read["side"], read["seq"], "unread" in read) == ("agents", 3, False)
            assert read["by"] == {"id": "ag_ana", "name": "Ana"}
        assert [frame for frame in await work.settled() if frame["t"] == "read"] == []
        async with await Customer.join(two.url, user_id) as back:
            assert back.ready["read"] == {"contact": 4, "agents": 3}
            assert back.frames[1]["read"] == {"contact": 4, "agents": 3}


async def test_reading_beyond_the_head_counts_as_the_head(shared_server: Running, user_id: str) -> None:
    """What is appended later is unread all the same."""
    async with await Customer.join(shared_server.url, user_id) as home, beside(shared_server, home) as log:
        await log.agent_says("1")
        await home.send({"t": "read", "seq": 1000})
        await home.settled()
        await log.agent_says("2")
        async with await Customer.join(shared_server.url, user_id) as back:
            assert (back.ready["read"]["contact"], back.ready["unread"]) == (1, 1)


async def test_unread_counts_up_to_100(shared_server: Running, user_id: str) -> None:
    """The other side's messages after one's read position, deleted ones and notes not among them; 100 is "or
    more"."""
    async with await Customer.join(shared_server.url, user_id) as home, beside(shared_server, home) as log:
        expected = 0

        async def unread() -> int:
            async with await Customer.join(shared_server.url, user_id) as back:
                assert back.ready["unread"] == back.frames[1]["unread"]
                return int(back.ready["unread"])

        assert await unread() == expected
        await home.say("my own does not count")
        await log.agent_says("nor a note", kind="note")
        assert await unread() == 0
        await log.fill(*map(str, range(99)))
        assert await unread() == 99
        await log.fill("100", "101", "102")
        assert await unread() == 100
        await log.revise("deleted", 4, by="ag_ana")
        await log.revise("deleted", 5, by="ag_ana")
        await log.revise("deleted", 6, by="ag_ana")
        assert await unread() == 99
        await home.send({"t": "read", "seq": 7})
        await home.settled()
        assert await unread() == 102 - 5


def devices(frame: Frame) -> dict[str, bool]:
    """Each device, and whether it is online."""
    return {device["id"]: device["online"] for device in frame["devices"]}


async def test_devices_come_and_go_on_every_hub(two_hubs: Hubs, user_id: str) -> None:
    """The others hear of each device that comes and of its last connection's end; a second tab is no news."""
    one, two = two_hubs
    async with await Customer.join(one.url, user_id, device="laptop") as home:
        assert devices(home.ready) == {"laptop": True}
        phone = await Customer.join(two.url, user_id, device="phone")
        assert devices(phone.ready) == {"laptop": True, "phone": True}
        assert devices(await home.next("presence", lambda f: len(f["devices"]) == 2)) == devices(phone.ready)
        tab = await Customer.join(two.url, user_id, device="phone")
        await phone.close()
        await tab.say("still here")
        await home.event()
        await tab.close()
        gone = await home.next("presence", lambda frame: not devices(frame).get("phone", True))
        assert devices(gone) == {"laptop": True, "phone": False}
        told = [devices(frame) for frame in await home.settled() if frame["t"] == "presence"]
        assert told in ([], [{"laptop": True}])  # its own coming, if its replay was done by then


async def test_any_number_of_devices_stays_within_a_frame(shared_server: Running, user_id: str) -> None:
    """Of a crowd with the longest ids and names `ready` and `presence` tell the 50 that came last; the
    largest frame is one that the wire allows."""
    crowd = []
    for number in range(60):
        device = {"id": "\x01" * 60 + f"{number:04}", "kind": "other", "name": "\x01" * 255}
        customer = await Customer.dial(shared_server.url)
        await customer.send({"t": "init", **DEMO, "device": device, "user": {"user_id": user_id}})
        customer.ready = await customer.next("ready")
        crowd.append((device["id"], customer))
    told = devices(crowd[-1][1].ready)
    assert told == {device_id: True for device_id, _ in crowd[-50:]}
    presence = await crowd[0][1].next("presence", lambda frame: crowd[-1][0] in devices(frame))
    assert len(devices(presence)) == 50
    largest = max(len(json.dumps(frame)) for _, customer in crowd for frame in customer.frames)
    assert 64 * 1024 < largest <= FRAME_BYTES
    await asyncio.gather(*(customer.close() for _, customer in crowd))


async def test_a_killed_hubs_devices_fade(two_hubs: Hubs, make_server, user_id: str) -> None:
    """Nobody speaks for them any more: once their time has come the other hub says that they are gone."""
    one, _ = two_hubs
    dying = await make_server(
        store_url=one.store_url, ONETHREAD_SECRET_KEY="the-same-key-of-32-bytes-for-all-hubs"
    )
    async with await Customer.join(one.url, user_id, device="laptop") as home, beside(one, home) as log:
        phone = await Customer.join(dying.url, user_id, device="phone")
        await home.next("presence", lambda frame: devices(frame).get("phone", False))
        await dying.kill()
        assert await phone.closed() == 1006
        online = log.keys.of("online")
        members = await log.link.command("ZRANGE", online, 0, -1)
        [member] = [member for member in members if member.endswith(b" phone")]
        await log.link.command("ZADD", online, 1, member)  # 40 s later
        async with await Customer.join(one.url, user_id, device="tablet") as tablet:
            assert devices(tablet.ready) == {"laptop": True, "phone": False, "tablet": True}
            gone = await home.next("presence", lambda frame: not devices(frame).get("phone", True))
            assert devices(gone) == devices(tablet.ready)


@pytest.mark.parametrize("same", [True, False], ids=["same device", "another device"])
async def test_a_visitors_device_is_online_once_the_thread_is_stored(
    shared_server: Running, *, same: bool
) -> None:
    """A visitor's thread is stored with its first message; its device is known from then on."""
    async with (
        await Customer.join(shared_server.url, device="laptop") as home,
        beside(shared_server, home) as log,
    ):
        await home.say("hello")

        async def known() -> bool:
            return bool(await log.link.command("HEXISTS", log.keys.of("devices"), "laptop"))

        await until(known)
        device = "laptop" if same else "phone"
        async with await Customer.join(
            shared_server.url, device=device, visitor=home.ready["visitor"]
        ) as tab:
            assert tab.thread == home.thread
            assert devices(tab.ready) == {"laptop": True, device: True}
