"""WIRE.md sections 3, 4 and 6.8: the inbox, with real sockets, hubs and store."""

import asyncio
from typing import Any

import pytest

from tests.integration.acme import new_user
from tests.integration.hubs import KEY, beside, until
from tests.integration.serving import Running
from tests.integration.team import Agent, MakeTeam, Team
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import Customer, Frame, later, new_cid

Hubs = tuple[Running, Running]


class Board:
    """What an agent's console shows of a view, kept as section 6.8 says: only by higher revs."""

    def __init__(self, agent: Agent, view: str) -> None:
        self.agent = agent
        self.view = view
        self.rows: dict[str, Frame] = {}
        self.revs: dict[str, int] = {}

    async def start(self, limit: int = 100) -> "Board":
        """Ask for the first page; it voids every rev held."""
        self.rows, self.revs = {}, {}
        page = await self.page(limit)
        self.cursor = page.get("cursor")
        return self

    async def page(self, limit: int = 100, cursor: str | None = None) -> Frame:
        """Ask for a page and take its rows."""
        more = {} if cursor is None else {"cursor": cursor}
        page = await self.agent.ask({"t": "inbox", "view": self.view, "limit": limit, **more}, "inbox_page")
        for row in page.get("rows", ()):
            self.take(row)
        return page

    def take(self, row: Frame) -> None:
        """Apply a row if its rev is higher than the one held."""
        if row["rev"] > self.revs.get(row["thread"], -1):
            self.revs[row["thread"]] = row["rev"]
            if row.get("gone"):
                self.rows.pop(row["thread"], None)
            else:
                self.rows[row["thread"]] = row

    async def hear(self, which: Any = lambda row: True) -> Frame:
        """Take live rows up to the next one that is meant."""
        while True:
            row: Frame = (await self.agent.next("inbox_row"))["row"]
            self.take(row)
            if which(row):
                return row

    @property
    def order(self) -> list[str]:
        """The threads, the latest active first."""
        return sorted(self.rows, key=lambda thread: -self.rows[thread]["active_at"])


async def customers(team: Team, count: int, url: str = "") -> list[Customer]:
    """Customers who have each said something, one after the other."""
    made = []
    for i in range(count):
        made.append(await team.join(url, user={"user_id": new_user(), "name": f"Mia {i}"}))
        await made[-1].say(f"hush {i}")
        await later()
    return made


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


async def test_6_8_rows_are_told_as_threads_enter_change_in_and_leave_a_view(
    two_hubs: Hubs, team: MakeTeam
) -> None:
    """Every view of two agents, through assigning, closing and reopening; each sees its own part of it."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    [customer] = await customers(acme, 1, one.url)
    views = ("open", "mine", "unassigned", "closed", "all")
    boards = [
        await Board(await acme.console(name, hub.url), view).start()
        for name, hub in (("ana", one), ("ben", two))
        for view in views
    ]
    worker = await acme.console("ana", two.url)

    async def settled(**expected: tuple[bool, bool]) -> None:
        for board in boards:
            ana = board.agent.ready["agent"]["id"] == "ag_ana"
            wanted = expected[board.view][0 if ana else 1]
            while (customer.thread in board.rows) is not wanted:
                await board.hear()
            if wanted:
                row = board.rows[customer.thread]
                assert row["status"] == ("closed" if board.view == "closed" else row["status"])

    both, none = (True, True), (False, False)
    await settled(open=both, mine=none, unassigned=both, closed=none, all=both)
    await worker.do("assign", customer.thread, agent="ag_ana")
    await settled(open=both, mine=(True, False), unassigned=none, closed=none, all=both)
    await worker.do("assign", customer.thread, agent="ag_ben")
    await settled(open=both, mine=(False, True), unassigned=none, closed=none, all=both)
    await worker.do("status", customer.thread, status="closed")
    await settled(open=none, mine=none, unassigned=none, closed=both, all=both)
    await customer.say("hush again")
    await settled(open=both, mine=(False, True), unassigned=none, closed=none, all=both)
    await worker.do("assign", customer.thread, agent=None)
    await settled(open=both, mine=none, unassigned=both, closed=none, all=both)


async def test_a_rows_rev_rises_with_anything_in_it(two_hubs: Hubs, team: MakeTeam) -> None:
    """Message, note, edit, deletion, read, profile, assignment, status, device: each is told, each higher."""
    one, two = two_hubs
    acme = await team("ana", server=one)
    user = {"user_id": new_user()}
    customer = await acme.join(one.url, user=user)
    await customer.say("hush")
    ana, worker = await acme.console("ana", one.url), await acme.console("ana", two.url)
    board = await Board(ana, "all").start()
    thread = customer.thread
    revs = [board.revs[thread]]

    async def told(which: Any) -> Frame:
        row = await board.hear(lambda row: which(row) and row["rev"] > revs[-1])
        revs.append(row["rev"])
        return row

    ack = await worker.do("send", thread, text="hush agent")
    row = await told(lambda row: row["last"]["text"] == "hush agent")
    assert (row["last"]["from"]["id"], row["unread"], row["active_at"]) == ("ag_ana", 1, ack["at"])
    of = {"target": ack["seq"], "target_id": ack["id"]}
    await worker.do("edit", thread, text="hush edited", **of)
    row = await told(lambda row: row["last"]["text"] == "hush edited")
    assert row["active_at"] == ack["at"]
    await worker.do("delete", thread, **of)
    assert (await told(lambda row: "text" not in row["last"]))["last"]["seq"] == ack["seq"]
    note = await worker.do("note", thread, text="hush note")
    row = await told(lambda row: row["last"].get("text") == "hush note")
    assert (row["last"]["kind"], row["active_at"]) == ("note", note["at"])
    await worker.send({"t": "read", "thread": thread, "seq": 1})
    await told(lambda row: row["unread"] == 0)
    await customer.ask({"t": "profile", "user": {"name": "New Name"}}, "profile")
    await told(lambda row: row["contact"]["name"] == "New Name")
    await worker.do("assign", thread, agent="ag_ana")
    await told(lambda row: row["assignee"] == {"id": "ag_ana", "name": "ana"})
    await worker.do("status", thread, status="closed")
    await told(lambda row: row["status"] == "closed")
    await customer.close()
    await told(lambda row: row["online"] is False)
    await acme.join(two.url, user=user)
    await told(lambda row: row["online"] is True)
    assert board.rows[thread]["last"]["text"] == "hush note"


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


async def test_a_carried_thread_is_gone_and_the_other_one_is_there(two_hubs: Hubs, team: MakeTeam) -> None:
    """Its row leaves every view; the contact's has the message, and the assignee if it had none."""
    one, two = two_hubs
    acme = await team("ana", server=one)
    visitor = await acme.join(one.url)
    await visitor.say("hush visitor")
    ana = await acme.console("ana", two.url)
    board = await Board(ana, "open").start()
    mine = await Board(await acme.console("ana", one.url), "mine").start()
    await ana.do("assign", visitor.thread, agent="ag_ana")
    await mine.hear(lambda row: row["thread"] == visitor.thread)
    known = await acme.join(two.url, user={"user_id": new_user()}, visitor=visitor.ready["visitor"])
    for one_board in (board, mine):
        while set(one_board.rows) != {known.thread}:
            await one_board.hear()
        assert one_board.rows[known.thread]["last"]["text"] == "hush visitor"
    assert (await Board(ana, "all").start()).order == [known.thread]


async def test_p7_what_the_channel_lost_is_found(two_hubs: Hubs, team: MakeTeam) -> None:
    """A row that changed, one that entered by activity, one that entered without: told by the comparison."""
    one, _ = two_hubs
    acme = await team("ana", server=one)
    first, second, third = await customers(acme, 3)
    ana = await acme.console("ana")
    worker = await acme.console("ana")
    await worker.do("status", third.thread, status="closed")
    board = await Board(ana, "open").start()
    assert set(board.rows) == {first.thread, second.thread}
    async with beside(one, first, acme.org) as log:
        await log.silently("hush unheard")  # a change of a known row
    silent = await acme.join(user={"user_id": new_user()})
    async with one.redis() as client:
        # What scripts write, without their word: a thread that becomes active, and one that is reopened.
        inbox, at = f"{{{acme.org}:0}}:inbox", 2**41
        for customer, place in ((silent, "unassigned"), (third, "unassigned")):
            await client.zadd(f"{inbox}:{place}", {customer.thread: at})
            await client.hset(f"{{{acme.org}:0}}:{customer.thread}:meta", mapping={"status": "open"})
        await client.zrem(f"{inbox}:closed", third.thread)
    while set(board.rows) != {first.thread, second.thread, third.thread, silent.thread}:
        await board.hear()
    while board.rows[first.thread]["last"]["text"] != "hush unheard":
        await board.hear()


async def test_a_killed_hubs_customers_are_offline_in_the_inbox(
    two_hubs: Hubs, make_server, team: MakeTeam
) -> None:
    """Nobody has the thread open: the row's dot goes out all the same, once the device's time has come."""
    one, _ = two_hubs
    dying = await make_server(store_url=one.store_url, **KEY)
    acme = await team("ana", server=one)
    [customer] = await customers(acme, 1, dying.url)
    board = await Board(await acme.console("ana", one.url), "all").start()
    assert board.rows[customer.thread]["online"] is True
    await dying.kill()
    async with one.redis() as client:
        key = f"{{{acme.org}:0}}:{customer.thread}:online"
        [member] = await client.zrange(key, 0, -1)
        await client.zadd(key, {member: 1})  # 40 s later
    await board.hear(lambda row: row["online"] is False)


async def test_a_busy_row_is_told_at_most_four_times_a_second(team: MakeTeam) -> None:
    """200 messages in one go are a few rows, and the last one has the last message."""
    acme = await team("ana")
    [customer] = await customers(acme, 1)
    ana = await acme.console("ana")
    board = await Board(ana, "open").start()
    loop = asyncio.get_running_loop()
    began = loop.time()
    acks = await asyncio.gather(*(say(customer, i) for i in range(200)))
    await board.hear(lambda row: row["last"]["seq"] == 201)
    rows = [frame for frame in ana.frames if frame["t"] == "inbox_row"]
    assert len(acks) == 200
    assert len(rows) <= 2 + (loop.time() - began) / 0.25


async def say(customer: Customer, number: int) -> None:
    """Say something, without waiting for anything."""
    await customer.send({"t": "send", "cid": new_cid(), "text": f"hush {number}"})


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


async def test_p5_an_inbox_is_one_organizations(team: MakeTeam) -> None:
    """Neither pages nor live rows of another's; the same names in both."""
    acme, other = await team("ana"), await team("ana")
    [theirs] = await customers(other, 1)
    ana = await acme.console("ana")
    board = await Board(ana, "all").start()
    [mine] = await customers(acme, 1)
    await theirs.say("hush other")
    await board.hear(lambda row: row["thread"] == mine.thread)
    await ana.settled()
    assert theirs.thread not in str(ana.frames)


async def test_p8_the_inbox_goes_on_when_the_store_is_back(make_server, team: MakeTeam, valkey) -> None:
    """A page is 503 meanwhile; the watched view is told what changed afterwards."""
    server = await make_server(store_url=valkey.url)
    acme = await team("ana", server=server)
    [customer] = await customers(acme, 1)
    ana = await acme.console("ana")
    board = await Board(ana, "open").start()
    valkey.kill()
    error = await board.page()
    assert (error["code"], error["reason"]) == (503, "store_unavailable")
    valkey.start()

    async def said() -> bool:
        return (await customer.ask({"t": "send", "cid": "again", "text": "hush back"}, "ack"))["t"] == "ack"

    await until(said)
    await board.hear(lambda row: row["last"]["text"] == "hush back")


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
