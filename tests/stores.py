"""Embedded stores for many tests."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onethread.store.embedded import EmbeddedStore


@contextmanager
def guarded_store(directory: Path) -> Iterator[str]:
    """The URL of a store that ends with the block, and with the run."""
    with EmbeddedStore(directory) as store:
        # Ends the store when the pipe ends, however the run did: pytest-timeout, for one, skips teardown.
        guard = subprocess.Popen(["sh", "-c", "read _; kill $0", str(store.pid)], stdin=subprocess.PIPE)
        yield store.url
        guard.kill()
        guard.communicate()
