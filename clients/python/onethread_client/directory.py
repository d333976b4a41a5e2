"""A storage of JSON files in one directory, each written whole or not at all, readable by its owner only."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

from onethread_client.storage import Record

# An init takes milliseconds, and a client gives up on its own after 20 s. Whoever waits longer goes on
# without the lock.
LOCK_SECONDS = 25.0
LOCK_STEP = 0.05


class DirectoryStorage:
    """Records as files of mode 0600 in `path`, made with mode 0700; several processes may share it.

    A file's name is a hash of its key, because thread ids in keys are the server's choice. A file that cannot
    be read as a record (cut off by another program, say) counts as none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def get(self, key: str) -> Record | None:
        found = _read(self._file(key))
        return found[1] if found and found[0] == key else None

    def put(self, key: str, record: Record) -> None:
        descriptor, name = tempfile.mkstemp(dir=self._path, suffix=".new")
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                json.dump({"key": key, "record": record}, file)
                file.flush()
                os.fsync(descriptor)
            os.replace(name, self._file(key))
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise

    def remove(self, key: str) -> None:
        self._file(key).unlink(missing_ok=True)

    def items(self, prefix: str) -> Iterator[tuple[str, Record]]:
        for file in sorted(self._path.glob("*.json")):
            found = _read(file)
            if found and found[0].startswith(prefix):
                yield found

    def clear(self) -> None:
        for file in [*self._path.glob("*.json"), *self._path.glob("*.new")]:
            file.unlink(missing_ok=True)

    def exclusive(self) -> AbstractAsyncContextManager[object]:
        return self._locked()

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        descriptor = os.open(self._path / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            for _ in range(int(LOCK_SECONDS / LOCK_STEP)):
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(LOCK_STEP)
            yield
        finally:
            os.close(descriptor)

    def _file(self, key: str) -> Path:
        return self._path / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json"


def _read(file: Path) -> tuple[str, Record] | None:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        key, record = data["key"], data["record"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (key, record) if isinstance(key, str) and isinstance(record, dict) else None
