"""The embedded store of a living hub: how it runs, what it is made of, how it stops."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from onethread.store import embedded_lock, embedded_process
from onethread.store.address import connect_socket
from onethread.store.embedded import EmbeddedStore
from onethread.store.embedded_errors import StoreUnusable
from tests.store.embedded_hub import (
    ask,
    await_answer,
    command_bytes,
    lives,
    log_of,
    memory_holds,
    noted_pid,
    opened_by,
    slow_to_load,
)

# What DESIGN.md section 3 says, and what its promises stand on.
SETTINGS = {
    "port": "0",
    "tls-port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "always",
    "no-appendfsync-on-rewrite": "no",
    "aof-load-truncated": "yes",
    "auto-aof-rewrite-percentage": "100",
    "save": "",
    "maxmemory": "0",
    "maxmemory-policy": "noeviction",
    "enable-debug-command": "no",
    "hide-user-data-from-log": "yes",
    "min-string-size-avoid-copy-reply": "0",
}


async def test_it_runs_with_the_settings_that_promises_stand_on(store_url: str) -> None:
    """Every setting that a promise needs is in force in the running store."""
    assert await ask(store_url, "config", "get", *SETTINGS) == SETTINGS


async def test_with_it_a_loop_is_never_blocked(data: Path) -> None:
    """While the store starts and stops, the event loop goes on with other work."""
    turns = 0

    async def work() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    working = asyncio.create_task(work())
    async with EmbeddedStore(data) as store:
        assert turns > 50
        assert await ask(store.url, "ping") is True
        turns = 0
    assert turns > 1
    working.cancel()


def test_it_is_in_a_session_of_its_own(data: Path) -> None:
    """A signal to the hub's process group, such as Ctrl-C, does not reach the store."""
    with EmbeddedStore(data) as store:
        assert store.pid is not None
        assert os.getsid(store.pid) == os.getpgid(store.pid) == store.pid


def test_it_has_no_tcp_port(data: Path) -> None:
    """The store can be reached through its socket file only: it has no Internet socket at all."""
    with EmbeddedStore(data) as store:
        assert store.pid is not None
        opened = opened_by(store.pid)
        tables = [
            Path(f"/proc/{store.pid}/net/{name}").read_text() for name in ("tcp", "tcp6", "udp", "udp6")
        ]
    sockets = {f"socket:[{row.split()[9]}]" for table in tables for row in table.splitlines()[1:]}
    assert any(name.startswith("socket:") for name in opened)
    assert not opened & sockets


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        'with space/it\'s "quoted"',
        "100% #1?x&y=$HOME;\\*",
        "línea\nnueva/鸭子 🦆",
        "/".join(["d" * 60] * 4),
    ],
)
async def test_its_path_may_be_long_and_odd(name: str, tmp_path: Path) -> None:
    """A data directory of 240 bytes, or with spaces, quotes and line ends in it, serves like any other."""
    async with EmbeddedStore(tmp_path / name) as store:
        assert await ask(store.url, "set", "key", "value") is True
    async with EmbeddedStore(tmp_path / name) as store:
        assert await ask(store.url, "get", "key") == "value"


def test_a_path_that_no_url_can_hold_is_refused(tmp_path: Path) -> None:
    """A path that is not UTF-8 is refused with a sentence, not served at an address that cannot be read."""
    with pytest.raises(StoreUnusable, match="UTF-8"):
        EmbeddedStore(tmp_path / os.fsdecode(b"\xff"))


async def test_a_relative_path_is_kept_when_the_working_directory_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`./data` means the directory of the start, whatever the process does later."""
    monkeypatch.chdir(tmp_path)
    async with EmbeddedStore(Path("./data")) as store:
        monkeypatch.chdir("/")
        assert await ask(store.url, "ping") is True
    assert "store.log" in os.listdir(tmp_path / "data" / "store")


def test_nobody_else_can_read_its_files(data: Path) -> None:
    """Directories are 0700, files 0600 and the socket 0700, whatever the process's umask is."""
    (data / "store").mkdir(parents=True, mode=0o755)
    before = os.umask(0)
    try:
        with EmbeddedStore(data) as store:
            asyncio.run(ask(store.url, "set", "key", "value"))
            modes = {path: path.stat().st_mode for path in (data / "store").rglob("*")}
    finally:
        os.umask(before)
    assert stat.S_IMODE((data / "store").stat().st_mode) == 0o700
    assert {path.suffix for path in modes} >= {".sock", ".log", ".lock", ".aof", ".rdb", ".manifest"}
    for path, mode in modes.items():
        private = 0o600 if stat.S_ISREG(mode) else 0o700
        assert stat.S_IMODE(mode) == private, path


def test_a_data_directory_of_the_owner_keeps_its_mode(data: Path) -> None:
    """A data directory that exists is left as it is; a missing one is made for its owner alone."""
    data.mkdir()
    data.chmod(0o755)
    with EmbeddedStore(data), EmbeddedStore(data / "inner"):
        assert stat.S_IMODE(data.stat().st_mode) == 0o755
        assert stat.S_IMODE((data / "inner").stat().st_mode) == 0o700


def test_it_gets_nothing_of_the_hubs_environment(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets in the hub's environment are not in the store's."""
    monkeypatch.setenv("ONETHREAD_SECRET_KEY", "do-not-hand-this-down")
    with EmbeddedStore(data) as store:
        assert store.pid is not None
        # Valkey writes its title over /proc/PID/environ, and keeps a copy.
        assert memory_holds(store.pid, b"LC_ALL=C")
        assert not memory_holds(store.pid, b"do-not-hand-this-down")


async def test_stopping_leaves_nothing_and_keeps_everything(data: Path) -> None:
    """A stop is graceful, leaves no process, no socket and no note, and can be followed by another start."""
    store = EmbeddedStore(data)
    for count in range(1, 4):
        store.start()
        pid = store.pid
        assert await ask(store.url, "incr", "starts") == count
        store.stop()
        assert pid is not None
        assert not lives(pid)
        assert store.pid is None
        assert "ready to exit" in log_of(data)
        assert not {"store.sock", "store.pid"} & set(os.listdir(data / "store"))
        store.stop()


def test_a_second_start_changes_nothing(data: Path) -> None:
    """A store that runs is not started anew."""
    with EmbeddedStore(data) as store:
        pid = store.pid
        store.start()
        assert store.pid == pid
        await_answer(data, b"+PONG")


async def test_a_stopped_process_is_woken_to_end(data: Path) -> None:
    """A store that was suspended with SIGSTOP ends gracefully too."""
    with EmbeddedStore(data) as store:
        assert store.pid is not None
        os.kill(store.pid, signal.SIGSTOP)
    assert "ready to exit" in log_of(data)


async def test_a_store_that_does_not_hear_is_killed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that runs an endless script does not keep its hub from ending; what it had answered is kept."""
    monkeypatch.setattr(embedded_process, "_GRACE_S", 0.2)
    monkeypatch.setattr(embedded_lock, "_PATIENCE_S", 0.2)
    with EmbeddedStore(data) as store:
        await ask(store.url, "set", "key", "value")
        with connect_socket(str(data / "store" / "store.sock")) as client:
            client.sendall(command_bytes("EVAL", "while true do end", "0"))
            await asyncio.sleep(0.1)
            store.stop()
    assert "ready to exit" not in log_of(data)
    with EmbeddedStore(data) as store:
        assert await ask(store.url, "get", "key") == "value"


async def test_ready_means_loaded(data: Path) -> None:
    """The start returns when the files are loaded, not when the socket answers that they are being loaded."""
    slow_to_load(data, 4_096)
    starting = asyncio.create_task(EmbeddedStore(data).__aenter__())
    await asyncio.to_thread(await_answer, data, b"-LOADING")
    assert not starting.done()
    async with await starting as store:
        assert await ask(store.url, "get", "last") == "loaded"


async def test_a_start_that_is_cancelled_leaves_nothing(data: Path) -> None:
    """Cancelling the start while files are loaded ends the store and frees the directory."""
    slow_to_load(data, 30_000)
    store = EmbeddedStore(data)
    starting = asyncio.create_task(store.__aenter__())
    await asyncio.to_thread(await_answer, data, b"-LOADING")
    pid = noted_pid(data)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not lives(pid)
    assert store.pid is None
    # Once, when the file was made: this start was given up before the end of the file.
    assert log_of(data).count("Ready to accept connections") == 1
    slow_to_load(data, 0)


def test_files_it_cannot_read_are_an_error_that_says_so(data: Path) -> None:
    """A store that ends at its start is an error with its status and its log; the directory is free again."""
    with EmbeddedStore(data):
        pass
    file = data / "store" / "appendonlydir" / "appendonly.aof.1.incr.aof"
    file.write_bytes(b"no append-only file\r\n" * 100)
    with pytest.raises(StoreUnusable, match=r"(?s)status 1.*Bad file format") as first:
        EmbeddedStore(data).start()
    assert "ready to exit" not in str(first.value), "the log of an earlier run is not shown"
    file.write_bytes(b"")
    with EmbeddedStore(data):
        pass


def test_a_directory_that_cannot_be_made_is_an_error_that_says_so(tmp_path: Path) -> None:
    """A file where the directory should be is an error that names it, without a traceback of ours to read."""
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreUnusable, match=r"cannot use .*data"):
        EmbeddedStore(tmp_path / "data").start()


def test_a_long_log_is_set_aside(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a start a log past its bound becomes the previous one, so that two bounds are the most it takes."""
    monkeypatch.setattr(embedded_process, "_LOG_BYTES", 100)
    for _ in range(3):
        with EmbeddedStore(data):
            pass
    assert sorted(path.name for path in (data / "store").glob("store.log*")) == ["store.log", "store.log.1"]
    assert "ready to exit" in (data / "store" / "store.log.1").read_text()


async def test_a_subscriber_that_does_not_read_is_cut(data: Path) -> None:
    """P6: what is held for a hub that does not read is bounded, also in large messages: the store cuts it."""
    with EmbeddedStore(data) as store, connect_socket(str(data / "store" / "store.sock")) as deaf:
        deaf.sendall(b"SSUBSCRIBE channel\r\n")
        megabyte = "x" * 1024 * 1024
        heard = [await ask(store.url, "spublish", "channel", megabyte) for _ in range(40)]
        assert heard[0] == 1
        assert heard[-1] == 0


def test_only_a_start_imports_valkeys_package() -> None:
    """A hub with another store never imports the package, whose client takes 0.1 s."""
    text = "import sys, onethread.store.embedded; sys.exit('valkey' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", text], check=False).returncode == 0
