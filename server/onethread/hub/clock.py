"""The hub's clock, and what goes by it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any


def now_ms() -> int:
    """Return milliseconds since 1970 UTC, as the wire tells times."""
    return time.time_ns() // 1_000_000


async def every(seconds: float, work: Callable[[], Awaitable[Any]]) -> None:
    """Do some work again and again, so many seconds after its last end, until cancelled."""
    while True:
        await asyncio.sleep(seconds)
        await work()
