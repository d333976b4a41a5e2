"""WIRE.md sections 3, 4 and 6.8: the pages of the inbox, with real sockets, hubs and store."""

import asyncio

import pytest

from tests.integration.acme import new_user
from tests.integration.board import Board, customers
from tests.integration.hubs import Hubs
from tests.integration.team import MakeTeam
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import later


@pytest.mark.parametrize("codec", ["json", "msgpack"])
async def test_a_page_has_rows_as_the_wire_says(two_hubs: Hubs, team: MakeTeam, codec: str) -> None:
    """A thread is listed from its first message, with its contact, last message, unread and online dot."""
    one, two = two_hubs
    acme = await team("ana", server=one)
    user = {"user_id": new_user(), "name": "Mia", "email": "mia@acme.test", "custom_data": {"plan": "gold"}}
    customer = await acme.join(one.url, user=user)
    silent = await acme.join(one.url, user={"user_id": new_user()})
    ack = await customer.say("hush 1")
    ana = await acme.console("ana", two.url, codec=codec)
    page = await ana.ask({"t": "inbox", "view": "open", "limit": 10, "ref": "r"}, "inbox_page")
    assert page["ref"]
    assert "cursor" not in page
    [row] = page["rows"]
    contact = customer.ready["contact"]
    assert {**row, "rev": 0} == {
        "thread": customer.thread, "rev": 0, "active_at": ack["at"], "status": "open", "assignee": None,
        "contact": {"id": contact["id"], "name": "Mia", "email": "mia@acme.test", "authenticated": True},
        "last": {
            "seq": 1, "at": ack["at"], "kind": "message", "text": "hush 1",
            "from": {"type": "contact", "id": contact["id"], "name": "Mia"},
        },
        "unread": 1, "online": True,
    }  # fmt: skip
    await silent.say("hush first")
    row = (await ana.next("inbox_row"))["row"]
    assert (row["thread"], row["last"]["text"]) == (silent.thread, "hush first")


async def test_pages_are_stable_while_rows_move(two_hubs: Hubs, team: MakeTeam) -> None:
    """Between two pages threads move to the top: none is missing, none comes twice on the pages below."""
    one, two = two_hubs
    acme = await team("ana", server=one)
    made = await customers(acme, 12, one.url)
    ana = await acme.console("ana", two.url)
    board = Board(ana, "all")
    paged: list[str] = []
    cursor, before = None, [customer.thread for customer in reversed(made)]
    for mover in (2, 7, 11, 0):
        page = await board.page(3, cursor)
        paged += [row["thread"] for row in page["rows"]]
        cursor = page.get("cursor")
        await later()
        await made[mover].say("hush moved")
    assert cursor is None or cursor
    while cursor:
        page = await board.page(3, cursor)
        paged += [row["thread"] for row in page["rows"]]
        cursor = page.get("cursor")
    assert len(paged) == len(set(paged)), "none twice"
    assert paged == [thread for thread in before if thread in paged], "in the order that they had"
    while len(board.rows) < 12 or board.order[:4] != [made[i].thread for i in (0, 11, 7, 2)]:
        await board.hear()
    assert set(board.rows) == set(before)


@pytest.mark.parametrize("shards", [1, 5])
async def test_a_sharded_organizations_inbox_is_merged(two_hubs: Hubs, team: MakeTeam, shards: int) -> None:
    """Visitors in random shards: pages of any size are in one order, and live rows come from all of them."""
    one, two = two_hubs
    acme = await team("ana", server=one, shards=shards)
    made = []
    for i in range(12):
        made.append(await acme.join(one.url))
        await made[-1].say(f"hush {i}")
        await later()
    if shards > 1:
        assert len({customer.thread.split("_")[1] for customer in made}) > 1
    ana = await acme.console("ana", two.url)
    for limit in (1, 5, 100):
        board = await Board(ana, "unassigned").start(limit)
        while board.cursor:
            board.cursor = (await board.page(limit, board.cursor)).get("cursor")
        assert board.order == [customer.thread for customer in reversed(made)]
    for customer in made:
        await customer.say("hush live")
        await later()
    while any(row["last"]["text"] != "hush live" for row in board.rows.values()):
        await board.hear()
    worker = await acme.console("ana", one.url)
    for customer in made[:6]:
        await worker.do("status", customer.thread, status="closed")
    while len(board.rows) > 6:
        await board.hear()
    assert board.order == [customer.thread for customer in reversed(made[6:])]


async def test_the_last_view_asked_for_is_watched(team: MakeTeam) -> None:
    """One view, not two; with a cursor too. A cursor of another view is 400 `bad_field`."""
    acme = await team("ana")
    [first, second] = await customers(acme, 2)
    ana, worker = await acme.console("ana"), await acme.console("ana")
    board = await Board(ana, "unassigned").start(1)
    closed = await Board(ana, "closed").start()
    error = await closed.page(1, board.cursor)
    assert (error["code"], error["reason"], "`cursor`" in error["message"]) == (400, "bad_field", True)
    assert (await closed.page(1, "nonsense"))["reason"] == "bad_field"
    await first.say("hush unwatched")
    await worker.do("status", second.thread, status="closed")
    assert (await closed.hear())["thread"] == second.thread
    assert [frame for frame in await ana.settled() if frame["t"] == "inbox_row"] == []
    await board.page(1, board.cursor)
    await first.say("hush watched")
    assert (await board.hear())["thread"] == first.thread


async def test_a_page_never_exceeds_a_frame(team: MakeTeam) -> None:
    """Rows with the longest names and messages that escape badly: fewer rows and a cursor, all in the end."""
    acme = await team("ana")
    user = {"name": "\x01" * 255, "email": "\x02" * 320}
    threads = set()
    for _ in range(100):
        customer = await acme.join(user={"user_id": new_user(), **user})
        await customer.say("\x03" * 10_000)
        threads.add(customer.thread)
        await customer.close()
    ana = await acme.console("ana")
    board = await Board(ana, "all").start()
    assert board.cursor
    while board.cursor:
        board.cursor = (await board.page(100, board.cursor)).get("cursor")
    assert set(board.rows) == threads
    for row in board.rows.values():
        assert len(row["last"]["text"]) == 200


async def test_a_page_asked_for_amid_changes_ends_up_right(two_hubs: Hubs, team: MakeTeam) -> None:
    """Started afresh again and again while rows change: what is held at last is what the store has."""
    one, two = two_hubs
    acme = await team("ana", server=one)
    made = await customers(acme, 8, one.url)
    ana, worker = await acme.console("ana", two.url), await acme.console("ana", one.url)
    board = Board(ana, "unassigned")

    async def change() -> None:
        for turn in range(15):
            customer = made[turn % 8]
            agent = "ag_ana" if turn % 3 else None
            await worker.do("assign", customer.thread, agent=agent)
            await customer.say(f"hush {turn}")

    changing = asyncio.ensure_future(change())
    while not changing.done():
        await board.start()
    await changing
    truth = await Board(await acme.console("ana", two.url), "unassigned").start()
    while {thread: row["rev"] for thread, row in board.rows.items()} != {
        thread: row["rev"] for thread, row in truth.rows.items()
    }:
        await board.hear()
