"""`onethread contacts import` and `export`, as an administrator types them, against a real store."""

import asyncio
import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from onethread.cli import run
from onethread.store.embedded import EmbeddedStore
from tests.integration.hubs import until

Command = Callable[..., tuple[str, str]]
FILE = "user_id;E-Mail;Name\n1;ann@acme.test;Ann\n2;ben@acme.test;Ben\n"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store of the module's own: the first to use one makes its key the store's."""
    with EmbeddedStore(tmp_path_factory.mktemp("cli contacts")) as store:
        yield store.url


@pytest.fixture
def command(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Command:
    """Run a command line that must end with this code; returns what it printed, and its complaint."""
    monkeypatch.setenv("ONETHREAD_REDIS_URL", url)
    monkeypatch.setenv("ONETHREAD_SECRET_KEY", "k" * 40)
    monkeypatch.chdir(tmp_path)

    def call(code: int, *words: str) -> tuple[str, str]:
        ended = run(words)
        printed = capsysbinary.readouterr()
        assert ended == code, (printed.out, printed.err)
        return printed.out.decode(), printed.err.decode()

    return call


@pytest.fixture
def org(command: Command, tmp_path: Path) -> str:
    """An organization of the test's own."""
    name = "o" + re.sub(r"\W", "", tmp_path.name.lower())[-30:]
    command(0, "orgs", "add", name)
    return name


def test_import_and_export(command: Command, org: str, tmp_path: Path) -> None:
    """The report counts what the file did; what is exported imports again unchanged."""
    (tmp_path / "people.csv").write_text(FILE, encoding="utf-16")
    out, complaint = command(0, "contacts", "import", "people.csv", "--org", org)
    assert out == "2 rows: 2 imported, 0 updated, 0 unchanged, 0 skipped\n"
    begun = r"import (im_\w+); if it is killed, this goes on with it: (.+)\n"
    told = re.fullmatch(begun, complaint)
    assert told is not None, complaint
    assert told[2] == f"onethread contacts import people.csv --org {org} --resume {told[1]}"
    out, _ = command(0, "contacts", "export", "--org", org)
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert {row["user_id"]: row["name"] for row in rows} == {"1": "Ann", "2": "Ben"}
    command(0, "contacts", "export", "--org", org, "--out", "out.csv", "--excel")
    assert (tmp_path / "out.csv").read_bytes() == b"\xef\xbb\xbf" + out.encode()
    out, _ = command(0, "contacts", "import", "out.csv", "--org", org)
    assert out == "2 rows: 0 imported, 0 updated, 2 unchanged, 0 skipped\n"
    assert sorted(os.listdir(tmp_path)) == ["out.csv", "people.csv"]


def test_skipped_rows(command: Command, org: str, tmp_path: Path) -> None:
    """Some skipped rows are printed and all written down, and the exit code tells."""
    (tmp_path / "people.csv").write_text("name,email\n" + "x\n" * 30 + f"Ann,{'y' * 400}\n")
    out, _ = command(3, "contacts", "import", "people.csv", "--org", org, "--errors", "errors.csv")
    lines = out.splitlines()
    assert lines[0] == "31 rows: 0 imported, 0 updated, 0 unchanged, 31 skipped"
    assert lines[1] == "row 1: the row has 1 column, the header has 2"
    assert lines[-1] == "and 11 more"
    assert len(lines) == 22
    rows = list(csv.DictReader(io.StringIO((tmp_path / "errors.csv").read_text(), newline="")))
    assert [row["row"] for row in rows] == [str(n) for n in range(1, 32)]
    assert rows[-1]["column"] == "email"
    out, _ = command(3, "contacts", "import", "people.csv", "--org", org)
    assert out.splitlines()[-1] == "and 11 more; --errors FILE writes them all down"


def test_a_dry_run(command: Command, org: str, tmp_path: Path) -> None:
    """It says what would happen, and nothing does."""
    (tmp_path / "people.csv").write_text(FILE + ";;Nameless\n")
    out, complaint = command(0, "contacts", "import", "people.csv", "--org", org, "--dry-run")
    assert complaint == ""
    first, warning = out.splitlines()
    assert first == (
        "dry run, nothing was written: of 3 rows 3 would be imported, 0 updated, 0 unchanged, 0 skipped"
    )
    assert warning.startswith("1 row has neither a user_id nor an import_key")
    out, _ = command(0, "contacts", "export", "--org", org)
    assert out == "user_id,import_key,name,email,phone,company\r\n"


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        ("email,E-mail\n", 'columns 1 "email" and 2 "E-mail" are both email: rename or remove one'),
        ("", "the file has no header: it is empty"),
    ],
)
def test_files_that_are_refused(
    command: Command, org: str, tmp_path: Path, file: str, complaint: str
) -> None:
    """A file that can't be imported is refused in one line that names it and says why."""
    (tmp_path / "people.csv").write_text(file)
    out, said = command(1, "contacts", "import", "people.csv", "--org", org)
    assert (out, said) == ("", f"onethread: people.csv: {complaint}\n")


def test_asked_wrongly(command: Command, org: str, tmp_path: Path) -> None:
    """What can't be done is said in one line."""
    (tmp_path / "people.csv").write_text(FILE)
    _, said = command(2, "contacts", "import", "nothing.csv", "--org", org)
    assert "'nothing.csv'" in said
    _, said = command(1, "contacts", "import", "people.csv", "--org", "nobodys")
    assert said == "onethread: there is no organization 'nobodys'\n"
    _, said = command(1, "contacts", "import", "people.csv", "--org", org, "--resume", "im_x")
    assert said == "onethread: --resume: there is no import 'im_x'\n"
    command(2, "contacts", "import", "people.csv", "--org", org, "--resume", "im_x", "--dry-run")


def test_another_key(command: Command, org: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With another server key nothing is imported: the pins would be nobody's."""
    (tmp_path / "people.csv").write_text(FILE)
    command(0, "contacts", "import", "people.csv", "--org", org)  # its key is the store's now
    monkeypatch.setenv("ONETHREAD_SECRET_KEY", "another" * 10)
    _, said = command(2, "contacts", "import", "people.csv", "--org", org)
    assert said.startswith("onethread: ONETHREAD_SECRET_KEY: ")


def test_interrupted(command: Command, org: str, tmp_path: Path, url: str) -> None:
    """Interrupted, it says after which row it stopped and how to go on; going on, with this file only, makes
    it the import that it would have been."""
    rows = "".join(f"{n};p{n}@acme.test;Person {n}\n;;Keyless {n}\n" for n in range(6_000))
    (tmp_path / "people.csv").write_text("user_id;E-Mail;Name\n" + rows)
    code, out, said = asyncio.run(_interrupt(url, org, signal.SIGINT))
    assert (code, out) == (130, "")
    goes_on = rf"to go on: onethread (.+ --org {org} --resume (im_\w+))"
    stopped = re.search(rf"^stopped after row ([\d,]+); {goes_on}$", said, re.MULTILINE)
    assert stopped is not None, said
    assert 0 < int(stopped[1].replace(",", "")) < 12_000
    (tmp_path / "other.csv").write_text(FILE)
    _, refused = command(1, "contacts", "import", "other.csv", "--org", org, "--resume", stopped[3])
    assert "another file" in refused
    out, _ = command(0, *stopped[2].split())
    assert out.splitlines()[0] == "12,000 rows: 12,000 imported, 0 updated, 0 unchanged, 0 skipped"
    out, _ = command(0, "contacts", "export", "--org", org)
    names = [row["name"] for row in csv.DictReader(io.StringIO(out, newline=""))]
    assert (len(names), len(set(names))) == (12_000, 12_000)


def test_killed(command: Command, org: str, tmp_path: Path, url: str) -> None:
    """Killed, with nobody at a terminal, it has said what goes on with it."""
    rows = "".join(f"{n};p{n}@acme.test;Person {n}\n;;Keyless {n}\n" for n in range(3_000))
    (tmp_path / "people.csv").write_text("user_id;E-Mail;Name\n" + rows)
    code, out, said = asyncio.run(_interrupt(url, org, signal.SIGKILL))
    assert (code, out) == (-signal.SIGKILL, "")
    out, _ = command(0, *said.strip().partition(": onethread ")[2].split())
    assert out.splitlines()[0] == "6,000 rows: 6,000 imported, 0 updated, 0 unchanged, 0 skipped"


def test_given_up(command: Command, org: str, tmp_path: Path, url: str) -> None:
    """One that was interrupted holds up no later import, and can't come after it."""
    rows = "".join(f"{n};p{n}@acme.test;Person {n}\n" for n in range(6_000))
    (tmp_path / "people.csv").write_text("user_id;E-Mail;Name\n" + rows)
    _, _, said = asyncio.run(_interrupt(url, org, signal.SIGINT))
    (tmp_path / "later.csv").write_text(FILE)
    _, complaint = command(0, "contacts", "import", "later.csv", "--org", org)
    assert "waiting" not in complaint
    _, complaint = command(1, *said.strip().partition(": onethread ")[2].split("\n")[0].split())
    assert "a later import has begun" in complaint


def test_the_list(command: Command, org: str, tmp_path: Path) -> None:
    """Imports are listed with what they did, the last accepted first."""
    assert command(0, "contacts", "imports", "--org", org, "--json")[0] == "[]\n"
    (tmp_path / "people.csv").write_text(FILE)
    _, said = command(0, "contacts", "import", "people.csv", "--org", org)
    command(0, "contacts", "import", "people.csv", "--org", org, "--dry-run")
    last, first = json.loads(command(0, "contacts", "imports", "--org", org, "--json")[0])
    assert said.startswith(f"import {first['id']};")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", first.pop("accepted_at"))
    assert first == {
        "id": first["id"], "dry_run": False, "state": "done", "failure": "",
        "rows": 2, "imported": 2, "updated": 0, "unchanged": 0, "skipped": 0,
    }  # fmt: skip
    assert (last["dry_run"], last["unchanged"]) == (True, 2)
    out, _ = command(0, "contacts", "imports", "--org", org, "--limit", "1")
    assert [line.split()[0] for line in out.splitlines()] == ["ID", last["id"]]


async def _interrupt(url: str, org: str, number: signal.Signals) -> tuple[int | None, str, str]:
    """Begin to import people.csv and end it after some rows; exit code, output and complaint."""
    arguments = ["-m", "onethread", "contacts", "import", "people.csv", "--org", org]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with Redis.from_url(url) as client:

        async def begun() -> bool:
            return _rows(client, org) > 0

        await until(begun)
    process.send_signal(number)
    out, said = await process.communicate()
    return process.returncode, out.decode(), said.decode()


def _rows(client: Redis, org: str) -> int:
    """How many rows the organization's import has done."""
    for key in client.scan_iter(match=f"{{{org}}}:import:im_*", count=1_000):
        found = re.search(rb'"row":(\d+)', client.hget(key, "job") or b"")
        if found is not None:
            return int(found[1]) - 1
    return 0
