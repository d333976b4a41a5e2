"""What one server process is given to serve with; `onethread.app.run` takes it from there."""

from __future__ import annotations

import resource
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from onethread.settings import Settings
from onethread.snapshots import Snapshots

BUILT = Path(__file__).parent / "built"
"""What browsers are served, built from clients/; empty in a checkout that was never built."""

# A connection is a file; systems that set no limit at all don't like numbers without bounds.
MOST_FILES = 2**20


@dataclass(frozen=True, kw_only=True)
class Serving:
    """One process: settings, the server's key, a bound and listening socket.

    `demo`: ensure the demo organization. `ready` is called when clients are served: with "", or with why the
    store is away (inits are answered 503 then), and once more with "" when it is there. `snapshots` are given
    to one of several workers; the embedded store is then run by their parent, and `settings.redis_url` leads
    to it.
    """

    settings: Settings
    key: bytes
    listener: socket.socket
    demo: bool
    ready: Callable[[str], None]
    snapshots: Snapshots | None = None


def raise_file_limit() -> int:
    """Let this process, and those it starts, open as many files as it may; returns how many that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft
