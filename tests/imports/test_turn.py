"""Imports of an organization take effect in the order in which they were accepted."""

import asyncio

import pytest

from onethread.hub.clock import now_ms
from onethread.imports import ledger, turn
from onethread.imports.job import SILENT_MS, Job
from onethread.imports.ledger import amend, take_up
from onethread.imports.run import Taken
from onethread.imports.turn import await_turn, standing, turn_of
from tests.imports.importing import Office
from tests.integration.hubs import until

FILE = b"user_id,name\n1,Ann\n"
JOB = Job(id="im_1", org="acme", dry_run=False, seed="secret", size=1, digest="", beat=1_000)


@pytest.mark.parametrize(
    ("here", "now", "found"),
    [
        ({"im_1"}, 1_000 + SILENT_MS, "here"),
        ({"im_2"}, 1_000 + SILENT_MS - 1, "elsewhere"),
        ({"im_2"}, 1_000 + SILENT_MS, "gone"),
    ],
)
def test_where_the_first_is(here: set[str], now: int, found: str) -> None:
    """Whoever has it on disk goes on with it, however old it is; others wait while it is heard of."""
    assert standing(JOB, here, now) == found


async def test_the_order(office: Office) -> None:
    """The first accepted comes first, whatever the ids are, until it has ended; a dry run has no turn."""
    now = now_ms()
    for import_id in ("im_3", "im_1", "im_2"):
        await office.begin(FILE, id=import_id, beat=now)
    await office.begin(FILE, id="im_0", dry_run=True, beat=now)
    turns = []
    while found := await turn_of(office.ledger, office.org, ()):
        turns.append(found.id)
        await amend(office.ledger, office.org, found.id, state="done")
    assert turns == ["im_3", "im_1", "im_2"]


async def test_one_that_is_no_more(office: Office) -> None:
    """An import that the store has forgotten is waited for by nobody."""
    now = now_ms()
    first = await office.begin(FILE, beat=now)
    second = await office.begin(FILE, beat=now)
    await office.link.command("DEL", f"{{{office.org}}}:import:{first.job.id}")
    assert await turn_of(office.ledger, office.org, ()) == second.job


async def test_one_that_nobody_is_at(office: Office) -> None:
    """It ends where it is when a later one's turn has come, and says so; it is not taken up again."""
    gone = await office.begin(FILE, beat=now_ms() - SILENT_MS)
    later = await office.begin(FILE, beat=now_ms())
    assert await turn_of(office.ledger, office.org, {later.job.id}) == later.job
    ended = (await office.held(gone)).job
    assert (ended.state, "did not come back" in ended.failure) == ("failed", True)
    with pytest.raises(Taken):
        await office.run(gone, FILE)


async def test_waiting(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits says for whom, once, and is heard of meanwhile; when the other ends it is its turn."""
    monkeypatch.setattr(turn, "LOOK_EVERY", 0.001)
    monkeypatch.setattr(turn, "SAY_MS", 0)
    first = await office.begin(FILE, beat=now_ms())
    second = await office.begin(FILE, beat=now_ms())
    told: list[Job] = []
    waiting = asyncio.ensure_future(await_turn(office.ledger, second, told.append))

    async def heard() -> bool:
        return (await office.held(second)).serial > 2

    await until(heard)
    assert not waiting.done()
    await office.run(first, FILE)
    held = await waiting
    assert (held, told) == (await office.held(second), [first.job])


async def test_waiting_for_what_others_have_taken(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that somebody else has gone on with is waited for no longer."""
    monkeypatch.setattr(turn, "LOOK_EVERY", 0.001)
    monkeypatch.setattr(turn, "SAY_MS", 0)
    await office.begin(FILE, beat=now_ms())
    mine = await office.begin(FILE, beat=now_ms())
    assert await take_up(office.ledger, mine) is not None
    with pytest.raises(Taken):
        await await_turn(office.ledger, mine, lambda job: None)


async def test_two_take_one_up_in_one_millisecond(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of them has it: what both write differs, though it is of one place and one time."""
    left = await office.begin(FILE, beat=now_ms())
    monkeypatch.setattr(ledger, "now_ms", lambda: left.job.beat + SILENT_MS)
    taken = await asyncio.gather(take_up(office.ledger, left), take_up(office.ledger, left))
    assert taken.count(None) == 1
    assert await office.held(left) in taken


async def test_a_dry_run_does_not_wait(office: Office) -> None:
    """It takes no effect."""
    await office.begin(FILE, beat=now_ms())
    mine = await office.begin(FILE, dry_run=True)
    assert await await_turn(office.ledger, mine, lambda job: None) == mine
