"""Without a terminal: each line of standard input is a message, each message is a line of standard output."""

from __future__ import annotations

import asyncio
import codecs
import os
import sys
import threading
from collections.abc import AsyncIterator
from typing import NoReturn

from onethread_client.changes import EventHappened, State, StateChanged
from onethread_client.client import Client
from onethread_client.errors import ClientClosed, RequestRefused, Stopped
from onethread_client.terminal.picture import safe

AHEAD = 4
"""Chunks of input that are read before they are sent."""
GIVE_UP = 30.0
"""Seconds without ever having been let in, after which it ends: a program that waits for it should hear."""


async def run(client: Client) -> int:
    """Send every line and print what is said, up to the end of the input and the last ack; the exit
    status.

    What the client can't get over ends it, and so does a server that is out of reach from the start.
    """
    printing = asyncio.create_task(_print(client))
    speaking, ending = asyncio.create_task(_speak(client)), asyncio.create_task(_end(client))
    try:
        await asyncio.wait([speaking, ending], return_when=asyncio.FIRST_COMPLETED)
        return speaking.result() if speaking.done() else ending.result()
    except (Stopped, ClientClosed) as error:
        _complain(str(error))
        return 1
    except TimeoutError:
        _complain(f"gave up after {GIVE_UP:g} s")
        return 1
    finally:
        for task in (printing, speaking, ending):
            task.cancel()
        await asyncio.gather(printing, speaking, ending, return_exceptions=True)


async def _speak(client: Client) -> int:
    async with asyncio.timeout(GIVE_UP):
        await client.ready()
    status = 0
    async for line in _lines():
        try:
            await client.send(line)
        except (RequestRefused, ValueError) as error:
            _complain(str(error))
            status = 1
    # What was sent comes back as events, and so is printed.
    changes = client.changes()
    while any(entry.failure is None for entry in client.outbox):
        await anext(changes, None)
    await asyncio.sleep(0)
    return status


async def _end(client: Client) -> NoReturn:
    """Raise what ended the client, when it has ended: no line that is still to come could be sent."""
    changes = client.changes()
    while client.state not in (State.STOPPED, State.CLOSED):
        await anext(changes, None)
    await client.ready()
    raise AssertionError("a client that has ended is ready")


async def _lines() -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes] = asyncio.Queue(AHEAD)

    def read() -> None:
        chunk = b"first"
        while chunk:
            # Not `sys.stdin.readline`: a thread that waits in there makes the interpreter's end fatal.
            chunk = os.read(sys.stdin.fileno(), 65536)
            asyncio.run_coroutine_threadsafe(chunks.put(chunk), loop).result()

    # A daemon: one that waits for input must not keep the command from ending.
    threading.Thread(target=read, daemon=True).start()
    decoder, begun, chunk = codecs.getincrementaldecoder("utf-8")("replace"), "", b"first"
    while chunk:
        chunk = await chunks.get()
        *lines, begun = (begun + decoder.decode(chunk, final=not chunk)).split("\n")
        for line in lines if chunk else [*lines, begun]:
            if line.strip():
                yield line.rstrip("\r")


async def _print(client: Client) -> None:
    async for change in client.changes():
        if isinstance(change, EventHappened) and change.event.is_message and change.event.text is not None:
            print(f"{safe(change.event.author.name)}: {safe(change.event.text)}", flush=True)
        elif isinstance(change, StateChanged) and change.reason:
            _complain(change.reason)


def _complain(reason: str) -> None:
    print(f"onethread chat: {safe(reason)}", file=sys.stderr, flush=True)
