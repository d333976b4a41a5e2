"""What this package raises.

ClientError ├── RequestRefused   the server answered a command or request with an `error` ├── Stopped
the client no longer connects by itself (WIRE.md section 7); `Client.reconnect` or `login` may help ├──
ClientClosed     the client was closed or logged out ├── PageStale        a page of history was asked for
before a reset and thrown away (WIRE.md section 6, 11) ├── ThreadChanged    what was asked for one thread was
not sent, because the connection now has another ├── ConnectionEnded  a `Connection` is over; `code` tells why
└── BadFrame         the server sent what WIRE.md does not allow
"""

from __future__ import annotations


class ClientError(Exception):
    """The root of everything this package raises, but for `ValueError` and `LookupError` at arguments."""


class RequestRefused(ClientError):
    """The server's `error`: `code` and `reason` of WIRE.md section 7, and its sentence for a person."""

    def __init__(self, code: int, reason: str, message: str = "") -> None:
        super().__init__(f"{code} {reason}: {message}" if message else f"{code} {reason}")
        self.code = code
        self.reason = reason
        self.message = message


class Stopped(ClientError):
    """No further attempt is made. `close_code` is the socket's, `reason` the last error's or the code's
    meaning.
    """

    def __init__(self, close_code: int, reason: str) -> None:
        super().__init__(f"stopped after close {close_code}: {reason}")
        self.close_code = close_code
        self.reason = reason


class ClientClosed(ClientError):
    """Closed or logged out before this was answered. After a close, a lasting outbox keeps what it has."""


class PageStale(ClientError):
    """The log was found to be another one while a page of the old one was on its way. Ask again."""


class ThreadChanged(ClientError):
    """What was asked for one thread is not sent to another one."""


class ConnectionEnded(ClientError):
    """The socket is closed: `code` as received, 1006 when it was cut without one."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"closed with {code} {reason}".rstrip())
        self.code = code
        self.close_reason = reason


class BadFrame(ClientError):
    """A frame of the server's that cannot be read. Names the frame and the field, never a value."""
