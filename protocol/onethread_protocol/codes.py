"""Every error reason and every close code, in two tables (WIRE.md section 7)."""

from enum import IntEnum
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias


class ErrorRow(NamedTuple):
    """An `error` frame's code, what its reason means, and what becomes of an outbox entry that it answers."""

    code: int
    meaning: str
    entry: Literal["failed", "repeat", "keep"]


ERRORS: MappingProxyType[str, ErrorRow] = MappingProxyType(
    {
        "bad_frame": ErrorRow(400, "not a readable map with a `t`", "failed"),
        "unknown_frame": ErrorRow(400, "a `t` that is not taken here", "failed"),
        "bad_field": ErrorRow(400, "a field is missing, of the wrong type or outside its limits", "failed"),
        "bad_credentials": ErrorRow(401, "org, app_id and app_secret don't belong together", "keep"),
        "token_expired": ErrorRow(401, "the JWT is signed well but expired", "keep"),
        "identity_refused": ErrorRow(403, "the proof of identity is missing or wrong", "failed"),
        "not_admitted": ErrorRow(403, "this connection is not admitted to that thread", "keep"),
        "origin_refused": ErrorRow(403, "the page's Origin is not on the app's list", "failed"),
        "not_yours": ErrorRow(403, "the message is somebody else's", "failed"),
        "field_locked": ErrorRow(403, "a token set this field, so the customer can't change it", "failed"),
        "unknown_thread": ErrorRow(404, "there is no such thread", "failed"),
        "unknown_target": ErrorRow(
            404, "there is no such message, or it can't be changed any more", "failed"
        ),
        "already_initialized": ErrorRow(409, "a second init on one connection", "failed"),
        "moved": ErrorRow(409, "the thread was carried into another; agents get it in `to`", "keep"),
        "cid_conflict": ErrorRow(409, "the cid was used for another kind or target", "failed"),
        "rate_limited": ErrorRow(
            429, "too fast; this frame stored nothing; `retry_after_ms` says how long to wait", "repeat"
        ),
        "store_unavailable": ErrorRow(
            503, "the store is away; whether this frame was stored is unknown", "repeat"
        ),
    }
)

Reconnect: TypeAlias = Literal[
    "no",  # not at all
    "yes",  # at once, then with backoff
    "later",  # not soon, with backoff
    "after_ms",  # after the `bye`'s after_ms, spread at random
    "without_frame",  # as yes, but without the frame that did it
    "after_fix",  # once what the message names is put right
    "other_credentials",  # with others, or when a person asks
    "with_user_id",  # as yes with a user_id, without one when a person acts
    "resume",  # as yes, with the resume point
]


class Close(IntEnum):
    """The close codes that the server sends."""

    NORMAL = 1000
    WRONG_FRAME_TYPE = 1003
    TOO_LONG = 1009
    RESTART = 1012
    BAD_FRAMES = 4400
    UNAUTHORIZED = 4401
    NOT_ADMITTED = 4403
    TIMED_OUT = 4408
    MOVED = 4409
    TOO_MANY = 4429
    TOO_SLOW = 4430


class CloseRow(NamedTuple):
    """A close code's name for metrics and logs, its meaning, and whether to reconnect."""

    name: str
    meaning: str
    reconnect: Reconnect


CLOSES: MappingProxyType[int, CloseRow] = MappingProxyType(
    {
        Close.NORMAL: CloseRow("normal", "logged out, or the client's own", "no"),
        Close.WRONG_FRAME_TYPE: CloseRow("wrong_frame_type", "wrong frame type for the codec", "no"),
        Close.TOO_LONG: CloseRow("too_long", "frame too long", "without_frame"),
        Close.RESTART: CloseRow("restart", "the hub restarts (after `bye`)", "after_ms"),
        Close.BAD_FRAMES: CloseRow(
            "bad_frames", "20 frames answered 400 in a minute, or the first frame was no init", "no"
        ),
        Close.UNAUTHORIZED: CloseRow(
            "unauthorized",
            "app credentials, Origin, agent session or JWT not accepted or expired",
            "after_fix",
        ),
        Close.NOT_ADMITTED: CloseRow(
            "not_admitted",
            "no longer admitted: security hash now required, contact erased, agent removed; "
            "or refused with `on_refused: close`",
            "other_credentials",
        ),
        Close.TIMED_OUT: CloseRow(
            "timed_out", "no init within 10 s, or no sign of life for two heartbeats", "yes"
        ),
        Close.MOVED: CloseRow("moved", "the thread moved into another one", "with_user_id"),
        Close.TOO_MANY: CloseRow("too_many", "too many connections or inits", "later"),
        Close.TOO_SLOW: CloseRow("too_slow", "too slow: the outgoing buffer passed its bound", "resume"),
    }
)

ANY_OTHER = CloseRow("other", "any other: the network, a proxy, or RFC 6455's own codes", "yes")


def close_row(code: int) -> CloseRow:
    """The row of `code`; of a code that is not in the table, `ANY_OTHER`."""
    return CLOSES.get(code, ANY_OTHER)
