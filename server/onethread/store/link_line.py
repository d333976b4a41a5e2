"""One transport to the store, from the end of its greeting to its loss: what the link and the subscriber have
in common.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from onethread.store import resp


class Line(asyncio.Protocol):
    """What is queued within one loop tick leaves in one write; each reply that comes is given to `replied`,
    in order.

    `heard` is set by whatever arrives, for the watchdog to clear; `lost` is done once the transport has
    ended, and says why.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._reader = resp.reader()
        self._queued: list[bytes] = []
        self._reason = ""
        self.heard = False
        self.lost: asyncio.Future[str] = self._loop.create_future()

    @property
    def stands(self) -> bool:
        """Whether the greeting is over; true after the loss too."""
        return self._transport is not None

    def replied(self, reply: object) -> None:
        """Takes one reply."""
        raise NotImplementedError

    def probe(self) -> None:
        """Asks the store for a sign of life, unless an answer is awaited anyway."""
        raise NotImplementedError

    def abort(self, reason: str) -> None:
        """Ends the transport at once; `connection_lost` follows in a later tick. The first reason given
        counts.
        """
        self._reason = self._reason or reason
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called when the greeting is over: from now on replies are this line's."""
        self._transport = cast("asyncio.Transport", transport)
        self.heard = True

    def data_received(self, data: bytes) -> None:
        self.heard = True
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not resp.PENDING:
                self.replied(reply)
        except (resp.BrokenStream, IndexError):  # IndexError: a reply shorter than any of its kind
            self.abort("the replies make no sense")

    def connection_lost(self, error: Exception | None) -> None:
        self._reason = self._reason or str(error or "closed by the store")
        if not self.lost.done():
            self.lost.set_result(self._reason)

    def _queue(self, packed: bytes) -> None:
        if not self._queued:
            self._loop.call_soon(self._flush)
        self._queued.append(packed)

    def _flush(self) -> None:
        # What a dying transport would not take stays queued: so it is known that it was not sent.
        if self._queued and self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(self._queued))
            self._queued.clear()

    def _guarded(self, callback: Callable[..., object], *args: object) -> None:
        """Calls it; what it raises is told to the loop, as asyncio does, and the line goes on."""
        try:
            callback(*args)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next reply is another's
            self._report(error)

    def _report(self, error: Exception) -> None:
        self._loop.call_exception_handler(
            {"message": "error in a callback of the store link", "exception": error}
        )
