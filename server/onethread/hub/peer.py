"""The two sides of one connection, as the hub sees it: the socket's (Peer) and the hub's (Receiver).

The gateway implements Peer and calls Receiver; the hub implements Receiver and calls Peer. Both are used
in the event loop's thread only. A peer never calls its receiver from inside one of its own methods:
whatever a `write`, `close` or `abort` brings about comes in a later turn of the loop, so that the hub may
call them in the middle of a fan-out.
"""

from collections.abc import Callable
from typing import Protocol

from onethread.hub.wire import Wire


class Peer(Protocol):
    """One socket. No method raises when the connection is ending or over, unless it says so."""

    @property
    def wire(self) -> Wire:
        """How frames for this peer are packed."""

    @property
    def address(self) -> str:
        """The client's address, after trusted proxies."""

    @property
    def origin(self) -> str | None:
        """The handshake's Origin header, None if it had none."""

    @property
    def session_token(self) -> str | None:
        """The session token of an agent's cookie, if the handshake came from a page of the server's own."""

    def write(self, frame: bytes) -> None:
        """Send a frame packed by this peer's wire; never blocks.

        All that is written in one turn of the loop leaves in one write, in the order given. If more than
        the outgoing bound would be held for the peer after it, it is aborted with 4430 in its place (P6).
        After `close` or `abort` nothing more is sent.
        """

    def close(self, code: int, reason: str = "") -> None:
        """End the connection after what was written: a close frame, then the transport.

        The peer's own close frame is awaited for a bounded time, then the transport is aborted. Nothing
        is received any more from this call on. A second call, or one after `abort`, does nothing.
        """

    def abort(self, code: int) -> None:
        """End the connection at once and drop what is not yet sent; for peers that do not read.

        The peer sees 1006; `code` is for `Receiver.lost`, metrics and log.
        """

    async def drained(self) -> None:
        """Return when little of what was written is still held here (the transport's low water).

        Raises ConnectionError if the connection is ending or over, also while waiting.
        """

    def pause_reading(self) -> None:
        """Receive nothing more until `resume_reading`; holds from the very next message on."""

    def resume_reading(self) -> None:
        """Receive again, beginning with what came meanwhile, in a later turn of the loop."""


class Receiver(Protocol):
    """The hub's end of one connection."""

    def received(self, payload: bytes) -> None:
        """Take one whole message of the opcode that belongs to the codec, at most 256 KiB; never raises."""

    def lost(self, code: int) -> None:
        """Hear that the connection is over; called exactly once, and nothing else after it.

        `code` is the one the hub closed or aborted with, else the peer's (1005 if it gave none), else
        what the edge ended it with (1002, 1003, 1007, 1009, 4408, 4430), else 1006.
        """


OpenSession = Callable[[Peer], Receiver]
"""Takes a connection that has just been accepted; the peer may be written to and closed at once."""
