"""Searches among contacts: a small run against a real server, and the people it is about."""

from pathlib import Path

from click.testing import CliRunner

from loadtest.contacts import contacts, run
from loadtest.people import people, questions


async def test_a_small_run() -> None:
    """All contacts are written, each kind of question is asked and timed, the memory adds up by family."""
    filled, took = await run(600, 50, lambda _: None)
    assert filled.contacts == 600
    assert {"contacts:find", "contact", "user", "thread:meta"} <= set(filled.families)
    assert 100 < sum(filled.families.values()) < 2 * filled.bytes_each
    assert [each.kind for each in took] == list(questions(600))
    assert all(each.asked and 0 < each.median_ms <= each.p99_ms for each in took)


def test_too_slow_is_an_error(tmp_path: Path) -> None:
    """A run in which a question took longer than asked for exits 1, with its report written."""
    result = CliRunner().invoke(contacts, ["--contacts", "100", "--most", "0.1", "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert (tmp_path / "contacts.json").exists()


def test_the_same_people_every_time() -> None:
    """A number of people are always the same, so that two runs can be compared; only their ids are fresh."""
    one, two = (
        [(c.user_id, c.name, c.email, c.phone, c.custom_data) for c in people(50, 0)] for _ in range(2)
    )
    assert one == two
    assert len({user_id for user_id, *_ in one}) == 50
