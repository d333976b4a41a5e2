"""One entry of the outbox: a `send`, `edit` or `delete` with its cid. Once written to a socket it is never
changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from onethread_client.errors import BadFrame
from onethread_client.events import may, need
from onethread_client.frames import Ack
from onethread_client.wire import Frame

Kind = Literal["send", "edit", "delete"]

KEPT = ("cid", "kind", "order", "identity", "thread", "text", "target", "target_id", "astray")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an entry is not repeated: the server's error."""

    code: int
    reason: str
    message: str

    @classmethod
    def of(cls, record: Mapping[str, object]) -> Failure:
        """The failure in such a map. Raises `BadFrame`."""
        return cls(need(record, "code", int), need(record, "reason", str), need(record, "message", str))


@dataclass(frozen=True, slots=True)
class Entry:
    """`thread` is None before the first `ready` of `identity`. `astray`: its target's seq is that of a
    carried thread.
    """

    cid: str
    kind: Kind
    order: int
    identity: str
    thread: str | None
    text: str | None = field(default=None, repr=False)
    target: int | None = None
    target_id: str | None = None
    astray: bool = False
    ack: Ack | None = None
    failure: Failure | None = None

    @property
    def ready(self) -> bool:
        """Whether it may be written to its thread's connection."""
        return self.ack is None and self.failure is None and not self.astray

    def frame(self) -> Frame:
        """The frame to write, always the same for an entry of this thread."""
        frame: Frame = {"t": self.kind, "cid": self.cid, "thread": self.thread}
        if self.target is not None:
            frame |= {"target": self.target, "target_id": self.target_id}
        if self.text is not None:
            frame["text"] = self.text
        return frame

    def record(self) -> dict[str, Any]:
        """The map to keep; an ack is not in it."""
        record: dict[str, Any] = {
            name: getattr(self, name)
            for name in (
                "cid",
                "kind",
                "order",
                "identity",
                "thread",
                "text",
                "target",
                "target_id",
                "astray",
            )
        }
        if self.failure:
            failure = self.failure
            record["failure"] = {"code": failure.code, "reason": failure.reason, "message": failure.message}
        return record

    @classmethod
    def of(cls, record: Mapping[str, object]) -> Entry | None:
        """The entry in such a map; None if it was damaged."""
        try:
            kind, failure = need(record, "kind", str), may(record, "failure", dict)
            if kind not in ("send", "edit", "delete"):
                return None
            return cls(
                cid=need(record, "cid", str),
                kind=cast("Kind", kind),
                order=need(record, "order", int),
                identity=need(record, "identity", str),
                thread=may(record, "thread", str),
                text=may(record, "text", str),
                target=may(record, "target", int),
                target_id=may(record, "target_id", str),
                astray=need(record, "astray", bool),
                failure=None if failure is None else Failure.of(failure),
            )
        except BadFrame:
            return None
