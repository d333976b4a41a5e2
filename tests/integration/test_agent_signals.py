"""WIRE.md sections 3 to 6: who types, reads, looks on and is there, with real sockets, hubs and store."""

import asyncio

from tests.integration.acme import new_user
from tests.integration.hubs import KEY, Hubs
from tests.integration.team import MakeTeam, with_customer
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import Frame, new_cid


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


async def test_agents_who_open_a_thread_at_once_see_each_other(two_hubs: Hubs, team: MakeTeam) -> None:
    """What is told of one while the other's replay lasts is told after it, whoever was first."""
    one, two = two_hubs
    acme = await team("ana", "ben", "cid", server=one)
    customer = await with_customer(acme, one.url)
    consoles = [await acme.console("ana", one.url), await acme.console("ben", one.url)]
    consoles.append(await acme.console("cid", two.url))
    for _ in range(20):
        opened = await asyncio.gather(*(agent.open(customer.thread) for agent in consoles))
        for agent, frame in zip(consoles, opened, strict=True):
            if [viewer["name"] for viewer in frame["viewers"]] != ["ana", "ben", "cid"]:
                await agent.next("presence", lambda frame: len(frame.get("viewers", ())) == 3)
        for agent in consoles:
            await agent.send({"t": "leave", "thread": customer.thread})
            await agent.settled()


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
