"""One of several workers, as `onethread.workers` starts it: `python -m onethread.worker`."""

from __future__ import annotations

import os
import socket
import sys
import threading
from pathlib import Path

import structlog

from onethread import logs
from onethread.app import run
from onethread.server_key import server_key
from onethread.serving import Serving
from onethread.settings import load
from onethread.snapshots import Snapshots
from onethread.workers import follow_parent


def main(arguments: list[str]) -> None:
    """Serve on an inherited socket until SIGTERM, SIGINT or the parent's end."""
    *flags, listener, pair, index, folder = arguments
    logs.configure()
    structlog.contextvars.bind_contextvars(worker=int(index))
    settings = load(os.environ)
    parent = socket.socket(fileno=int(pair))
    threading.Thread(target=follow_parent, args=(parent,), name="parent", daemon=True).start()
    run(
        Serving(
            settings=settings,
            key=server_key(settings),
            listener=socket.socket(fileno=int(listener)),
            demo="--demo" in flags,
            ready=lambda trouble: parent.sendall(f"{trouble}\n".encode()),
            snapshots=Snapshots(Path(folder), int(index)),
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
