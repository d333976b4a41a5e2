"""A worker for tests of the parent: accepts on the inherited socket and tells its process id.

As a server's worker it says when it is ready, ends at SIGTERM, and follows its parent. Started with `die` it
dies before it is ready; with `deaf` it does not hear SIGTERM.
"""

import os
import signal
import socket
import sys
import threading

from onethread.workers import follow_parent


def main(kind: str, listener: str, pair: str) -> None:
    if kind == "die":
        sys.exit(3)
    signal.signal(signal.SIGTERM, signal.SIG_IGN if kind == "deaf" else lambda *_: sys.exit(0))
    parent = socket.socket(fileno=int(pair))
    threading.Thread(target=follow_parent, args=(parent,), daemon=True).start()
    parent.sendall(b"\n")
    server = socket.socket(fileno=int(listener))
    server.setblocking(True)
    while True:
        connection, _ = server.accept()
        with connection:
            connection.sendall(str(os.getpid()).encode())


if __name__ == "__main__":
    main(*sys.argv[1:4])
