"""What is refused before anything runs, and how a run ends when it is told to."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from loadtest.__main__ import loadtest
from loadtest.peers.__main__ import peers
from loadtest.processes import children, usage
from tests.loadtest.test_scenarios import ROOT

PATIENCE = 30.0


@pytest.mark.parametrize("option", ["--seconds", "--rate"])
@pytest.mark.parametrize("value", ["nan", "inf", "-1", "x"])
def test_numbers_that_are_none(option: str, value: str) -> None:
    """The option is named and the value quoted."""
    for command, words in ((loadtest, ["steady"]), (peers, [])):
        done = CliRunner().invoke(command, [*words, option, value])
        assert done.exit_code == 2
        assert option in done.output
        assert value in done.output


@pytest.mark.parametrize(
    "words", ["slow --threads 1 --devices 1", "hot --devices 1 --workers 2", "steady --threads 1 --workers 9"]
)
def test_processes_without_connections(words: str) -> None:
    """It is told how many there have to be."""
    done = CliRunner().invoke(loadtest, words.split())
    assert done.exit_code == 2
    assert "workers: " in done.output


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """It is told before a run, not after."""
    (tmp_path / "file").touch()
    for command, words in ((loadtest, ["steady"]), (peers, [])):
        done = CliRunner().invoke(command, [*words, "--out", str(tmp_path / "file" / "x")])
        assert done.exit_code == 2
        assert "'--out'" in done.output
        assert "can't be written to" in done.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    """Server, store and fleet end with it, whoever says so, and no traceback is printed."""
    asked = ("--threads", "2", "--devices", "2", "--seconds", "60", "--rate", "20", "--out", str(tmp_path))
    command = [sys.executable, "-m", "loadtest", "steady", *asked]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        started = _started(process.pid)
        process.send_signal(number)
        said = process.communicate(timeout=PATIENCE)[0].decode()
    assert process.returncode == 1
    assert "Traceback" not in said
    assert [pid for pid in started if usage(pid).rss] == []


def _started(pid: int) -> list[int]:
    """Everything that it has started, once the fleet is there too."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = children(pid)
        if len(found) >= 2:
            return found + [store for each in found for store in children(each)]
        time.sleep(0.05)
    raise AssertionError("it has not started")
