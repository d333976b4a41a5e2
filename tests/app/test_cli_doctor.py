"""`onethread doctor` on real stores."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from onethread.cli import run
from onethread.store.embedded import EmbeddedStore

Doctor = Callable[[], tuple[int, dict[str, str]]]


@pytest.fixture
def doctor(data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Run the doctor on this test's data folder; returns its exit code and the state of each subject."""
    for name in [name for name in os.environ if name.startswith("ONETHREAD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ONETHREAD_DATA", str(data))

    def examine() -> tuple[int, dict[str, str]]:
        code = run(["doctor"])
        lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
        return code, {line[6:19].strip(): line[:4].strip() for line in lines}

    return examine


def test_a_new_installation_is_well(doctor: Doctor, data: Path) -> None:
    """With nothing set up an embedded store is tried out elsewhere; only the missing folder is told of."""
    code, states = doctor()
    assert not data.exists()
    assert code == 0
    assert set(states) == {
        "settings",
        "data",
        "store",
        "store version",
        "persistence",
        "eviction",
        "clock",
        "server key",
        "file limit",
    }
    assert {subject for subject, state in states.items() if state != "ok"} <= {"data", "file limit"}
    assert states["data"] == "warn"


def test_a_running_server_is_asked(doctor: Doctor, data: Path) -> None:
    """The embedded store of a running server is asked, not fought with."""
    with EmbeddedStore(data):
        code, states = doctor()
    assert (code, states["data"]) == (0, "ok")


def test_an_open_key_fails(doctor: Doctor, data: Path) -> None:
    """A server key that others can read fails the examination."""
    data.mkdir()
    (data / "server.key").write_text("k" * 64)
    (data / "server.key").chmod(0o644)
    code, states = doctor()
    assert (code, states["server key"]) == (1, "fail")


def test_a_broken_key_fails(doctor: Doctor, data: Path) -> None:
    """A server key file that holds no key fails the examination."""
    data.mkdir()
    (data / "server.key").write_text("short")
    code, states = doctor()
    assert (code, states["server key"]) == (1, "fail")


def test_a_store_that_is_away_fails(doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that doesn't answer fails, and the rest is examined all the same."""
    monkeypatch.setenv("ONETHREAD_REDIS_URL", f"unix://{tmp_path}/none.sock")
    code, states = doctor()
    assert (code, states["store"]) == (1, "fail")
    assert "file limit" in states


def test_a_setting_that_cannot_be_read_fails(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong setting is a finding, not an end."""
    monkeypatch.setenv("ONETHREAD_PORT", "eighty")
    assert doctor() == (1, {"settings": "fail"})


def test_a_mistyped_setting_is_a_warning(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that no setting reads is warned of."""
    monkeypatch.setenv("ONETHREAD_HEARTBEET", "5")
    code, states = doctor()
    assert (code, states["settings"]) == (0, "warn")
