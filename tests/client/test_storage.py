"""Storages: records whole or not at all, private to their owner, shared by the clients of one device."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from onethread_client import directory
from onethread_client.directory import DirectoryStorage
from onethread_client.storage import MemoryStorage, Storage

Open = Callable[[], Storage]


@pytest.fixture(params=["memory", "directory"])
def open_storage(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same storage each time it is called, as two clients of one device would."""
    if request.param == "directory":
        return lambda: DirectoryStorage(tmp_path / "state")
    storage = MemoryStorage()
    return lambda: storage


def test_what_one_client_writes_the_other_reads(open_storage: Open) -> None:
    """Clients of one device share tokens and outbox, as tabs do."""
    one, other = open_storage(), open_storage()
    one.put("token.visitor", {"token": "ü", "n": None})
    assert other.get("token.visitor") == {"token": "ü", "n": None}
    other.put("token.visitor", {"token": "newer"})
    assert one.get("token.visitor") == {"token": "newer"}
    one.remove("token.visitor")
    one.remove("token.visitor")
    assert other.get("token.visitor") is None


def test_items_are_found_by_their_prefix(open_storage: Open) -> None:
    """Keys may hold anything a server makes up, path separators too."""
    storage = open_storage()
    for key in ("outbox.1", "outbox.2", "log.../../etc/passwd", "log." + "x" * 500):
        storage.put(key, {"key": key})
    assert dict(storage.items("outbox.")) == {
        "outbox.1": {"key": "outbox.1"},
        "outbox.2": {"key": "outbox.2"},
    }
    assert len(dict(storage.items("log."))) == 2


def test_clear_leaves_nothing(open_storage: Open) -> None:
    """At logout everything of the device goes (WIRE.md section 8, Visitor tokens)."""
    storage = open_storage()
    storage.put("log.1", {"text": "secret"})
    storage.clear()
    assert list(open_storage().items("")) == []


async def test_one_client_at_a_time_is_exclusive(open_storage: Open) -> None:
    """Without a token, a device makes one init at a time (WIRE.md section 8)."""
    inside, most = 0, 0

    async def init(storage: Storage) -> None:
        nonlocal inside, most
        async with storage.exclusive():
            inside += 1
            most = max(most, inside)
            for _ in range(3):
                await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(init(open_storage()) for _ in range(4)))
    assert most == 1


async def test_a_lock_that_is_never_let_go_is_not_waited_for_forever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopped process that holds it does not keep the others from connecting."""
    monkeypatch.setattr(directory, "LOCK_SECONDS", 0.1)
    one, other = DirectoryStorage(tmp_path), DirectoryStorage(tmp_path)
    async with one.exclusive(), other.exclusive():
        pass


def test_files_are_private_and_leave_no_remains(tmp_path: Path) -> None:
    """Tokens and texts are readable by their owner only, whatever the umask."""
    before = os.umask(0)
    try:
        storage = DirectoryStorage(tmp_path / "state")
        storage.put("token.visitor", {"token": "secret"})
    finally:
        os.umask(before)
    files = list((tmp_path / "state").iterdir())
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600]
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert "visitor" not in files[0].name


def test_a_record_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up half way leaves the record as it was, and no half of a new one."""
    storage = DirectoryStorage(tmp_path)
    storage.put("outbox.1", {"text": "old"})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(directory.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        storage.put("outbox.1", {"text": "new"})
    assert storage.get("outbox.1") == {"text": "old"}
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"key": 1, "record": {}}', b'{"key": "k", "record": 1}']
)
def test_a_file_that_is_no_record_counts_as_none(tmp_path: Path, content: bytes) -> None:
    """A client starts with what can be read."""
    storage = DirectoryStorage(tmp_path)
    storage.put("k", {})
    next(tmp_path.glob("*.json")).write_bytes(content)
    assert storage.get("k") is None
    assert list(storage.items("")) == []
