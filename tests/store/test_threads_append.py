"""append.lua against a real store."""

from onethread.hub.log import Duplicate, Moved, Refusal
from tests.store.thread_log import ANA, SYSTEM, ThreadLog, new_log


async def test_numbers_are_dense_from_one(log: ThreadLog) -> None:
    """Whoever writes, messages and notes are numbered 1, 2, 3 and found in the log as they were given."""
    assert await log.say("one") == 1
    assert await log.agent_says("two", kind="note") == 2
    assert await log.agent_says("three") == 3
    assert [(e.kind, e.from_type, e.text) for e in await log.entries()] == [
        ("message", "contact", "one"),
        ("note", "agent", "two"),
        ("message", "agent", "three"),
    ]


async def test_p2_a_known_cid_appends_nothing(log: ThreadLog) -> None:
    """The first event is told again, by number, id and content, whatever the repeat says."""
    assert await log.say("first", cid="a") == 1
    repeat = await log.say("other words", cid="a")
    assert isinstance(repeat, Duplicate)
    assert (repeat.seq, repeat.id, repeat.entry.text) == (1, await log.id_of(1), "first")
    assert len(await log.entries()) == 1
    assert (await log.unread())[1] == 1


async def test_p2_a_cid_is_its_authors(log: ThreadLog) -> None:
    """The contact and each agent have cids of their own, so nobody's is taken by another's."""
    assert [
        await log.say(cid="a"),
        await log.agent_says(cid="a"),
        await log.agent_says(cid="a", agent="ag_ben"),
    ] == [1, 2, 3]
    assert isinstance(await log.agent_says(cid="a"), Duplicate)


async def test_a_moved_thread_takes_nothing(log: ThreadLog) -> None:
    """Not even a repeat is answered from it: its events are elsewhere."""
    await log.say(cid="a")
    await log.store.seal(log.keys, "th_0_elsewhere")
    assert await log.say(cid="a") == Moved("th_0_elsewhere")
    assert await log.agent_says() == Moved("th_0_elsewhere")
    assert len(await log.entries()) == 1


async def test_an_unknown_thread_takes_nothing(store_url: str) -> None:
    """Without something to create it from, a thread is not made by writing to it."""
    async with new_log(store_url, stored=False) as log:
        assert await log.say() == Refusal("unknown")
        assert await log.agent_says() == Refusal("unknown")
        assert await log.revise("deleted", 1) == Refusal("unknown")
        assert await log.link.command("KEYS", f"*{log.keys.thread[5:]}*") == []


async def test_a_visitors_first_message_stores_thread_and_contact(store_url: str) -> None:
    """Thread, contact and creation index appear with it, and only the first creation counts."""
    async with new_log(store_url, stored=False) as log:
        epoch = log.epoch
        assert await log.say("hi", creation=True) == 1
        log.epoch = "another-epoch---"
        assert await log.say("again", creation=True) == 2
        found = await log.store.look_up(log.keys.org, 0, thread=log.keys.thread)
        assert found
        assert found.contact
        assert (found.epoch, found.version, found.contact.name) == (epoch, 1, log.contact.name)
        assert found.contact.wrote
        assert await log.link.command("ZSCORE", log.keys.contacts, log.contact.id) is not None
        assert (await log.meta("status"), list(await log.places())) == ("open", ["unassigned"])


async def test_unread_counts_the_other_sides_messages(log: ThreadLog) -> None:
    """A message counts for the other side alone; a note counts for nobody."""
    await log.say()
    await log.agent_says()
    await log.agent_says()
    await log.agent_says(kind="note")
    assert await log.unread() == (2, 1)


async def test_a_thread_is_listed_from_its_first_message(log: ThreadLog) -> None:
    """A stored contact without a message is in no view; then the thread stands at its last message's time."""
    assert await log.places() == {}
    await log.say()
    await log.agent_says()
    assert await log.places() == {"unassigned": (await log.entry(2)).at}


async def test_an_assigned_thread_is_listed_with_its_agent(log: ThreadLog) -> None:
    """It stands there only, and the agent is among those whose threads make up the view `open`."""
    await log.set_meta(assignee=ANA)
    await log.say()
    await log.agent_says()
    assert await log.places() == {f"mine:{ANA}": (await log.entry(2)).at}


async def test_a_customers_message_reopens_a_closed_thread(log: ThreadLog) -> None:
    """The message, then `status` by the system under an id of its own; the thread changes views."""
    await log.say("one")
    await log.set_meta(status="closed")
    await log.link.command("ZREM", f"{log.keys.inbox}:unassigned", log.keys.thread)
    await log.link.command("ZADD", f"{log.keys.inbox}:closed", 1, log.keys.thread)
    assert await log.say("two") == 2
    status = await log.entry(3)
    assert (status.kind, status.extra, status.from_type, status.from_name) == (
        "status",
        "open",
        "system",
        SYSTEM,
    )
    assert status.at == (await log.entry(2)).at
    assert len({await log.id_of(seq) for seq in (1, 2, 3)}) == 3
    assert await log.meta("status") == "open"
    assert await log.places() == {"unassigned": status.at}
    assert await log.unread() == (0, 2)


async def test_an_agents_message_leaves_a_closed_thread_closed(log: ThreadLog) -> None:
    """Only the customer reopens; the thread moves up among the closed ones."""
    await log.set_meta(status="closed")
    await log.agent_says()
    assert [e.kind for e in await log.entries()] == ["message"]
    assert (await log.meta("status"), await log.places()) == ("closed", {"closed": (await log.entry(1)).at})


async def test_a_rows_rev_rises_with_everything_in_it(log: ThreadLog) -> None:
    """Messages, notes, edits, deletions and reading raise it; repeats and what changes nothing don't."""
    revs = [await log.rev()]

    async def rose(expected: bool) -> bool:
        revs.append(await log.rev())
        return (revs[-1] > revs[-2]) is expected

    await log.say(cid="a")
    assert await rose(True)
    await log.say(cid="a")
    assert await rose(False)
    await log.agent_says(kind="note")
    assert await rose(True)
    await log.revise("edited", 1, "new")
    assert await rose(True)
    await log.revise("deleted", 1)
    assert await rose(True)
    await log.revise("deleted", 1)
    assert await rose(False)
    await log.read("a", 3)
    assert await rose(True)
    await log.read("a", 2)
    assert await rose(False)


async def test_the_last_message_is_known_whatever_came_after_it(log: ThreadLog) -> None:
    """Without a search: the head if it is one, else what the change on top of it has noted."""
    assert await log.last_said() == 0
    await log.say()
    assert await log.last_said() == 1
    await log.revise("edited", 1, "new")
    await log.revise("edited", 1, "newer")
    assert await log.last_said() == 1
    await log.agent_says(kind="note")
    assert await log.last_said() == 4
    await log.revise("deleted", 4, by=ANA)
    assert await log.last_said() == 4
    await log.set_meta(status="closed")
    await log.say()
    assert ((await log.head()).seq, await log.last_said()) == (7, 6)


async def test_a_log_that_lost_what_its_cids_know_says_so(log: ThreadLog) -> None:
    """A cid whose event is gone is nobody's success: the answer is a failure, not an ack."""
    await log.say(cid="a")
    await log.link.command("DEL", log.keys.log)
    assert isinstance(await log.say(cid="a"), Exception)
