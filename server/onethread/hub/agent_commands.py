"""What an agent's frames do, one function each (WIRE.md section 3); returns as in commands.py."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

import msgspec

from onethread.hub.clock import now_ms
from onethread.hub.console import Console
from onethread_protocol import agent, server

Work = Coroutine[Any, Any, None]
Command = Callable[[Console, Any], Work | None]


async def presence(console: Console, frame: agent.Presence) -> None:
    """Note the agent's own state; the answer says who is there."""
    connection = console.connection
    if connection.may_act(frame):
        answer = await console.desk.set_state(console, frame.state)
        connection.write(msgspec.structs.replace(answer, ref=frame.ref))


def ping(console: Console, frame: agent.Ping) -> None:
    """Answer at once."""
    console.connection.write(server.Pong(at=now_ms(), ref=frame.ref))


COMMANDS: Final[dict[type, Command]] = {
    agent.Presence: presence,
    agent.Ping: ping,
}
