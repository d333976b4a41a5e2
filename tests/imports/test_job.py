"""An import as it is kept."""

import pytest

from onethread.imports.job import SILENT_MS, Job, State, planned, seen, truly

JOB = Job(id="im_1", org="acme", dry_run=False, seed="secret", size=1, digest="", beat=1_000)


def test_plans() -> None:
    """A plan says what becomes of each row; what an earlier one says of writing stands."""
    assert planned("", ["imported", "updated", "unchanged", "skipped", "blank"]) == "iunsb"
    assert planned("iunsb", ["unchanged", "unchanged", "updated", "updated", "imported"]) == "iuuui"
    assert planned("iiiiiii", ["unchanged"]) == "i"


def test_what_a_row_did() -> None:
    """A row that finds nothing to do, and was planned to do something, has done it."""
    assert [truly(letter, "unchanged") for letter in "iunsb"] == ["imported", "updated"] + ["unchanged"] * 3
    assert truly("n", "updated") == "updated"


@pytest.mark.parametrize("state", ["queued", "running"])
def test_an_import_that_nobody_is_at(state: State) -> None:
    """It shows as failed, with how far it came; one that is heard of does not, nor one that has ended."""
    job = Job(**{**{name: getattr(JOB, name) for name in JOB.__struct_fields__}, "state": state})
    assert seen(job, 1_000 + SILENT_MS - 1) is job
    assert seen(job, 1_000 + SILENT_MS).state == "failed"
    assert "gone" in seen(job, 1_000 + SILENT_MS).failure


@pytest.mark.parametrize("state", ["done", "failed"])
def test_an_import_that_has_ended(state: State) -> None:
    """What has ended stays as it ended."""
    job = Job(**{**{name: getattr(JOB, name) for name in JOB.__struct_fields__}, "state": state})
    assert seen(job, 10**15) is job


def test_a_repr_has_no_secret() -> None:
    """The seed makes the ids of contacts, and is in no log."""
    assert "secret" not in repr(JOB)
