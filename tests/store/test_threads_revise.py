"""revise.lua against a real store."""

from onethread.hub.log import Duplicate, Moved, Refusal
from tests.store.thread_log import ANA, ThreadLog


async def test_an_edit_rewrites_the_message_and_is_an_event(log: ThreadLog) -> None:
    """The message has the new text and the change's seq as `rev`; the event has the text and the target."""
    await log.say("draft")
    identity = await log.id_of(1)
    assert await log.revise("edited", 1, "final") == 2
    message, change = await log.entries()
    assert (message.text, message.rev, message.deleted) == ("final", 2, 0)
    assert (change.kind, change.text, change.target, change.target_id) == ("edited", "final", 1, identity)
    assert await log.id_of(1) == identity


async def test_the_old_text_leaves_the_log(log: ThreadLog) -> None:
    """After further edits and a deletion no element holds an earlier text, `edited` events included."""
    await log.say("secret one")
    await log.revise("edited", 1, "secret two")
    await log.revise("edited", 1, "three")
    raw = b"".join(await log.store.range(log.keys, 1, 9, 2**20))
    assert b"secret" not in raw
    assert [e.text for e in await log.entries()] == ["three", "", "three"]
    await log.revise("deleted", 1)
    raw = b"".join(await log.store.range(log.keys, 1, 9, 2**20))
    assert b"three" not in raw
    message = await log.entry(1)
    assert (message.deleted, message.rev) == (1, 4)


async def test_a_second_deletion_changes_nothing(log: ThreadLog) -> None:
    """It is answered with the first deletion's numbers, under any cid, and that cid is then known too."""
    await log.say()
    assert await log.revise("deleted", 1, cid="a") == 2
    for cid in ("b", "b", "a"):
        again = await log.revise("deleted", 1, cid=cid)
        assert isinstance(again, Duplicate)
        assert (again.seq, again.id, again.entry.kind) == (2, await log.id_of(2), "deleted")
    assert len(await log.entries()) == 2


async def test_p2_a_repeated_edit_is_one_entry(log: ThreadLog) -> None:
    """A known cid is looked up before its target, so a repeat succeeds even when the message is deleted."""
    await log.say()
    assert await log.revise("edited", 1, "new", cid="a") == 2
    await log.revise("deleted", 1)
    again = await log.revise("edited", 1, "new", cid="a")
    assert isinstance(again, Duplicate)
    assert again.seq == 2
    assert len(await log.entries()) == 3


async def test_what_can_not_be_changed_is_unknown(log: ThreadLog) -> None:
    """No message there, another id there, a change or a status as target, the edit of a deleted one."""
    await log.say()
    await log.revise("edited", 1, "new")
    await log.say()
    await log.revise("deleted", 3)
    await log.set_meta(status="closed")
    await log.say()
    unknown = Refusal("unknown_target")
    head = len(await log.entries())
    assert await log.revise("edited", 99, "x") == unknown
    assert await log.revise("edited", 2**53 - 1, "x") == unknown
    assert await log.revise("edited", 1, "x", id_="-" * 16) == unknown
    assert await log.revise("deleted", 2) == unknown
    assert await log.revise("edited", 3, "x") == unknown
    assert await log.revise("deleted", head) == unknown
    assert len(await log.entries()) == head


async def test_anothers_message_is_not_yours(log: ThreadLog) -> None:
    """The contact can't change an agent's, an agent neither the contact's nor another agent's."""
    await log.say()
    await log.agent_says()
    not_yours = Refusal("not_yours")
    assert await log.revise("edited", 2, "x") == not_yours
    assert await log.revise("deleted", 2) == not_yours
    assert await log.revise("deleted", 1, by=ANA) == not_yours
    assert await log.revise("deleted", 2, by="ag_ben") == not_yours
    assert [e.text for e in await log.entries()] == ["hello", "hello"]


async def test_a_note_is_unknown_to_the_customer_and_its_changes_are_hidden(log: ThreadLog) -> None:
    """A customer can't tell a note from nothing; its author changes it by events that are as hidden."""
    await log.agent_says("inside", kind="note")
    assert await log.revise("deleted", 1) == Refusal("unknown_target")
    assert await log.revise("edited", 1, "other", by=ANA) == 2
    assert await log.revise("deleted", 1, by=ANA) == 3
    assert [e.hidden for e in await log.entries()] == [True, True, True]
    assert await log.unread() == (0, 0)


async def test_a_moved_thread_is_not_changed(log: ThreadLog) -> None:
    """What was sealed stays as it was carried."""
    await log.say()
    await log.store.seal(log.keys, "th_0_elsewhere")
    assert await log.revise("edited", 1, "x") == Moved("th_0_elsewhere")
    assert (await log.entry(1)).text == "hello"


async def test_a_deleted_message_is_not_unread(log: ThreadLog) -> None:
    """Deleting an unread one lowers the other side's count; deleting a read one changes nothing."""
    await log.fill("1", "2", "3", "4")
    await log.read("c", 2)
    assert await log.unread() == (2, 0)
    await log.revise("deleted", 1, by=ANA)
    assert await log.unread() == (2, 0)
    await log.revise("deleted", 3, by=ANA)
    assert await log.unread() == (1, 0)
    await log.revise("deleted", 3, by=ANA)
    assert await log.unread() == (1, 0)
    await log.read("c", 3)
    assert await log.unread() == (1, 0)
    await log.read("c", 4)
    assert await log.unread() == (0, 0)


async def test_both_sides_count_their_own(log: ThreadLog) -> None:
    """A deletion by the contact lowers what the agents have not read, and nothing else."""
    await log.fill("1", "2", by="contact")
    await log.fill("3", "4")
    await log.revise("deleted", 2)
    assert await log.unread() == (2, 1)
    await log.read("a", 1)
    assert await log.unread() == (2, 0)
