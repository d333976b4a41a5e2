"""Who may run the store of a directory: one hub, one store.

Two locks (flock(2): the kernel drops them when their holder is gone, however it went). `hub.lock` is held by
the hub and by nothing that it starts; `store.lock` by the store, to which it is handed down, and by the
children that rewrite its files. So who got `hub.lock` and finds `store.lock` held has found an orphan.
"""

import fcntl
import os
import signal
import stat
import time
from pathlib import Path

from onethread.store.address import unix_url
from onethread.store.embedded_errors import StoreInUse, StoreUnusable
from onethread.store.embedded_options import PID_FILE, SOCKET

_PROCESSES = Path("/proc")

# An orphan ends within milliseconds of SIGTERM, also while it loads; one that runs a script may not hear it.
# Killing it then loses nothing: what it has answered is on disk.
_GRACE_S = 10.0
_PATIENCE_S = 20.0
_STEP_S = 0.02


class FileLock:
    """An exclusive lock on a file, kept until `close` or the end of every process that has its descriptor."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self) -> bool:
        """Takes the lock if it is free; never waits."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Gives the lock up, unless a process that inherited the descriptor still holds it."""
        os.close(self.descriptor)


def lock_for_hub(directory: Path) -> FileLock:
    """The hub's lock, taken, with this process's id in it. Raises StoreInUse, which names its holder."""
    lock = FileLock(directory / "hub.lock")
    if not lock.take():
        pid = _holder(lock)
        lock.close()
        raise StoreInUse(directory, pid, unix_url(directory / SOCKET))
    os.ftruncate(lock.descriptor, 0)
    os.pwrite(lock.descriptor, f"{os.getpid()}\n".encode(), 0)
    return lock


def _holder(lock: FileLock) -> int | None:
    # The holder writes its id just after it took the lock: for a moment the file names nobody, or a dead hub.
    pid = None
    for _ in range(50):
        pid = _read_pid(lock.path)
        if pid is not None and _lives(pid):
            break
        time.sleep(_STEP_S)
    return pid


def lock_for_store(directory: Path) -> tuple[FileLock, set[int]]:
    """The store's lock, taken, and the processes that were ended for it; only for who holds the hub's lock.

    An orphan is asked to end (woken first, if it is stopped) and killed after 10 s. Raises StoreUnusable when
    the lock is still held after 20 s.
    """
    lock = FileLock(directory / "store.lock")
    asked: set[int] = set()
    began = time.monotonic()
    while not lock.take():
        waited = time.monotonic() - began
        if waited > _PATIENCE_S:
            lock.close()
            raise StoreUnusable(f"the store of a killed hub still runs in {directory} and cannot be ended")
        for pid in holders(lock):
            if waited > _GRACE_S:
                _send(pid, signal.SIGKILL)
            elif pid not in asked:
                _send(pid, signal.SIGTERM, signal.SIGCONT)
            asked.add(pid)
        time.sleep(_STEP_S)
    # A killed store leaves its note behind, and a process number may be given again.
    (directory / PID_FILE).unlink(missing_ok=True)
    return lock, asked


def holders(lock: FileLock, processes: Path = _PROCESSES) -> set[int]:
    """The other processes that have this lock's file open for writing, as only a store and its children do.

    Without Linux's table of processes: the process that the store's own note names.
    """
    if not (processes / "self").is_dir():
        pid = _read_pid(lock.path.with_name(PID_FILE))
        return set() if pid is None else {pid}
    file = os.fstat(lock.descriptor)
    pids = {int(entry.name) for entry in processes.iterdir() if entry.name.isdigit()}
    return {pid for pid in pids - {os.getpid()} if _writes(processes / str(pid) / "fd", lock.path.name, file)}


def _writes(descriptors: Path, name: str, file: os.stat_result) -> bool:
    # By name first: looking at a foreign file behind a descriptor may hang on a dead network mount. For
    # writing only: a backup that reads the directory is no orphan.
    try:
        return any(
            os.readlink(link).endswith(f"/{name}")
            and link.lstat().st_mode & stat.S_IWUSR
            and os.path.samestat(link.stat(), file)
            for link in descriptors.iterdir()
        )
    except OSError:
        # It has just ended, or is another user's.
        return False


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _send(pid: int, *signals: signal.Signals) -> None:
    for each in signals:
        try:
            os.kill(pid, each)
        except ProcessLookupError:
            return
