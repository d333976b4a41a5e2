"""Every dialect that the fleet speaks, by name: what a process of it is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from loadtest.dialect import Dialect
from loadtest.peers.wires import PlainJson, SocketIo
from loadtest.wire import Wire

DIALECTS: Final[Mapping[str, Dialect]] = {
    "onethread": Wire(),
    "onethread-json": Wire(binary=False),
    "socketio": SocketIo(),
    "ordered": PlainJson(ordered=True),
    "unordered": PlainJson(ordered=False),
}
