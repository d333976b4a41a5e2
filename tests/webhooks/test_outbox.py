"""The outbox in a real store: what is written down, in which order, who is given it, what becomes of it."""

import asyncio
import secrets

import msgspec

from onethread.contacts.profile import Contact
from onethread.hub.agent_store import AgentThreadStore
from onethread.hub.carry import Carry
from onethread.hub.clock import now_ms
from onethread.hub.entry import Entry, unpack
from onethread.hub.log import Appended, Writing
from onethread.identity.ids import new_epoch, new_event_id, new_thread
from onethread.store.agent_threads import AgentThreads
from onethread.webhooks.outbox import Due, Outcome
from tests.store.thread_log import ANA, ThreadLog
from tests.webhooks.shop import HUB, TOLD, Shop

WROTE = "message.created"


def types(due: list[Due]) -> list[str]:
    """Of what they tell."""
    return [each.type for each in due]


def texts(due: list[Due]) -> list[str]:
    """What the messages among them say."""
    return [unpack(each.element)[1].text for each in due if each.type == WROTE]


async def place(log: ThreadLog, field: str, value: str) -> Appended:
    """An agent changes the thread's status or assignee."""
    store: AgentThreadStore = AgentThreads(log.link)
    answer: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
    kind = "status" if field == "status" else "assigned"
    entry = Entry(now_ms(), kind, "agent", ANA, "Ana", cid=secrets.token_hex(12), extra=value)
    store.place(log.keys, f"a{ANA}:", new_event_id(), entry, field, value, answer.set_result)  # type: ignore[arg-type]
    return await answer


async def write(log: ThreadLog, version: int, before: Contact | None, after: Contact) -> None:
    """Write the thread's contact."""
    await log.store.write(log.keys, Writing(version=version, before=before, contact=after, epoch=new_epoch()))


async def test_each_thing_is_written_down_once_in_order(shop: Shop) -> None:
    """With what happened: a repeat of a message, a note and a change of what nobody is shown add nothing."""
    webhook = await shop.hook()
    log, contact = shop.log, shop.log.contact
    await log.say("one", cid="c1")
    await log.say("one", cid="c1")
    await log.agent_says("a note", kind="note")
    await log.agent_says("two")
    await place(log, "assignee", ANA)
    await place(log, "status", "closed")
    await log.say("three")
    named = msgspec.structs.replace(contact, name="Zoe")
    await write(log, 1, contact, named)
    await write(log, 2, named, msgspec.structs.replace(named, pin="p", signed=True))
    due = await shop.drain(webhook)
    assert types(due) == [
        WROTE,
        WROTE,
        "thread.assigned",
        "thread.status",
        WROTE,
        "thread.status",
        "contact.updated",
    ]
    assert texts(due) == ["one", "two", "three"]
    events = [unpack(each.element) for each in due if each.element]
    assert [id_ for id_, _ in events] == [each.id for each in due if each.element]
    assert [entry.extra for _, entry in events if entry.kind == "status"] == ["closed", "open"]
    assert len({each.id for each in due}) == len(due)
    assert due[-1].contact is not None
    assert due[-1].contact.name == "Zoe"


async def test_a_new_contact_comes_before_its_message(shop: Shop) -> None:
    """Whether it is stored with the message or before it."""
    webhook = await shop.hook()
    visitor = ThreadLog(shop.log.link, shop.organization.org, new_thread(0))
    await visitor.say("hello", creation=True)
    await visitor.say("again", creation=True)
    other = await shop.beside(new_thread(0))
    await other.say("me too", creation=True)
    due = await shop.drain(webhook)
    assert types([each for each in due if each.thread == visitor.keys.thread]) == [
        "contact.created",
        WROTE,
        WROTE,
    ]
    assert types([each for each in due if each.thread == other.keys.thread]) == ["contact.created", WROTE]


async def test_a_webhook_hears_what_it_wants(shop: Shop) -> None:
    """From when it is there, each its own; changed, it hears other things; removed, nothing."""
    await shop.log.say("before")
    messages = await shop.hook(WROTE)
    states = await shop.hook("thread.status", "contact.created")
    await shop.log.say("hello")
    await place(shop.log, "status", "closed")
    assert types(await shop.drain(messages)) == [WROTE]
    assert types(await shop.drain(states)) == ["thread.status"]


async def test_of_a_thread_one_at_a_time(shop: Shop) -> None:
    """What follows is given when the one before was told; other threads don't wait for it."""
    webhook = await shop.hook(WROTE)
    other = await shop.beside(new_thread(0))
    await shop.log.fill("1", "2")
    await other.say("x")
    first = await shop.take(webhook)
    assert sorted(texts(first)) == ["1", "x"]
    assert await shop.take(webhook) == []
    for due in first:
        await shop.outbox.settle(shop.lane(webhook), due, TOLD)
    second = await shop.take(webhook)
    assert texts(second) == ["2"]
    await shop.outbox.settle(shop.lane(webhook), second[0], TOLD)
    assert await shop.keys() == {"lease", "state"}


async def test_one_hub_at_a_time(shop: Shop) -> None:
    """Another one is given nothing until the first gives the lane back."""
    webhook = await shop.hook(WROTE)
    await shop.log.say("hello")
    assert await shop.take(webhook, limit=0) == []
    assert await shop.outbox.take(shop.lane(webhook), "hub-2", 10) is None
    await shop.outbox.release(shop.lane(webhook), "hub-2")
    assert await shop.outbox.take(shop.lane(webhook), "hub-2", 10) is None
    await shop.outbox.release(shop.lane(webhook), HUB)
    assert texts(await shop.take(webhook, hub="hub-2")) == ["hello"]


async def test_what_a_killed_hub_had_taken_is_given_again(shop: Shop) -> None:
    """When its time is over; what the first one says of it later changes nothing."""
    webhook = await shop.hook(WROTE)
    await shop.log.fill("1", "2")
    [late] = await shop.take(webhook)
    key = f"{shop.log.keys.prefix}webhook:{webhook.id}:due"
    await shop.log.link.command("ZADD", key, "XX", 1, late.thread)
    [again] = await shop.take(webhook)
    assert again.id == late.id
    await shop.outbox.settle(shop.lane(webhook), late, TOLD)
    await shop.outbox.settle(shop.lane(webhook), again, TOLD)
    assert texts(await shop.drain(webhook)) == ["2"]


async def test_what_failed_is_given_later_and_counted(shop: Shop) -> None:
    """Its thread waits for it; told in the end, the next one begins to count anew."""
    webhook = await shop.hook(WROTE)
    await shop.log.fill("1", "2")
    for tries in range(3):
        [due] = await shop.take(webhook)
        assert (texts([due]), due.tries) == (["1"], tries)
        await shop.outbox.settle(shop.lane(webhook), due, Outcome("later", 0, "HTTP 500"))
    standing = await shop.outbox.standing(shop.lane(webhook))
    assert (standing.waiting, standing.dead, standing.told_at, standing.why) == (1, 0, 0, "HTTP 500")
    [due] = await shop.take(webhook)
    await shop.outbox.settle(shop.lane(webhook), due, Outcome("later", 3_600_000, "HTTP 500"))
    assert await shop.take(webhook) == []
    assert await shop.outbox.revive_all(shop.lane(webhook)) == 0
    assert [(text, each.tries) for each in await shop.take(webhook) for text in texts([each])] == [("1", 4)]


async def test_dead_letters_are_listed_and_told_anew(shop: Shop) -> None:
    """Newest first, page by page; one or all go back behind what their threads have waiting."""
    webhook = await shop.hook(WROTE)
    await shop.log.fill(*"12345")
    for _ in range(4):
        await shop.fail(webhook, Outcome("dead", 0, "HTTP 410"))
    letters = await shop.letters(webhook)
    assert [letter.id for letter in letters] == [await shop.log.id_of(seq) for seq in (4, 3, 2, 1)]
    assert {(letter.type, letter.thread, letter.tries, letter.why) for letter in letters} == {
        (WROTE, shop.log.keys.thread, 1, "HTTP 410")
    }
    lane = shop.lane(webhook)
    assert await shop.outbox.revive(lane, letters[0].thread, letters[0].id)
    assert not await shop.outbox.revive(lane, letters[0].thread, letters[0].id)
    assert [letter.id for letter in await shop.letters(webhook)] == [letter.id for letter in letters[1:]]
    assert await shop.outbox.revive_all(lane) == 3
    assert texts(await shop.drain(webhook)) == ["5", "4", "1", "2", "3"]
    assert await shop.letters(webhook) == []


async def test_a_deleted_text_is_told_no_more(shop: Shop) -> None:
    """What is told is what the log has then."""
    webhook = await shop.hook(WROTE)
    await shop.log.fill("gone", "old", by="contact")
    await shop.log.revise("deleted", 1)
    await shop.log.revise("edited", 2, "new")
    assert texts(await shop.drain(webhook)) == ["", "new"]


async def test_an_erased_person_is_gone_from_the_outbox(shop: Shop) -> None:
    """What waited, what was being told and what was given up: nothing of it is left, others' is."""
    webhook = await shop.hook(WROTE)
    other = await shop.beside(new_thread(0))
    for log in (shop.log, other):
        await log.fill("1", "2", "3")
    await shop.fail(webhook, Outcome("dead", 0, "HTTP 410"))
    taken = await shop.take(webhook)
    assert len(taken) == 2
    assert await shop.log.store.erase(shop.log.keys, 1, shop.log.contact)
    for due in taken:
        await shop.outbox.settle(shop.lane(webhook), due, Outcome("later", 0, "HTTP 500"))
    assert [letter.thread for letter in await shop.letters(webhook)] == [other.keys.thread]
    assert texts(await shop.drain(webhook)) == ["2", "3"]
    assert {key for key in await shop.keys() if shop.log.keys.thread in key} == set()


async def test_a_carried_message_is_not_lost(shop: Shop) -> None:
    """Told or not before the carry, it is told of the thread that it is in now, under the same id."""
    webhook = await shop.hook()
    visitor = await shop.beside(new_thread(0))
    await visitor.fill("1", "2", by="contact")
    ids = [await visitor.id_of(seq) for seq in (1, 2)]
    await place(visitor, "assignee", ANA)
    await place(shop.log, "status", "closed")
    await shop.fail(webhook, Outcome("dead", 0, "HTTP 410"))
    await Carry(shop.log.store, shop.organization, "").run(visitor.keys.thread, shop.log.keys.thread)
    due = await shop.drain(webhook)
    assert {each.thread for each in due} == {shop.log.keys.thread}
    # The contact of the closed thread is still as it was, a random name takes no other's place.
    assert types(due) == [WROTE, WROTE, "thread.merged", "thread.status", "thread.assigned"]
    assert [each.id for each in due[:2]] == ids
    assert len({each.id for each in due}) == len(due)
    assert due[-1].assignee == ANA
    assert {key for key in await shop.keys() if visitor.keys.thread in key} == set()


async def test_a_removed_webhook_leaves_nothing(shop: Shop) -> None:
    """What waited for it and what was given up go, and nothing is written down any more."""
    webhook = await shop.hook()
    await shop.fail(webhook, Outcome("dead", 0, "HTTP 410"))
    await shop.log.fill(*"123")
    await shop.fail(webhook, Outcome("dead", 0, "HTTP 410"))
    await shop.remove(webhook)
    await shop.log.say("4")
    await shop.records.clear(shop.organization, webhook.id)
    await shop.log.say("5")
    assert await shop.keys() == set()
