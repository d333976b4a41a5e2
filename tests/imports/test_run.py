"""Imports into a real store."""

import pytest
from msgspec.structs import replace

from onethread.contacts.csv.diagnosis import UNCLOSED
from onethread.contacts.csv.report import Skipped
from onethread.contacts.profile import visit
from onethread.hub.clock import now_ms
from onethread.hub.entry import unpack
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Writing
from onethread.identity.ids import new_epoch, new_thread, shard_for_user, shard_of
from onethread.imports.run import BATCH, Taken
from onethread_protocol.people import User
from tests.imports.importing import MINT, Office, counts

HEADER = "user_id,name,email,plan\n"


def rows(first: int, last: int, plan: str = "pro") -> str:
    return "".join(f"{n},Person {n},p{n}@acme.test,{plan}\n" for n in range(first, last + 1))


async def test_an_import(office: Office) -> None:
    """Every row becomes a contact with a thread and all that it says; who is imported is authenticated."""
    job = await office.import_(HEADER + rows(1, 600))
    assert (job.state, counts(job), job.counts.rows) == ("done", (600, 0, 0, 0), 600)
    contacts = await office.contacts()
    assert set(contacts) == {str(n) for n in range(1, 601)}
    ann = contacts["7"]
    assert (ann.name, ann.email, ann.custom_data) == ("Person 7", "p7@acme.test", {"plan": "pro"})
    assert ann.authenticated
    found = await office.store.look_up(office.org, shard_for_user("7", 2), user_id="7")
    assert found is not None
    assert (found.thread, shard_of(found.thread)) == (ann.thread, shard_for_user("7", 2))
    assert found.epoch


async def test_a_repeat(office: Office) -> None:
    """The same file again changes nothing; a changed one updates what it changes, and adds what is new."""
    await office.import_(HEADER + rows(1, 300))
    again = await office.import_(HEADER + rows(1, 300))
    assert counts(again) == (0, 0, 300, 0)
    other = await office.import_(HEADER + rows(1, 100) + rows(101, 200, "free") + rows(301, 400))
    assert counts(other) == (100, 100, 100, 0)
    contacts = await office.contacts()
    assert (len(contacts), contacts["150"].custom_data) == (400, {"plan": "free"})


async def test_by_import_key(office: Office) -> None:
    """Rows without a user_id are found again by import_key."""
    text = "import_key,name\nk1,Ann\nk2,Ben\n"
    assert counts(await office.import_(text)) == (2, 0, 0, 0)
    assert counts(await office.import_(text.replace("Ben", "Bob"))) == (0, 1, 1, 0)
    contacts = await office.contacts()
    assert {key: contact.name for key, contact in contacts.items()} == {"k1": "Ann", "k2": "Bob"}


async def test_without_keys(office: Office) -> None:
    """Rows with neither are created, and the report says how many a repeat would double."""
    job = await office.import_("name,user_id,import_key\nAnn,,\nBen,,\nCem,3,\nDan,,d\n")
    assert (counts(job), job.counts.unkeyed) == ((4, 0, 0, 0), 2)
    assert set(await office.contacts()) == {"Ann", "Ben", "3", "d"}


async def test_the_same_key_in_one_file(office: Office) -> None:
    """A later row about the same person changes what an earlier one made, in the order of the file."""
    lines = [f"1,Name {n}\n" for n in range(20)] + ["2,Ben\n"]
    job = await office.import_("user_id,name\n" + "".join(lines))
    assert counts(job) == (2, 19, 0, 0)
    assert (await office.contacts())["1"].name == "Name 19"


async def test_skipped_rows(office: Office) -> None:
    """Each row that can't go in is reported with number, column and reason; all others go in."""
    text = "user_id,name\n1,Ann\n2\n\n4,D\0n\n" + "".join(f"{n},P\n" for n in range(5, 600)) + '600,"Eve\n'
    job = await office.import_(text)
    assert (counts(job), job.counts.rows) == ((596, 0, 0, 3), 599)
    assert await office.skipped(job.id) == [
        Skipped(2, "", "the row has 1 column, the header has 2"),
        Skipped(4, "name", "has a NUL character"),
        Skipped(600, "name", UNCLOSED),
    ]
    assert set(await office.contacts()) == {"1", *(str(n) for n in range(5, 600))}


async def test_too_much_custom_data(office: Office) -> None:
    """A row that finds no room beside what its contact has is skipped, and nothing of it goes in."""
    some, values = [f"k{n}" for n in range(60)], ",".join("v" * 60)
    await office.import_(f"user_id,{','.join(some)}\n1,{values}\n")
    more = [f"m{n}" for n in range(60)]
    job = await office.import_(f"user_id,name,{','.join(more)}\n1,Ann,{values}\n2,Ben,{values}\n")
    assert counts(job) == (1, 0, 0, 1)
    assert "at most 100 keys" in (await office.skipped(job.id))[0].reason
    assert set((await office.contacts())["1"].custom_data) == set(some)


async def test_a_dry_run_writes_nothing(office: Office) -> None:
    """It reports what an import would do, to rows about the same person too, and does nothing."""
    await office.import_(HEADER + rows(1, 3))
    before = await office.contacts()
    text = HEADER + rows(3, 6) + "4,Other,p4@acme.test,pro\n5\n,No key,,\n" + rows(6, 6)
    dry = await office.import_(text, dry_run=True)
    assert (dry.state, counts(dry), dry.counts.unkeyed) == ("done", (4, 1, 2, 1), 1)
    assert await office.contacts() == before
    assert len(await office.skipped(dry.id)) == 1
    real = await office.import_(text)
    assert (counts(real), real.counts.unkeyed) == (counts(dry), dry.counts.unkeyed)


async def test_pins(office: Office) -> None:
    """A security_hash is kept as the server's own HMAC; another one takes its place, and agents see it."""
    await office.import_("user_id,security_hash\n1,first\n")
    first = (await office.contacts())["1"]
    assert first.pin == MINT.pin(office.org, "1", "first")
    assert "first" not in repr(first)
    assert counts(await office.import_("user_id,security_hash\n1,first\n")) == (0, 0, 1, 0)
    assert counts(await office.import_("user_id,security_hash\n1,second\n")) == (0, 1, 0, 0)
    second = (await office.contacts())["1"]
    assert second.pin == MINT.pin(office.org, "1", "second")
    keys = ThreadKeys(office.org, second.thread)
    log = [unpack(element)[1].kind for element in await office.store.range(keys, 1, 9, 10_000)]
    assert log == ["pinned"]
    ends = await office.link.command("HGET", keys.meta, "adm")
    assert int(ends) == 1


async def test_a_visitor_by_id(office: Office) -> None:
    """A contact without a user_id is found by its id, as the export writes it, and is authenticated then."""
    thread = new_thread(1)
    visitor = visit(None, User(name="Ann"), thread, now_ms())
    keys = ThreadKeys(office.org, thread)
    await office.store.write(keys, Writing(version=0, before=None, contact=visitor, epoch=new_epoch()))
    nobody = "x" * 20
    rows = f"{visitor.id},Ann,a@b\nct_1_{nobody},Ben,\nct_99_{nobody},Cem,\n"
    job = await office.import_(f"import_key,name,email\n{rows}")
    assert counts(job) == (2, 1, 0, 0)
    found = await office.store.look_up(office.org, 1, thread=thread)
    assert found is not None
    assert found.contact == replace(visitor, email="a@b", authenticated=True)
    assert [unpack(each)[1].kind for each in await office.store.range(keys, 1, 9, 10_000)] == ["identified"]


async def test_somebody_else_has_it(office: Office) -> None:
    """Of two runs of one import one goes on, the other stops."""
    data = (HEADER + rows(1, 3)).encode()
    held = await office.begin(data)
    assert (await office.run(held, data)).state == "done"
    with pytest.raises(Taken):
        await office.run(held, data)


async def test_a_file_that_is_another(office: Office) -> None:
    """A file whose header can't be read fails the import, and the report says why."""
    job = await office.import_("color,size\n1,2\n")
    assert (job.state, job.failure[:20]) == ("failed", "none of the columns ")


async def test_an_empty_file_of_a_header(office: Office) -> None:
    """No rows are no trouble."""
    job = await office.import_(HEADER)
    assert (job.state, counts(job)) == ("done", (0, 0, 0, 0))


async def test_being_told(office: Office) -> None:
    """Whoever watches hears how far it is, after every batch."""
    heard = []
    data = (HEADER + rows(1, BATCH + 1)).encode()
    await office.run(await office.begin(data), data, heard.append)
    assert [(job.counts.rows, job.offset) for job in heard] == [
        (BATCH, len((HEADER + rows(1, BATCH)).encode())),
        (BATCH + 1, len(data)),
    ]
