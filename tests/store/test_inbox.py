"""The inbox in a real store: lists, rows, states, and what entered a view unheard."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest

from onethread.agents.inbox import Place, Spot
from onethread.hub.agent_store import Viewing
from onethread.hub.entry import Entry
from onethread.hub.inbox_store import Listed, Unlisted
from onethread.hub.log import Appended, Duplicate, Moved, Refusal
from onethread.identity.ids import new_event_id, new_thread
from onethread.store.agent_records import AgentRecords
from onethread.store.link import Link
from tests.store.thread_log import ANA, ThreadLog

AT = 1_700_000_000_000


class Shard:
    """A shard's inbox, with threads that a test puts in."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.org = f"org-{secrets.token_hex(6)}"
        self.store = AgentRecords(link)

    async def thread(self, at: int | None = None, *, thread: str = "") -> ThreadLog:
        """A thread with a message; `at` overrides when it was active."""
        log = await ThreadLog(self.link, self.org, thread or new_thread(0)).create()
        await log.say("hush")
        if at is not None:
            await self.link.command("ZADD", f"{log.keys.inbox}:unassigned", at, log.keys.thread)
        return log

    async def place(self, log: ThreadLog, field: str, value: str, cid: str = "") -> Appended:
        """Change the status or assignee, as agents do."""
        kind = "status" if field == "status" else "assigned"
        cid = cid or secrets.token_hex(8)
        entry = Entry(AT, kind, "agent", ANA, "Ana", cid=cid, extra=value if field == "status" else "")
        answer: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        self.store.place(log.keys, f"a{ANA}:", new_event_id(), entry, field, value, answer.set_result)  # type: ignore[arg-type]
        return await answer

    async def listed(self, view: str = "open", below: Spot | None = None, limit: int = 100) -> list[str]:
        """The threads of a page."""
        found = await self.store.listed(self.org, 0, view, ANA, below, limit)  # type: ignore[arg-type]
        return [row.thread for row in found]


@pytest.fixture(name="shard")
async def shard_fixture(store_url: str) -> AsyncIterator[Shard]:
    """A shard of the test's own."""
    async with Link(store_url) as link:
        await link.ready()
        yield Shard(link)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
async def test_pages_go_through_threads_of_one_moment(shard: Shard, limit: int) -> None:
    """By time, then by id, over all places of the view: each thread once, whatever a page holds."""
    logs = [await shard.thread(AT + number // 4) for number in range(10)]
    for log in logs[::3]:
        await shard.place(log, "assignee", ANA)
    expected = sorted(
        ((AT + number // 4, log.keys.thread.encode()) for number, log in enumerate(logs)), reverse=True
    )
    found: list[str] = []
    below = None
    while page := await shard.listed("open", below, limit):
        found += page
        at = next(at for at, thread in expected if thread.decode() == page[-1])
        below = Spot("open", at, page[-1])
    assert found == [thread.decode() for _, thread in expected]


async def test_each_view_has_its_threads(shard: Shard) -> None:
    """`open` is everybody's, `mine` an agent's own, `all` the closed ones too."""
    free, mine, others, shut = [await shard.thread(AT + number) for number in range(4)]
    await shard.place(mine, "assignee", ANA)
    await shard.place(others, "assignee", "ag_ben")
    await shard.place(shut, "status", "closed")
    names = {
        log.keys.thread: name
        for name, log in (("free", free), ("mine", mine), ("others", others), ("shut", shut))
    }
    views = {
        view: [names[thread] for thread in await shard.listed(view)]
        for view in ("open", "mine", "unassigned", "closed", "all")
    }
    assert views == {
        "open": ["others", "mine", "free"],
        "mine": ["mine"],
        "unassigned": ["free"],
        "closed": ["shut"],
        "all": ["shut", "others", "mine", "free"],
    }


async def test_placing_is_once_a_cid_and_refused_where_there_is_no_thread(shard: Shard) -> None:
    """A repeat is the first one's; a thread that moved says where to."""
    log = await shard.thread()
    assert await shard.place(log, "status", "closed", "c") == 2
    repeat = await shard.place(log, "status", "closed", "c")
    assert isinstance(repeat, Duplicate)
    assert repeat.seq == 2
    assert await shard.place(ThreadLog(shard.link, shard.org, new_thread(0)), "status", "open") == Refusal(
        "unknown"
    )
    other = await shard.thread()
    await log.store.seal(log.keys, other.keys.thread)
    assert await shard.place(log, "status", "open") == Moved(other.keys.thread)


async def test_a_thread_without_a_message_is_placed_but_not_listed(shard: Shard) -> None:
    """It enters its view with its first message."""
    log = await ThreadLog(shard.link, shard.org, new_thread(0)).create()
    await shard.place(log, "assignee", ANA)
    assert await shard.listed("all") == []
    assert isinstance((await shard.store.rows(shard.org, 0, [log.keys.thread]))[0], Unlisted)
    await log.say("hush")
    assert await shard.listed("mine") == [log.keys.thread]


async def test_rows_and_states_say_the_same(shard: Shard) -> None:
    """A row's rev and dot are what the much cheaper states tell; a thread that is not there has neither."""
    log = await shard.thread()
    await log.agent_says("hush", kind="note")
    await log.store.join(log.keys, log.arrival("laptop"))
    nowhere = new_thread(0)
    row, none = await shard.store.rows(shard.org, 0, [log.keys.thread, nowhere])
    assert isinstance(row, Listed)
    assert (row.place, row.unread, row.online, row.last and row.last[0]) == (Place("open", ""), 1, True, 2)
    assert none == Unlisted(nowhere, 0)
    states = await shard.store.states(shard.org, 0, [log.keys.thread, nowhere])
    assert [(state.rev, state.online) for state in states] == [(row.rev, True), (-1, False)]
    await log.store.stay(log.keys, "hub1", (), ("laptop",))
    [after] = await shard.store.states(shard.org, 0, [log.keys.thread])
    assert (after.rev > row.rev, after.online) == (True, False)


async def test_what_entered_a_view_unheard_is_found(shard: Shard) -> None:
    """By its activity, or by its move; what did neither since is not."""
    active, moved, quiet = [await shard.thread(at) for at in (AT, AT - 100_000, AT - 100_000)]
    await shard.place(moved, "assignee", ANA)
    found = await shard.store.recent(shard.org, 0, AT - 1_000)
    assert set(found) == {active.keys.thread, moved.keys.thread}
    assert quiet.keys.thread not in found


async def test_moves_are_kept_within_bounds(shard: Shard) -> None:
    """The newest 10,000: whoever moves threads all day fills no store."""
    log = await shard.thread()
    moves = f"{log.keys.inbox}:moves"
    for first in range(0, 10_005, 1_000):
        pairs = [
            word for number in range(first, min(first + 1_000, 10_005)) for word in (number, f"th_{number}")
        ]
        await shard.link.command("ZADD", moves, *pairs)
    await shard.place(log, "status", "closed")
    assert await shard.link.command("ZCARD", moves) == 10_000
    assert await shard.link.command("ZSCORE", moves, log.keys.thread) is not None


async def test_viewers_are_told_as_they_come_and_go(shard: Shard) -> None:
    """By hub and agent; only a look changes nothing, a thread that is not stored has none."""
    log = await shard.thread()

    async def open_(agent: str = "", hub: str = "hub1") -> list[str]:
        found = await shard.store.open(log.keys, Viewing(hub=hub, agent=agent))
        assert found is not None
        assert not isinstance(found, Moved)
        return found.viewers

    assert await open_() == []
    assert await open_("ag_ben") == ["ag_ben"]
    assert await open_(ANA, "hub2") == [ANA, "ag_ben"]
    assert await open_() == [ANA, "ag_ben"]
    assert await shard.store.watch(log.keys, "hub1", (), ("ag_ben",)) == [ANA]
    assert await shard.store.watch(log.keys, "hub1", (), (ANA,)) == [ANA], "another hub's"
    nowhere = ThreadLog(shard.link, shard.org, new_thread(0))
    assert await shard.store.watch(nowhere.keys, "hub1", (ANA,)) == []
    assert await shard.store.open(nowhere.keys, Viewing(hub="hub1", agent=ANA)) is None
