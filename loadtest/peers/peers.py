"""The peers, as data: what each is, how it is run and spoken to, and what it needs to have been built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loadtest.peers.server import HERE, PeerServer, Recipe
from loadtest.subject import ONETHREAD, Subject


@dataclass(frozen=True)
class Peer:
    """Who takes part. `needs` are files, from `loadtest/peers` on, that `make bench-peers` makes."""

    name: str
    title: str
    subject: Subject
    needs: tuple[str, ...] = ()

    @property
    def missing(self) -> str:
        """What has not been built, empty if nothing."""
        return ", ".join(path for path in self.needs if not (HERE / path).exists())


def _peer(name: str, title: str, dialect: str, recipe: Recipe, *needs: str) -> Peer:
    def serve(data: Path, _: dict[str, str]) -> PeerServer:
        return PeerServer(recipe, data)

    return Peer(name, title, Subject(name, dialect, serve), needs)


_NODE: Final = ("node", "server.js")
_UVICORN: Final = (
    *("{python}", "-m", "uvicorn", "--host", "127.0.0.1", "--port", "{port}"),
    *("--log-level", "warning", "--no-access-log", "--lifespan", "off", "--ws-per-message-deflate", "false"),
)
_DAPHNE: Final = (
    *("{python}", "-m", "daphne", "--bind", "127.0.0.1", "--port", "{port}", "--verbosity", "0"),
    "asgi:application",
)
_ENGINE: Final = "/socket.io/?EIO=4&transport=websocket"

PEERS: Final = {
    peer.name: peer
    for peer in (
        Peer("onethread", "Onethread", ONETHREAD),
        _peer(
            "socketio",
            "Socket.IO on Node",
            "socketio",
            Recipe("socketio_node", _NODE, _ENGINE, {"ADAPTER": "classic"}),
            "socketio_node/node_modules",
        ),
        _peer(
            "socketio-sharded",
            "Socket.IO on Node, sharded adapter",
            "socketio",
            Recipe("socketio_node", _NODE, _ENGINE, {"ADAPTER": "sharded"}),
            "socketio_node/node_modules",
        ),
        _peer("go", "Go hub", "ordered", Recipe("go_hub", ("./hub",), "/ws"), "go_hub/hub"),
        _peer(
            "python-socketio",
            "python-socketio",
            "socketio",
            Recipe("socketio_python", (*_UVICORN, "server:app"), _ENGINE),
        ),
        _peer(
            "channels",
            "Django Channels",
            "unordered",
            Recipe("channels_django", _DAPHNE, "/ws", {"CHANNEL_LAYER": "core"}),
        ),
        _peer(
            "channels-pubsub",
            "Django Channels, pub/sub layer",
            "unordered",
            Recipe("channels_django", _DAPHNE, "/ws", {"CHANNEL_LAYER": "pubsub"}),
        ),
        _peer(
            "channels-uvicorn",
            "Django Channels, pub/sub layer, uvicorn",
            "unordered",
            Recipe("channels_django", (*_UVICORN, "asgi:application"), "/ws", {"CHANNEL_LAYER": "pubsub"}),
        ),
    )
}
