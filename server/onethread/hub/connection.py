"""What an agent's commands need of the connection that they came by (implemented by session.py)."""

from typing import Protocol

from onethread.hub.answers import Answer, Frame
from onethread.hub.peer import Peer
from onethread_protocol.codes import Close
from onethread_protocol.errors import ProtocolError


class Connection(Protocol):
    """One connection, from its first frame to its last."""

    @property
    def id(self) -> str:
        """The session's id."""

    @property
    def peer(self) -> Peer:
        """The socket."""

    @property
    def over(self) -> bool:
        """Whether the connection is ending or has ended."""

    def write(self, frame: Answer) -> None:
        """Write a frame to this connection alone."""

    def refuse(self, error: ProtocolError, *, frame: Frame | None = None) -> None:
        """Answer with an error that echoes the frame's thread, cid and ref."""

    def unavailable(self, frame: Frame) -> None:
        """Answer 503, and hold back a moment what was sent behind the frame."""

    def may_send(self, frame: Frame) -> bool:
        """Tell whether a command that stores an event is taken; if not, it has been answered."""

    def may_act(self, frame: Frame) -> bool:
        """Tell whether a frame that stores no event is taken; if not, it has been answered."""

    def sent(self) -> None:
        """Count a command that awaits the store."""

    def answered(self) -> None:
        """Count a command that the store has answered."""

    def too_many(self, frame: Frame, wait_ms: int) -> None:
        """Answer 429 and close: too many inits or refused proofs from this address."""

    def expire_at(self, at_ms: int | None) -> None:
        """Close 4401 at this time, unless called again; None: never."""

    def end(self, code: Close) -> None:
        """Close the connection."""
