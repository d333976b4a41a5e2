"""The one exception that reading the wire raises.

ValueError
└── shape.Misfit: a map whose fields don't fit together; while reading it becomes
Exception
└── ProtocolError: a client's frame was refused; it holds all that the `error` frame says
"""

from msgspec import UNSET, UnsetType

from onethread_protocol.server import Error


class ProtocolError(Exception):
    """A frame is refused with `code` and `reason` of codes.ERRORS; `message` is a sentence for a person.

    `field` is the full path of the field at fault, such as `user.user_id`. `thread`, `cid` and `ref` are the
    frame's where they could be read, `to` is where a thread has moved. Nothing here quotes a secret or a
    message's text.
    """

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        *,
        field: str | None = None,
        thread: str | UnsetType = UNSET,
        cid: str | UnsetType = UNSET,
        ref: str | UnsetType = UNSET,
        to: str | UnsetType = UNSET,
    ) -> None:
        super().__init__(f"{code} {reason}: {message}")
        self.code = code
        self.reason = reason
        self.message = message
        self.field = field
        self.thread = thread
        self.cid = cid
        self.ref = ref
        self.to = to

    def frame(self) -> Error:
        """The `error` frame that answers."""
        return Error(
            code=self.code,
            reason=self.reason,
            message=self.message,
            cid=self.cid,
            ref=self.ref,
            thread=self.thread,
            to=self.to,
        )
