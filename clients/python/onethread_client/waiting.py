"""Who waits for an ack or an answer, and what ends the wait."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Generic, TypeVar

from onethread_client.errors import ClientError
from onethread_client.frames import Ack, ServerFrame

T = TypeVar("T")


class Sending:
    """A command in the outbox. Awaiting it gives its ack, whenever that comes; one need not await it."""

    def __init__(self, cid: str, acked: asyncio.Future[Ack]) -> None:
        self.cid = cid
        self._acked = acked

    def __await__(self) -> Generator[object, None, Ack]:
        # Shielded: who stops waiting does not keep others from the ack.
        return asyncio.shield(self._acked).__await__()


class Desk(Generic[T]):
    """Futures by key. After `close` every wait, present and future, ends with its error until `open`."""

    def __init__(self) -> None:
        self._futures: dict[str, asyncio.Future[T]] = {}
        self._error: ClientError | None = None

    def wait(self, key: str) -> asyncio.Future[T]:
        """The future of this key; it may be dropped unseen."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        # An error that nobody waits for is told by `changes` already.
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        if self._error:
            future.set_exception(self._error)
        else:
            self._futures[key] = future
        return future

    def answer(self, key: str, value: T) -> None:
        """Ends the wait."""
        future = self._futures.pop(key, None)
        if future and not future.done():
            future.set_result(value)

    def fail(self, key: str, error: ClientError) -> None:
        """Ends the wait with an error."""
        future = self._futures.pop(key, None)
        if future and not future.done():
            future.set_exception(error)

    def close(self, error: ClientError) -> None:
        """Nothing can be answered for now."""
        self._error = error
        for key in list(self._futures):
            self.fail(key, error)

    def open(self) -> None:
        """Answers may come again."""
        self._error = None


class Waiting:
    """Acks by cid, answers by ref."""

    def __init__(self) -> None:
        self.acks: Desk[Ack] = Desk()
        self.answers: Desk[ServerFrame] = Desk()

    def close(self, error: ClientError) -> None:
        """Nothing can be answered for now."""
        self.acks.close(error)
        self.answers.close(error)

    def open(self) -> None:
        """Answers may come again."""
        self.acks.open()
        self.answers.open()
