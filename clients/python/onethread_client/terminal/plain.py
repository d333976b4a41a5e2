"""Without a terminal: each line of standard input is a message, each message is a line of standard output."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress

from onethread_client.changes import EventHappened, StateChanged
from onethread_client.client import Client
from onethread_client.errors import ClientClosed, RequestRefused, Stopped
from onethread_client.terminal.picture import safe


async def run(client: Client) -> int:
    """Send every line and print what is said, up to the end of the input and the last ack; the exit
    status."""
    watching = asyncio.create_task(_print(client))
    status = 0
    try:
        await client.ready()
        async for line in _lines():
            try:
                await client.send(line)
            except (RequestRefused, ValueError) as error:
                print(f"onethread chat: {safe(str(error))}", file=sys.stderr)
                status = 1
        await _heard(client)
    except (Stopped, ClientClosed) as error:
        print(f"onethread chat: {safe(str(error))}", file=sys.stderr)
        status = 1
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    return status


async def _heard(client: Client) -> None:
    """Wait until everything that was sent has come back as an event, and so been printed."""
    changes = client.changes()
    while any(entry.failure is None for entry in client.outbox):
        await anext(changes, None)
    await asyncio.sleep(0)


async def _lines() -> AsyncIterator[str]:
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line.strip():
            yield line.rstrip("\r\n")


async def _print(client: Client) -> None:
    async for change in client.changes():
        if isinstance(change, EventHappened) and change.event.is_message and change.event.text is not None:
            print(f"{safe(change.event.author.name)}: {safe(change.event.text)}", flush=True)
        elif isinstance(change, StateChanged) and change.reason:
            print(f"onethread chat: {safe(change.reason)}", file=sys.stderr, flush=True)
