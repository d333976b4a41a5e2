"""Frames without a cid that want an answer or must not be lost: profile, prechat, history, auth, read and
page.

Each carries a `ref`, which its answer or error echoes. One that is unanswered when the connection ends is
written again to the next one of the same thread: repeating any of these changes nothing that the first one
did not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Literal

from onethread_client.backoff import Backoff
from onethread_client.errors import ClientError, PageStale, RequestRefused, ThreadChanged
from onethread_client.frames import Error
from onethread_client.wire import Frame, check_frame

Kind = Literal["profile", "prechat", "history", "auth", "read", "page"]

# They have no answer: the latest one says all, and is kept until the next one takes its place.
UNANSWERED = frozenset({"read", "page"})


@dataclass(frozen=True, slots=True)
class Request:
    """`thread` is None before the first `ready`. `written`: on the present connection. `due`: not before."""

    ref: str
    kind: Kind
    fields: Frame = field(repr=False)
    thread: str | None
    written: bool = False
    due: float = 0.0

    def frame(self) -> Frame:
        """The frame to write."""
        return {"t": self.kind, "ref": self.ref, "thread": self.thread, **self.fields}


@dataclass(frozen=True, slots=True)
class Unmet:
    """A request that will have no answer, and why."""

    ref: str
    error: ClientError


class Requests:
    """The requests of one client, in the order made."""

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff
        self._pending: dict[str, Request] = {}
        self._numbers = count(1)

    def add(self, kind: Kind, fields: Frame, thread: str | None) -> Request:
        """Queues a request. Raises `ValueError` for one that no connection could carry."""
        request = Request(f"{kind}-{next(self._numbers)}", kind, fields, thread)
        check_frame(request.frame())
        if kind in UNANSWERED:
            self._pending = {ref: other for ref, other in self._pending.items() if other.kind != kind}
        self._pending[request.ref] = request
        return request

    def next(self, thread: str, now: float) -> Request | None:
        """The request to write now."""
        for ref, request in self._pending.items():
            if request.thread == thread and not request.written and now >= request.due:
                self._pending[ref] = replace(request, written=True)
                return request
        return None

    def deadline(self, thread: str) -> float | None:
        """When `next` is to be asked again though nothing was heard."""
        waiting = [one.due for one in self._pending.values() if one.thread == thread and not one.written]
        return min(waiting, default=None)

    def answered(self, ref: str | None) -> Request | None:
        """Takes an answer's `ref`; its request is done. None for a ref that is not waited for."""
        request = self._pending.pop(ref or "", None)
        if request:
            self._backoff.reset()
        return request

    def knows(self, ref: str | None) -> bool:
        """Whether an error with this `ref` is about a request."""
        return ref in self._pending

    def is_auth(self, ref: str | None) -> bool:
        """Whether an error with this `ref` is about a fresh token."""
        request = self._pending.get(ref or "")
        return request is not None and request.kind == "auth"

    def refused(self, error: Error, now: float) -> Unmet | None:
        """Takes the error of a request: 429 and 503 are repeated later, anything else is the end of it."""
        request = self._pending.get(error.ref or "")
        if request is None:
            return None
        if error.code in (429, 503):
            wait = self._backoff.next() if error.retry_after_ms is None else error.retry_after_ms / 1000
            self._pending[request.ref] = replace(request, written=False, due=now + wait)
            return None
        return self.fail(request.ref, RequestRefused(error.code, error.reason, error.message))

    def fail(self, ref: str, error: ClientError) -> Unmet | None:
        """Gives the request up."""
        return Unmet(ref, error) if self._pending.pop(ref, None) else None

    def reset(self) -> list[Unmet]:
        """The log was replaced: pages asked for before are thrown away when they come."""
        stale = [ref for ref, request in self._pending.items() if request.kind == "history"]
        return self._give_up(stale, PageStale("the log was replaced while the page was on its way"))

    def disconnected(self) -> list[Unmet]:
        """What was written is written again, but for `auth` and `page`: the next init brings token and page
        anyway.
        """
        over = [ref for ref, request in self._pending.items() if request.kind == "auth"]
        unmet = self._give_up(over, ThreadChanged("the connection ended before the token was taken"))
        again = [request for request in self._pending.values() if request.kind != "page"]
        self._pending = {request.ref: replace(request, written=False) for request in again}
        return unmet

    def admitted(self, thread: str, carried_from: Iterable[str], *, refused: bool) -> list[Unmet]:
        """Takes a `ready`: what was asked for this thread, or one carried into it, goes on; the rest is given
        up.

        What was asked before the first `ready` is not given to the clean chat of a refused identity. A page
        of a carried thread is another log's.
        """
        fitting = {thread} if refused else {thread, None, *carried_from}
        over = [
            ref
            for ref, one in self._pending.items()
            if one.thread not in fitting or (one.kind == "history" and one.thread != thread)
        ]
        unmet = self._give_up(over, ThreadChanged("the connection now has another thread"))
        self._pending = {ref: replace(request, thread=thread) for ref, request in self._pending.items()}
        return unmet

    def other_person(self) -> list[Unmet]:
        """Somebody else is logged in now, whom none of this concerns."""
        return self._give_up(list(self._pending), ThreadChanged("it was asked as somebody else"))

    def written(self) -> list[Request]:
        """What was written to the present connection and has no answer yet."""
        return [request for request in self._pending.values() if request.written]

    def wipe(self, error: ClientError) -> list[Unmet]:
        """Gives everything up."""
        return self._give_up(list(self._pending), error)

    def _give_up(self, refs: Iterable[str], error: ClientError) -> list[Unmet]:
        return [unmet for ref in refs if (unmet := self.fail(ref, error))]
