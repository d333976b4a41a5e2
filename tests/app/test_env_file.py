"""Env files: what their lines mean, and what is said of those that mean nothing."""

from pathlib import Path

import pytest

from onethread.env_file import EnvFileError, read_env_file
from onethread.settings import environment


def test_lines_become_variables(tmp_path: Path) -> None:
    """Names, quotes, comments, `export` and odd characters in values are read as people write them."""
    file = tmp_path / "onethread.env"
    file.write_text(
        "\ufeff# a comment\n\n  # another\n"
        "ONETHREAD_PORT=9000\n"
        "export ONETHREAD_HOST = localhost   # the end of a line\n"
        "ONETHREAD_DATA='/srv/my data # one'\n"
        'ONETHREAD_REDIS_URL="redis://:pa#ss=word@store"\n'
        "ONETHREAD_SECRET_KEY=pa#ss'word\n"
        "ONETHREAD_DRAIN=\n"
        "ONETHREAD_PORT=9001\n",
        encoding="utf-8",
    )
    assert read_env_file(file) == {
        "ONETHREAD_PORT": "9001",
        "ONETHREAD_HOST": "localhost",
        "ONETHREAD_DATA": "/srv/my data # one",
        "ONETHREAD_REDIS_URL": "redis://:pa#ss=word@store",
        "ONETHREAD_SECRET_KEY": "pa#ss'word",
        "ONETHREAD_DRAIN": "",
    }


@pytest.mark.parametrize("line", ["secret words", "=secret", "9PORT=secret", 'KEY="secret', "A B=secret"])
def test_a_wrong_line_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    """A line that is not NAME=VALUE is named by file and number, and not quoted: it may hold a secret."""
    file = tmp_path / "onethread.env"
    file.write_text(f"# first\n{line}\n")
    with pytest.raises(EnvFileError, match=r"line 2 of .*onethread\.env") as refused:
        read_env_file(file)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    """A missing file and one that isn't text are errors that name the file."""
    file = tmp_path / "onethread.env"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(EnvFileError, match=r"can't read .*onethread\.env"):
        read_env_file(file)


def test_the_environment_overrides_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of the environment counts before the same one of the file."""
    file = tmp_path / "onethread.env"
    file.write_text("ONETHREAD_PORT=9000\nONETHREAD_HOST=::1\n")
    monkeypatch.setenv("ONETHREAD_PORT", "9001")
    monkeypatch.delenv("ONETHREAD_HOST", raising=False)
    found = environment(file)
    assert (found["ONETHREAD_PORT"], found["ONETHREAD_HOST"]) == ("9001", "::1")
