"""What can go wrong with the embedded store itself; what goes wrong with a command is in `errors.py`.

EmbeddedStoreError
├── StoreInUse      another hub runs the store of this data directory
├── StoreUnusable   it cannot be started here: the directory, the program, the files
└── StoreDied       it ran, and ended without being asked to

Every text is a sentence for the person who runs the server, and says what to do where that is known.
"""

import signal
from pathlib import Path


class EmbeddedStoreError(Exception):
    """The embedded store of a data directory does not run."""


class StoreInUse(EmbeddedStoreError):
    """The data directory's lock is held. `pid` is the holder's, None when it could not be read."""

    def __init__(self, directory: Path, pid: int | None, url: str) -> None:
        holder = f"process {pid}" if pid is not None else "another process"
        super().__init__(
            f"{holder} already runs the store in {directory}: stop it, "
            f"or use its store too with ONETHREAD_REDIS_URL={url}"
        )
        self.pid = pid
        self.url = url


class StoreUnusable(EmbeddedStoreError):
    """The store could not be started; nothing of it runs."""


class StoreDied(EmbeddedStoreError):
    """The store ended by itself or was killed. `returncode` is as in `subprocess.Popen`."""

    def __init__(self, pid: int, returncode: int, log: str) -> None:
        super().__init__(f"the embedded store (pid {pid}) {ending(returncode)}; its log ends:\n{log}")
        self.returncode = returncode


def ending(returncode: int) -> str:
    """How a process with this `subprocess.Popen.returncode` ended, in words."""
    if returncode >= 0:
        return f"ended with status {returncode}"
    try:
        return f"was ended by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"was ended by signal {-returncode}"
