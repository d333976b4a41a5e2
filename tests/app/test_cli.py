"""The command line as a whole: help, exit codes, errors in one line."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from onethread.cli import onethread, run


def commands(command: click.Command, words: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command line that begins a command, of the groups too."""
    found = [words]
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            found += commands(inner, (*words, name))
    return found


@pytest.mark.parametrize("words", commands(onethread), ids=" ".join)
def test_each_command_has_help(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Every command explains itself and each of its options."""
    assert run([*words, "--help"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Usage: onethread")
    command: click.Command = onethread
    for word in words:
        assert isinstance(command, click.Group)
        command = command.commands[word]
    assert command.help
    undocumented = [each.name for each in command.params if isinstance(each, click.Option) and not each.help]
    assert undocumented == []


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """--version tells the installed version."""
    assert run(["--version"]) == 0
    assert version("onethread") in capsys.readouterr().out


def test_without_a_command_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    """`onethread` alone shows what there is."""
    assert run([]) == 2
    assert "serve" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "environ", "told"),
    [
        (("srve",), {}, ("'srve'",)),
        (("serve", "--prot", "1"), {}, ("--prot",)),
        (("serve", "--port", "eighty"), {}, ("'--port'", "'eighty'")),
        (("serve", "--port", "65536"), {}, ("'--port'", "65536")),
        (("serve", "--workers", "0"), {}, ("'--workers'", "0")),
        (("serve", "--demo", "--host", "0.0.0.0"), {}, ("--demo", "'0.0.0.0'")),
        (("serve", "--host", "203.0.113.1"), {}, ("--host", "'203.0.113.1'")),
        (("serve",), {"ONETHREAD_PORT": "eighty"}, ("ONETHREAD_PORT", "'eighty'")),
        (("serve",), {"PORT": "eighty"}, ("PORT", "'eighty'")),
        (("serve", "--env-file", "none.env"), {}, ("--env-file", "'none.env'")),
        (("orgs", "list"), {"ONETHREAD_REDIS_URL": "mysql://x"}, ("ONETHREAD_REDIS_URL", "'mysql://x'")),
    ],
)
def test_errors_name_the_option_and_quote_the_value(
    words: tuple[str, ...],
    environ: dict[str, str],
    told: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A command line or a setting that can't be used is answered in one line; the exit code is 2."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert run(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert all(part in printed.err for part in told), printed.err


def test_the_module_is_the_command(tmp_path: Path) -> None:
    """`python -m onethread` is `onethread`, in any folder, with an env file."""
    (tmp_path / "bad.env").write_text("ONETHREAD_DRAIN=soon\n")
    ended = subprocess.run(
        [sys.executable, "-m", "onethread", "orgs", "list", "--env-file", "bad.env"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("onethread: ONETHREAD_DRAIN: 'soon'")


def test_a_reader_that_leaves_is_no_traceback(tmp_path: Path) -> None:
    """Output into a pipe that nobody reads any more ends the command quietly."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "onethread", "store", "--url"],
            cwd=tmp_path,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, "")
