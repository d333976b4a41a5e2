"""WIRE.md sections 3, 4 and 6.8: rows of the inbox told live, with real sockets, hubs and store."""

import asyncio
from typing import Any

from tests.integration.acme import new_user
from tests.integration.board import Board, customers
from tests.integration.hubs import KEY, Hubs, beside, until
from tests.integration.team import MakeTeam, with_customer
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import Customer, Frame, new_cid


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


class Revs:
    """A row's revs as they are told: each is higher than the one before."""

    def __init__(self, board: Board, thread: str) -> None:
        self._board = board
        self._last = board.revs[thread]

    async def told(self, which: Any) -> Frame:
        """The next row that is so."""
        row = await self._board.hear(lambda row: which(row) and row["rev"] > self._last)
        self._last = row["rev"]
        return row


async def test_a_rows_rev_rises_with_what_is_said_in_it(two_hubs: Hubs, team: MakeTeam) -> None:
    """Message, edit, deletion, note: each is told, each higher, with when it was said."""
    one, two = two_hubs
    acme = await team("ana", server=one)
    customer = await with_customer(acme, one.url)
    await customer.say("hush")
    ana, worker = await acme.console("ana", one.url), await acme.console("ana", two.url)
    thread = customer.thread
    revs = Revs(await Board(ana, "all").start(), thread)
    ack = await worker.do("send", thread, text="hush agent")
    row = await revs.told(lambda row: row["last"]["text"] == "hush agent")
    assert (row["last"]["from"]["id"], row["unread"], row["active_at"]) == ("ag_ana", 1, ack["at"])
    of = {"target": ack["seq"], "target_id": ack["id"]}
    await worker.do("edit", thread, text="hush edited", **of)
    row = await revs.told(lambda row: row["last"]["text"] == "hush edited")
    assert row["active_at"] == ack["at"]
    await worker.do("delete", thread, **of)
    assert (await revs.told(lambda row: "text" not in row["last"]))["last"]["seq"] == ack["seq"]
    note = await worker.do("note", thread, text="hush note")
    row = await revs.told(lambda row: row["last"].get("text") == "hush note")
    assert (row["last"]["kind"], row["active_at"]) == ("note", note["at"])


async def test_a_rows_rev_rises_with_anything_else_in_it(two_hubs: Hubs, team: MakeTeam) -> None:
    """Read, profile, assignment, status, device: each is told, each higher; what was said last stays."""
    one, two = two_hubs
    acme = await team("ana", server=one)
    user = {"user_id": new_user()}
    customer = await acme.join(one.url, user=user)
    await customer.say("hush")
    ana, worker = await acme.console("ana", one.url), await acme.console("ana", two.url)
    board = await Board(ana, "all").start()
    thread = customer.thread
    revs = Revs(board, thread)
    await worker.send({"t": "read", "thread": thread, "seq": 1})
    await revs.told(lambda row: row["unread"] == 0)
    await customer.ask({"t": "profile", "user": {"name": "New Name"}}, "profile")
    await revs.told(lambda row: row["contact"]["name"] == "New Name")
    await worker.do("assign", thread, agent="ag_ana")
    await revs.told(lambda row: row["assignee"] == {"id": "ag_ana", "name": "ana"})
    await worker.do("status", thread, status="closed")
    await revs.told(lambda row: row["status"] == "closed")
    await customer.close()
    await revs.told(lambda row: row["online"] is False)
    await acme.join(two.url, user=user)
    await revs.told(lambda row: row["online"] is True)
    assert board.rows[thread]["last"]["text"] == "hush"


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
    async with one.redis() as client, client.pipeline(transaction=True) as at_once:
        # What scripts write, without their word: a thread that becomes active, and one that is reopened.
        inbox, at = f"{{{acme.org}:0}}:inbox", 2**41
        for customer in (silent, third):
            at_once.zadd(f"{inbox}:unassigned", {customer.thread: at})
            at_once.hset(f"{{{acme.org}:0}}:{customer.thread}:meta", mapping={"status": "open"})
        at_once.zrem(f"{inbox}:closed", third.thread)
        await at_once.execute()
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
