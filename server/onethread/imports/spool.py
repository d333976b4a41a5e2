"""The file of an import, kept on disk from its upload until it is done.

A spool is locked by the process that is at it, so that of several processes over one folder, and of those
that come after a crash, exactly one goes on with it.
"""

import asyncio
import fcntl
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

from onethread.contacts.csv.encoding import Transcoder

GATHERED: Final = 256 * 1024
"""Bytes of an upload that are written at once, beside the loop."""

_INCOMING: Final = ".incoming-"
_SUFFIX: Final = ".csv"


class Spool:
    """A whole file in UTF-8, and locked. `read` is what the readers of contacts/csv take."""

    def __init__(self, path: Path, descriptor: int, org: str, import_id: str) -> None:
        self.path = path
        self.org = org
        self.import_id = import_id
        self._descriptor = descriptor

    def read(self, offset: int, size: int) -> bytes:
        """Return at most so many bytes from an offset."""
        return os.pread(self._descriptor, size, offset)

    def close(self) -> None:
        """Let others have it."""
        os.close(self._descriptor)

    def remove(self) -> None:
        """Delete the file."""
        self.path.unlink(missing_ok=True)


class Incoming:
    """A file that is being received. `size` and `digest` are of what was written, in UTF-8."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Mode 0600: it has people's data. It is locked, so that nobody takes it for what a crash left.
        self._descriptor, name = tempfile.mkstemp(prefix=_INCOMING, dir=folder)
        self.path = Path(name)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        self._transcoder = Transcoder()
        self._hash = hashlib.sha256()
        self._gathered = bytearray()
        self.size = 0

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes, in whatever encoding. OSError: the disk."""
        self._gathered += chunk
        if len(self._gathered) >= GATHERED:
            gathered, self._gathered = bytes(self._gathered), bytearray()
            await asyncio.to_thread(self._take, gathered)

    async def finish(self, org: str, import_id: str) -> Spool:
        """Take what was written as the file of an import; it is on disk then."""
        await asyncio.to_thread(self._end, bytes(self._gathered))
        path = self.path.with_name(f"{import_id}.{org}{_SUFFIX}")
        os.rename(self.path, path)
        return Spool(path, self._descriptor, org, import_id)

    @property
    def digest(self) -> str:
        """SHA-256 in hex."""
        return self._hash.hexdigest()

    def abandon(self) -> None:
        """Delete what was written."""
        self.path.unlink(missing_ok=True)
        os.close(self._descriptor)

    def read(self, offset: int, size: int) -> bytes:
        """Return at most so many bytes of what is finished, from an offset."""
        return os.pread(self._descriptor, size, offset)

    def _take(self, data: bytes) -> None:
        self._keep(self._transcoder.feed(data))

    def _end(self, data: bytes) -> None:
        self._keep(self._transcoder.feed(data) + self._transcoder.finish())
        os.fsync(self._descriptor)

    def _keep(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]
        self._hash.update(data)
        self.size += len(data)


class SpoolFolder:
    """The spools of a data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def receive(self) -> Incoming:
        """Return a new file to write into. OSError: the disk."""
        return Incoming(self._folder)

    def left(self) -> list[Spool]:
        """Return the spools that no process is at, and delete the incoming files that none is writing."""
        found: list[Spool] = []
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            descriptor = _locked(path)
            if descriptor is not None:
                import_id, _, org = path.name.removesuffix(_SUFFIX).partition(".")
                found.append(Spool(path, descriptor, org, import_id))
        for path in self._folder.glob(f"{_INCOMING}*"):
            descriptor = _locked(path)
            if descriptor is not None:
                path.unlink(missing_ok=True)
                os.close(descriptor)
        return found


def _locked(path: Path) -> int | None:
    """Open and lock a file; None if somebody else has it, or has just removed it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    if os.fstat(descriptor).st_nlink:
        return descriptor
    os.close(descriptor)
    return None
