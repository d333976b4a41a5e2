"""`onethread store`: the embedded store by itself, in the foreground."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from onethread.store.address import connect_socket
from onethread.store.embedded import EmbeddedStore
from tests.store.embedded_hub import FOREGROUND, Program, ask, await_answer, lives, noted_pid, slow_to_load


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_it_serves_until_it_is_told_to_stop(data: Path, how: signal.Signals) -> None:
    """It prints its URL, percent-encoded, and serves there; a signal ends it with status 0."""
    with Program(FOREGROUND, data) as program:
        url = program.line()
        assert url == EmbeddedStore(data).url
        assert "its%20data" in url
        assert await ask(url, "set", "key", "value") is True
        pid = noted_pid(data)
        assert program.end(how) == (0, "", "")
    assert not lives(pid)
    with pytest.raises(FileNotFoundError):
        connect_socket(str(data / "store" / "store.sock"))


def test_a_signal_while_it_loads_ends_it(data: Path) -> None:
    """Told to stop before it is ready, it ends with status 0, without a URL and without a store left."""
    slow_to_load(data, 30_000)
    with Program(FOREGROUND, data) as program:
        await_answer(data, b"-LOADING")
        pid = noted_pid(data)
        assert program.end(signal.SIGTERM) == (0, "", "")
    assert not lives(pid)


def test_a_path_that_no_url_can_hold_is_refused(tmp_path: Path) -> None:
    """A directory that cannot be served ends it with status 1 and one sentence, no traceback."""
    with Program(FOREGROUND, tmp_path / os.fsdecode(b"\xff")) as program:
        status, output, errors = program.rest()
        assert (status, output, errors.count("\n")) == (1, "", 1)
        assert "UTF-8" in errors


def test_a_second_one_is_refused(data: Path) -> None:
    """On a directory in use it ends with status 1 and one sentence that names the holder, no traceback."""
    with EmbeddedStore(data), Program(FOREGROUND, data) as program:
        status, output, errors = program.rest()
        assert (status, output, errors.count("\n")) == (1, "", 1)
        assert errors.startswith(f"onethread store: process {os.getpid()} already runs the store in ")


async def test_a_store_that_dies_is_reported_and_serves_again(data: Path) -> None:
    """P8: when the store is killed under it, it says so and starts it again; hubs find it where it was."""
    with Program(FOREGROUND, data) as program:
        url = program.line()
        await ask(url, "set", "key", "value")
        pid = noted_pid(data)
        os.kill(pid, signal.SIGKILL)
        assert program.process.stderr is not None
        assert f"pid {pid}) was ended by SIGKILL" in program.process.stderr.readline()
        await_answer(data, b"+PONG")
        assert await ask(url, "get", "key") == "value"
        assert program.end(signal.SIGTERM)[0] == 0


def test_a_hangup_that_was_ignored_stays_ignored(data: Path) -> None:
    """Under nohup the end of the terminal does not end it."""
    text = FOREGROUND.replace("sys.exit", "signal.signal(signal.SIGHUP, signal.SIG_IGN); sys.exit")
    with Program(text, data) as program:
        program.line()
        os.kill(program.pid, signal.SIGHUP)
        await_answer(data, b"+PONG")
        with pytest.raises(subprocess.TimeoutExpired):
            program.process.wait(0.3)
        assert program.end(signal.SIGTERM)[0] == 0
