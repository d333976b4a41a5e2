"""An import as it is kept: how far it is, what it did, and what it was about to do."""

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from onethread.contacts.csv.decision import Outcome
from onethread.contacts.csv.report import Counts

State: TypeAlias = Literal["queued", "running", "done", "failed"]

SILENT_MS: Final = 120_000
"""An import that nobody has written of for so long is nobody's: whoever runs one writes every second, whoever
has one waiting every thirty."""

Fate: TypeAlias = Outcome | Literal["skipped", "blank"]
"""What becomes of a row."""
_LETTERS: Final[dict[Fate, str]] = {
    "imported": "i",
    "updated": "u",
    "unchanged": "n",
    "skipped": "s",
    "blank": "b",
}
_WRITTEN: Final[dict[str, Outcome]] = {"i": "imported", "u": "updated"}


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One import. Rows before `row`, which begins at the byte `offset`, are done and counted.

    `plan` has a letter for each of the next rows that were perhaps done when their run was interrupted.
    `seed` makes the ids of new contacts, so that a row done twice makes one contact; it is a secret. `digest`
    is of the file in UTF-8, SHA-256 in hex. `beat` is when it was last heard of. `runner` differs for each
    who takes it up, so that no two write the same of it. More than seven fields, because it is one document
    of the store.
    """

    id: str
    org: str
    dry_run: bool
    seed: str
    size: int
    digest: str
    state: State = "queued"
    offset: int = 0
    row: int = 1
    counts: Counts = Counts()
    plan: str = ""
    failure: str = ""
    beat: int = 0
    runner: str = ""

    def __repr__(self) -> str:
        """Leave the seed out: a repr ends up in logs."""
        return f"Job(id={self.id!r}, state={self.state!r}, row={self.row})"


def planned(earlier: str, fates: Sequence[Fate]) -> str:
    """Return the plan of the next rows: what an earlier one says of writing stands, it may have happened."""
    letters = [_LETTERS[fate] for fate in fates]
    for place, letter in enumerate(earlier[: len(letters)]):
        if letter in _WRITTEN:
            letters[place] = letter
    return "".join(letters)


def truly(letter: str, outcome: Outcome) -> Outcome:
    """Return what a row did, by its letter in the plan: "unchanged" may mean that it was done before."""
    return _WRITTEN.get(letter, outcome)


def finished(job: Job) -> bool:
    """Tell whether nothing more will be done."""
    return job.state in ("done", "failed")


def silent(job: Job, now_ms: int) -> bool:
    """Tell whether nobody has been at it for SILENT_MS."""
    return now_ms - job.beat >= SILENT_MS


def seen(job: Job, now_ms: int) -> Job:
    """Return the job as it is to be shown: failed, if it has not ended and nobody is at it."""
    if finished(job) or not silent(job, now_ms):
        return job
    reason = (
        "whoever ran this import is gone; it goes on from here if they come back before a later one begins"
    )
    return replace(job, state="failed", failure=reason)
