"""The hub's clock, and what goes by it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any


def now_ms() -> int:
    """Return milliseconds since 1970 UTC, as the wire tells times."""
    return time.time_ns() // 1_000_000


async def every(seconds: float, work: Callable[[], Awaitable[Any]]) -> None:
    """Do some work again and again, so many seconds after its last end, until cancelled."""
    while True:
        await asyncio.sleep(seconds)
        await work()


def keep(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Do some work for as long as the stack lasts."""
    task = asyncio.ensure_future(work)

    async def stop() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(stop)
    return task
