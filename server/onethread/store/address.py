"""How to reach a store by its Unix socket, however long and odd its path.

A socket address holds at most 107 bytes of path on Linux (unix(7)) and 103 on macOS, while a data directory
may lie deeper: DESIGN.md section 3 promises that this is no trouble. So a long path is given a short name.
"""

import asyncio
import os
import socket
import tempfile
from pathlib import Path
from urllib.parse import quote

import redis.asyncio as redis
from redis.asyncio.connection import parse_url

# Fits everywhere: the least limit, macOS's, is 103 bytes.
_FITS = 100

_DESCRIPTORS = Path("/proc/self/fd")
# Not the default directory: macOS's own is about 60 bytes long, and TMPDIR may be anything.
SHORT_LINKS = "/tmp"  # noqa: S108


def unix_url(path: Path) -> str:
    """The `unix://` URL of the socket at an absolute path, percent-encoded as redis-py and `Link` read it.

    Raises UnicodeEncodeError for a path that is not UTF-8: such a URL could not be read back.
    """
    return "unix://" + quote(str(path))


def connect_socket(path: str) -> socket.socket:
    """A connected, non-blocking stream socket to the Unix socket at `path`, which may be of any length.

    Never waits: connecting to a Unix socket succeeds or fails at once. Raises OSError: FileNotFoundError when
    there is none, ConnectionRefusedError when nobody listens, BlockingIOError when the backlog is full.
    """
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        client.setblocking(False)
        if len(os.fsencode(path)) <= _FITS:
            client.connect(path)
        elif _DESCRIPTORS.is_dir():
            connect_by_descriptor(client, path)
        else:
            connect_by_link(client, path)
    except BaseException:
        client.close()
        raise
    return client


def connect_by_descriptor(client: socket.socket, path: str) -> None:
    """Connects by the name that Linux gives to an open file; nothing is written to disk."""
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        client.connect(f"{_DESCRIPTORS}/{place}")
    finally:
        os.close(place)


def connect_by_link(client: socket.socket, path: str) -> None:
    """Connects by a short-lived symbolic link, where the system has no names for open files (macOS)."""
    with tempfile.TemporaryDirectory(prefix="onethread-", dir=SHORT_LINKS) as short:
        link = os.path.join(short, "store")
        os.symlink(os.path.abspath(path), link)
        client.connect(link)


class _SocketConnection(redis.UnixDomainSocketConnection):
    """redis-py's connection to a Unix socket, without its limit on the path."""

    async def _connect(self) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=connect_socket(self.path))
        self._reader, self._writer = reader, writer
        await self.on_connect()


def open_client(url: str, **options: object) -> redis.Redis:
    """redis-py's client for one server's URL (`redis://`, `rediss://`, `unix://` with a path of any length).

    `options` are those of `redis.asyncio.ConnectionPool`; what the URL says wins. Connects when first used;
    the caller closes it with `aclose()`. Raises ValueError for another URL.
    """
    settings: dict[str, object] = {**options, **parse_url(url)}
    if settings.get("connection_class") is redis.UnixDomainSocketConnection:
        settings["connection_class"] = _SocketConnection
    client: redis.Redis = redis.Redis.from_pool(redis.ConnectionPool(**settings))  # type: ignore[arg-type]
    return client
