"""Imports as the store lists them."""

from onethread.imports.ledger import amend
from tests.imports.importing import Office

FILE = b"name\nAnn\n"


async def forget(office: Office, import_id: str) -> None:
    """As the store does 30 days after an import's last word."""
    await office.link.command("DEL", f"{{{office.org}}}:import:{import_id}")


async def listed(office: Office, before: int | None = None, limit: int = 10) -> list[str]:
    return [one.job.id for one in await office.ledger.page(office.org, before, limit)]


async def test_the_last_accepted_first(office: Office) -> None:
    """The order is the one in which they were accepted, also within a millisecond, whatever is done since."""
    ids = [(await office.begin(FILE)).job.id for _ in range(5)]
    await amend(office.ledger, office.org, ids[1], state="done")
    assert await listed(office) == ids[::-1]
    found = await office.ledger.page(office.org, None, 2)
    assert await listed(office, found[-1].at, 2) == [ids[2], ids[1]]


async def test_those_that_are_no_more(office: Office) -> None:
    """What the store has forgotten is in no list, and makes no page short."""
    ids = [(await office.begin(FILE)).job.id for _ in range(6)]
    for import_id in ids[1:5]:
        await forget(office, import_id)
    assert await listed(office, limit=2) == [ids[5], ids[0]]
    assert await office.link.command("ZCARD", f"{{{office.org}}}:imports") == 2


async def test_what_is_kept_is_bounded(office: Office) -> None:
    """What nobody lists goes too: with each import that comes, two that the store has forgotten."""
    for _ in range(20):
        held = await office.begin(FILE)
        await forget(office, held.job.id)
    assert await office.link.command("ZCARD", f"{{{office.org}}}:imports") <= 2
