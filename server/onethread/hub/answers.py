"""The answers that a connection gets: frames, and errors that echo what they answer."""

from typing import TypeAlias

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from onethread_protocol import server
from onethread_protocol.errors import ProtocolError
from onethread_protocol.frames import ServerFrame
from onethread_protocol.shape import Referable

Answer: TypeAlias = ServerFrame
Frame: TypeAlias = Referable
"""Any frame of a client."""


def to_error(
    error: ProtocolError, frame: Frame | None = None, *, retry_after_ms: int | UnsetType = UNSET
) -> server.Error:
    """Return the error's frame; what it does not echo itself is taken from the frame it answers."""
    answer = error.frame()
    if frame is not None:
        answer = replace(
            answer,
            ref=frame.ref,
            thread=getattr(frame, "thread", UNSET),
            cid=getattr(frame, "cid", UNSET),
        )
    return answer if retry_after_ms is UNSET else replace(answer, retry_after_ms=retry_after_ms)
