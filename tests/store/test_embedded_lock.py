"""One hub, one store: the lock, and the store that a killed hub leaves behind."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from onethread.store import embedded_lock
from onethread.store.address import connect_socket
from onethread.store.embedded import EmbeddedStore
from onethread.store.embedded_errors import StoreInUse, StoreUnusable
from onethread.store.embedded_lock import FileLock, holders, lock_for_store
from tests.store.embedded_hub import (
    HUB,
    Program,
    ask,
    await_answer,
    children,
    command_bytes,
    lives,
    log_of,
    noted_pid,
    slow_to_load,
    until,
)


def test_a_second_hub_is_refused_and_told_who_holds_the_lock(data: Path) -> None:
    """While a hub runs, another on its directory is refused, with that hub's pid and the URL to share."""
    with Program(HUB, data) as hub:
        store_pid = int(hub.line())
        with pytest.raises(StoreInUse) as refused:
            EmbeddedStore(data).start()
        assert refused.value.pid == hub.pid
        assert f"process {hub.pid} " in str(refused.value)
        assert f"ONETHREAD_REDIS_URL={EmbeddedStore(data).url}" in str(refused.value)
        assert lives(store_pid)
        assert hub.line()


def test_a_suspended_hub_keeps_its_directory(data: Path) -> None:
    """A hub that is stopped with SIGSTOP is still the owner: its store is not ended under it."""
    with Program(HUB, data) as hub:
        store_pid = int(hub.line())
        os.kill(hub.pid, signal.SIGSTOP)
        with pytest.raises(StoreInUse, match=str(hub.pid)):
            EmbeddedStore(data).start()
        assert lives(store_pid)
        os.kill(hub.pid, signal.SIGCONT)


def test_a_second_store_of_the_same_process_is_refused(data: Path) -> None:
    """The lock is between stores, not processes: a second one here is refused, the first goes on."""
    with EmbeddedStore(data) as store:
        with pytest.raises(StoreInUse) as refused:
            EmbeddedStore(data).start()
        assert refused.value.pid == os.getpid()
        await_answer(data, b"+PONG")
        assert store.pid is not None


def test_a_name_that_is_not_yet_written_is_awaited_then_left_out(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A holder whose id cannot be read is still a holder: refused, without a pid."""
    monkeypatch.setattr(embedded_lock, "_STEP_S", 0.001)
    (data / "store").mkdir(parents=True)
    lock = FileLock(data / "store" / "hub.lock")
    assert lock.take()
    with pytest.raises(StoreInUse, match="another process") as refused:
        EmbeddedStore(data).start()
    assert refused.value.pid is None
    lock.close()


def test_the_name_of_an_earlier_hub_is_not_taken_for_the_holders(data: Path) -> None:
    """A holder that has just taken the lock is named, not the dead hub that held it before."""
    (data / "store").mkdir(parents=True)
    lock = FileLock(data / "store" / "hub.lock")
    assert lock.take()
    with subprocess.Popen(["true"]) as dead:
        lock.path.write_text(f"{dead.pid}\n")
    writing = threading.Timer(0.1, lambda: lock.path.write_text(f"{os.getpid()}\n"))
    writing.start()
    with pytest.raises(StoreInUse) as refused:
        EmbeddedStore(data).start()
    assert refused.value.pid == os.getpid()
    writing.join()
    lock.close()


def test_what_a_hub_starts_does_not_inherit_its_lock(data: Path) -> None:
    """A child that outlives its hub does not keep the directory locked."""
    with EmbeddedStore(data):
        child = subprocess.Popen(["sleep", "600"], close_fds=False)
    with EmbeddedStore(data):
        assert child.poll() is None
    child.kill()
    child.wait()


async def test_the_store_of_a_killed_hub_goes_on_and_is_then_ended(data: Path) -> None:
    """A store outlives its hub's whole group; the next hub ends it and has all that it answered."""
    with Program(HUB, data) as hub:
        store_pid = int(hub.line())
        answered = [hub.line() for _ in range(20)]
        _, rest, _ = hub.end(signal.SIGKILL)
    await_answer(data, b"+PONG")
    answered += rest.split()
    async with EmbeddedStore(data) as store:
        assert not lives(store_pid)
        kept = await ask(store.url, "lrange", "numbers", 0, -1)
    assert isinstance(kept, list)
    assert kept[: len(answered)] == answered
    assert len(kept) - len(answered) <= 1


async def test_a_suspended_orphan_is_ended(data: Path) -> None:
    """A store that was stopped with SIGSTOP when its hub was killed is woken and ended."""
    with Program(HUB, data) as hub:
        store_pid = int(hub.line())
        assert hub.line() == "1"
        os.kill(store_pid, signal.SIGSTOP)
        hub.end(signal.SIGKILL)
    async with EmbeddedStore(data) as store:
        assert "ready to exit" in log_of(data)
        assert not lives(store_pid)
        assert await ask(store.url, "lindex", "numbers", 0) == "1"


async def test_an_orphan_that_still_loads_is_ended(data: Path) -> None:
    """A hub killed while its store loads a long file leaves no obstacle: the next hub loads it itself."""
    slow_to_load(data, 8_192)
    with Program(HUB, data) as hub:
        await asyncio.to_thread(await_answer, data, b"-LOADING")
        store_pid = noted_pid(data)
        hub.end(signal.SIGKILL)
    assert lives(store_pid)
    async with EmbeddedStore(data) as store:
        assert not lives(store_pid)
        assert await ask(store.url, "get", "last") == "loaded"


async def test_an_orphan_that_does_not_hear_is_killed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An orphan in an endless script is killed after the grace; what it had answered is there."""
    monkeypatch.setattr(embedded_lock, "_GRACE_S", 0.2)
    with Program(HUB, data) as hub:
        store_pid = int(hub.line())
        assert hub.line() == "1"
        hub.end(signal.SIGKILL)
    with connect_socket(str(data / "store" / "store.sock")) as client:
        client.sendall(command_bytes("EVAL", "while true do end", "0"))
        await asyncio.sleep(0.1)
        async with EmbeddedStore(data) as store:
            assert not lives(store_pid)
            assert await ask(store.url, "lindex", "numbers", 0) == "1"


async def test_a_rewriting_child_of_a_killed_store_is_ended_too(data: Path) -> None:
    """When hub and store are killed while a child of it rewrites the file, that child is ended."""
    with Program(HUB, data) as hub:
        store_pid, url = int(hub.line()), EmbeddedStore(data).url
        assert [hub.line() for _ in range(20)][-1] == "20"
        await ask(url, "config", "set", "rdb-key-save-delay", 60_000_000)
        await ask(url, "bgrewriteaof")
        (child,) = children(store_pid)
        os.kill(store_pid, signal.SIGKILL)
        hub.end(signal.SIGKILL)
    assert lives(child)
    async with EmbeddedStore(data) as store:
        assert not lives(child)
        assert await ask(store.url, "lindex", "numbers", 19) == "20"


def test_who_only_reads_the_files_is_no_orphan(data: Path) -> None:
    """A backup that has the lock's file open for reading is not ended with the orphan."""
    with Program(HUB, data) as hub:
        store_pid = int(hub.line())
        hub.end(signal.SIGKILL)
    with (
        (data / "store" / "store.lock").open() as lock,
        subprocess.Popen(["sleep", "600"], stdin=lock) as backup,
    ):
        with EmbeddedStore(data):
            assert not lives(store_pid)
            assert backup.poll() is None
        backup.kill()


def test_an_orphan_that_cannot_be_ended_is_an_error(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A holder of the store's lock that is out of reach ends the start with a sentence."""
    monkeypatch.setattr(embedded_lock, "_PATIENCE_S", 0.1)
    (data / "store").mkdir(parents=True)
    lock = FileLock(data / "store" / "store.lock")
    assert lock.take()
    with pytest.raises(StoreUnusable, match="cannot be ended"):
        EmbeddedStore(data).start()
    lock.close()
    with EmbeddedStore(data):
        pass


def test_without_a_table_of_processes_the_stores_own_note_is_used(data: Path, tmp_path: Path) -> None:
    """On a system without /proc the holder is whom the store's pid file names; none when there is none."""
    with EmbeddedStore(data) as store:
        lock = FileLock(data / "store" / "store.lock")
        assert holders(lock) == {store.pid}
        assert holders(lock, tmp_path / "no proc") == {store.pid}
    assert holders(lock) == holders(lock, tmp_path / "no proc") == set()
    lock.close()


def test_the_note_of_an_earlier_store_is_not_kept(data: Path) -> None:
    """The pid file of a store that was killed names nobody's process once a new one begins."""
    (data / "store").mkdir(parents=True)
    (data / "store" / "store.pid").write_text("1\n")
    lock, ended = lock_for_store(data / "store")
    assert os.listdir(data / "store") == ["store.lock"]
    assert ended == set()
    lock.close()


async def test_hub_and_store_killed_while_writing_lose_nothing(data: Path) -> None:
    """P1: whatever the store had answered when hub and store were both killed with -9 is there afterwards."""
    answered: list[str] = []
    for _ in range(3):
        with Program(HUB, data) as hub:
            store_pid = int(hub.line())
            answered += [hub.line() for _ in range(50)]
            os.kill(store_pid, signal.SIGKILL)
            _, rest, _ = hub.end(signal.SIGKILL)
            answered += rest.split()
        async with EmbeddedStore(data) as store:
            kept = await ask(store.url, "lrange", "numbers", 0, -1)
        assert isinstance(kept, list)
        assert set(answered) <= set(kept)
        assert kept == [str(number) for number in range(1, len(kept) + 1)]


@pytest.mark.parametrize("missing", [1, 3, 20])
async def test_a_last_write_cut_short_is_dropped_and_the_rest_kept(data: Path, missing: int) -> None:
    """A file whose last write was cut by a crash is loaded up to there, and takes new writes."""
    async with EmbeddedStore(data) as store:
        for number in range(10):
            await ask(store.url, "rpush", "numbers", number)
    file = data / "store" / "appendonlydir" / "appendonly.aof.1.incr.aof"
    os.truncate(file, file.stat().st_size - missing)
    for length in (9, 10):
        async with EmbeddedStore(data) as store:
            assert await ask(store.url, "llen", "numbers") == length
            await ask(store.url, "rpush", "numbers", "new")


def test_two_hubs_started_at_once_do_not_both_win(data: Path) -> None:
    """Of several hubs started at the same moment on one directory exactly one gets it."""
    text = "import sys; from pathlib import Path; from onethread.store.embedded import EmbeddedStore\n"
    text += "with EmbeddedStore(Path(sys.argv[1])) as store: print(store.pid, flush=True); sys.stdin.read()"
    hubs = [
        subprocess.Popen(
            [sys.executable, "-c", text, str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    until(lambda: [hub.poll() for hub in hubs].count(None) == 1)
    (winner,) = [hub for hub in hubs if hub.returncode is None]
    assert all("StoreInUse: process" in hub.communicate()[1] for hub in hubs if hub is not winner)
    output, _ = winner.communicate("")
    assert winner.returncode == 0
    assert int(output)
