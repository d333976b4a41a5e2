"""Clients of a test's own, and waiting for what they are to become."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from onethread_client import Client, State, StateChanged
from tests.client.scripted import PATIENCE

LAPTOP = {"id": "laptop", "kind": "other", "name": "work laptop"}


def client(url: str, **options: Any) -> Client:
    """The demo's customer 12345 on the work laptop, unless told otherwise."""
    usual: dict[str, Any] = {"org": "demo", "app_id": 1, "app_secret": "demo-secret", "device": LAPTOP}
    return Client(url, **(usual | {"user": {"user_id": "12345"}} | options))


async def until(chat: Client, which: Callable[[], bool]) -> None:
    """Returns when it is so; it is asked again at each change."""
    async with asyncio.timeout(PATIENCE):
        changes = chat.changes()
        while not which():
            await anext(changes)


async def states(chat: Client, last: State) -> list[State]:
    """The states up to this one."""
    seen = []
    async for change in chat.changes():
        if isinstance(change, StateChanged):
            seen.append(change.state)
            if change.state is last:
                break
    return seen
