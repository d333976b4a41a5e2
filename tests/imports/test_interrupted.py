"""Imports that are interrupted, at every step, and go on."""

import pytest

from onethread.imports import run
from onethread.imports.job import Job
from onethread.store.errors import UnknownOutcome
from tests.imports.importing import Cut, Cutting, Office, counts

OLD = "user_id,import_key,name,n\n" + "".join(f"{n},,Old {n},{n}\n" for n in range(12))
NEW = (
    "user_id,import_key,name,n\n"
    + "".join(f"{n},,New {n},{n}\n" for n in range(4))  # updated
    + "".join(f"{n},,Old {n},{n}\n" for n in range(4, 8))  # unchanged
    + "".join(f"{n},,New {n},{n}\n" for n in range(12, 16))  # imported
    + ",,Ann,\n,,Ben,\n,k,Cem,\n"  # imported, two of them without a key
    + "\n17\n"  # blank, skipped
    + "1,,Newer 1,1\n12,,Newer 12,12\n"  # updated again, in another batch
)
CALLS = 200
"""More than an import of these rows makes."""


async def check(office: Office, job: Job) -> None:
    """The import of NEW after OLD did all that it had to, and says so."""
    assert (job.state, counts(job), job.counts.unkeyed) == ("done", (7, 6, 4, 1), 2)
    assert [row.row for row in await office.skipped(job.id)] == [17]
    contacts = await office.contacts()
    assert len(contacts) == 12 + 7
    changed = [contacts[n].name for n in ("0", "1", "2", "4", "12", "k", "Ann")]
    assert changed == ["New 0", "Newer 1", "New 2", "Old 4", "Newer 12", "Cem", "Ann"]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of a few rows, so that a short file has many steps, and no patience."""
    monkeypatch.setattr(run, "BATCH", 6)
    monkeypatch.setattr(run, "SLICE", 2)
    monkeypatch.setattr(run, "SLICES", 2)
    monkeypatch.setattr(run, "PATIENCE", 0.001)


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("part", ["people", "ledger"])
async def test_killed_at_any_step(office: Office, part: str, done: bool) -> None:
    """Whichever write, read or save it died at, before or after it was done: going on makes the contacts and
    the counts of an import that was never interrupted, no contact twice and none by half."""
    data = NEW.encode()
    for calls in range(int(done), CALLS, 2):
        office = Office(office.link, 2)
        await office.import_(OLD)
        held = await office.begin(data)
        whole = office.store if part == "people" else office.ledger
        try:
            job = await office.run(held, data, **{part: Cutting(whole, calls, done=done)})
        except (Cut, ExceptionGroup):
            await check(office, await office.run(await office.held(held), data))
        else:
            await check(office, job)
            break
    assert 5 < calls < CALLS - 2


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("part", ["people", "ledger"])
async def test_the_store_goes_away(office: Office, part: str, done: bool) -> None:
    """A store that is away at any step, and answers again, changes nothing of what the import makes."""
    data = NEW.encode()
    for calls in range(0, 40, 3):
        office = Office(office.link, 2)
        await office.import_(OLD)
        whole = office.store if part == "people" else office.ledger
        cutting = Cutting(whole, calls, done=done, error=UnknownOutcome)
        await check(office, await office.run(await office.begin(data), data, **{part: cutting}))


async def test_a_dry_run_begins_again(office: Office) -> None:
    """An interrupted dry run starts over: its report is of the whole file."""
    await office.import_(OLD)
    text = NEW.encode()
    before = await office.contacts()
    held = await office.begin(text, dry_run=True)
    with pytest.raises(Cut):
        await office.run(held, text, ledger=Cutting(office.ledger, 4, done=True))
    job = await office.run(await office.held(held), text)
    assert (job.state, counts(job), job.counts.unkeyed) == ("done", (7, 6, 4, 1), 2)
    assert [row.row for row in await office.skipped(job.id)] == [17]
    assert await office.contacts() == before
