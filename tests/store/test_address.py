"""How to reach a store's Unix socket."""

import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from redis.asyncio.connection import parse_url

from onethread.store import address
from onethread.store.address import (
    connect_by_descriptor,
    connect_by_link,
    connect_socket,
    open_client,
    unix_url,
)

PATHS = [
    "store.sock",
    'a b/it\'s "quoted"/store.sock',
    "100%25 #1?db=3;x&y+z@host:1/store.sock",
    "línea\nünïcode 鸭子 🦆/store.sock",
    "/".join(["d" * 50] * 5) + "/store.sock",
    "n" * 200,
]


@pytest.fixture(params=PATHS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path: Path = tmp_path / request.param
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def listen(path: Path) -> socket.socket:
    """A listener at `path`, bound from inside its directory; a name too long for that is given afterwards."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    directory = os.open(path.parent, os.O_PATH)
    try:
        listener.bind(f"/proc/self/fd/{directory}/s")
    finally:
        os.close(directory)
    path.with_name("s").rename(path)
    listener.listen(1)
    return listener


@pytest.fixture
def listener(path: Path) -> Iterator[socket.socket]:
    with listen(path) as listener:
        yield listener


def test_a_url_reads_back_as_the_same_path(path: Path) -> None:
    """The URL of any socket path names, to redis-py's parser, exactly that path and nothing else."""
    url = unix_url(path)
    settings = parse_url(url)
    settings.pop("connection_class")
    assert settings == {"path": str(path)}
    assert url.isascii()
    assert " " not in url


def test_connects_however_long_and_odd_the_path(path: Path, listener: socket.socket) -> None:
    """A socket is reached at a path of any length and any characters, and the connection never blocks."""
    before = set(os.listdir("/proc/self/fd"))
    with connect_socket(str(path)) as client, closing(listener.accept()[0]) as server:
        assert not client.getblocking()
        client.send(b"ping")
        assert server.recv(4) == b"ping"
    assert set(os.listdir("/proc/self/fd")) <= before


@pytest.mark.parametrize("connect", [connect_by_descriptor, connect_by_link])
def test_both_short_names_reach_the_socket(
    connect: Callable[[socket.socket, str], None],
    path: Path,
    listener: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The way of Linux and the way of other systems both reach a socket, and leave no file behind."""
    with tempfile.TemporaryDirectory(dir=address.SHORT_LINKS) as short:
        monkeypatch.setattr(address, "SHORT_LINKS", short)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            connect(client, str(path))
            listener.accept()[0].close()
        assert os.listdir(short) == []


def test_a_relative_path_is_as_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path relative to the working directory is reached, a long one too."""
    path = tmp_path / ("r" * 150)
    monkeypatch.chdir(tmp_path)
    with listen(path) as listener, connect_socket(path.name):
        listener.accept()[0].close()


def test_no_socket_is_not_found(path: Path) -> None:
    """Where there is no socket, the error is FileNotFoundError and no descriptor stays open."""
    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(FileNotFoundError):
        connect_socket(str(path))
    assert set(os.listdir("/proc/self/fd")) <= before


def test_a_socket_nobody_listens_on_refuses(path: Path) -> None:
    """The socket that a killed store left behind refuses at once."""
    listen(path).close()
    with pytest.raises(ConnectionRefusedError):
        connect_socket(str(path))


def test_a_full_backlog_never_blocks(path: Path, listener: socket.socket) -> None:
    """A listener that takes no connections, such as a stopped store, is an error and not a wait."""
    waiting: list[socket.socket] = []
    try:
        with pytest.raises(BlockingIOError):
            waiting.extend(connect_socket(str(path)) for _ in range(100))
    finally:
        for client in waiting:
            client.close()


async def test_a_client_of_another_kind_of_url_is_redis_pys_own() -> None:
    """A TCP URL is read as redis-py reads it, and options fill what it leaves open."""
    client = open_client("redis://:secret@example.test:7000/3", decode_responses=True, db=9)
    settings = client.connection_pool.connection_kwargs
    assert (settings["host"], settings["port"], settings["db"]) == ("example.test", 7000, 3)
    assert settings["decode_responses"] is True
    await client.aclose()


def test_an_unknown_scheme_is_refused() -> None:
    """A URL of no store is a ValueError."""
    with pytest.raises(ValueError, match="scheme"):
        open_client("http://example.test")
