"""Requests without a cid: repeated after 429, 503 and a lost connection, never given to another thread."""

from __future__ import annotations

import pytest

from onethread_client.backoff import Backoff
from onethread_client.errors import ClientClosed, PageStale, RequestRefused, ThreadChanged
from onethread_client.frames import Error
from onethread_client.requests import Kind, Request, Requests
from tests.client.builders import OTHER, THREAD, error


def fresh() -> Requests:
    """Requests whose waits are not random."""
    return Requests(Backoff(lambda: 1.0))


def asked(requests: Requests, kind: Kind = "profile", thread: str | None = THREAD) -> Request:
    """A request with some field."""
    return requests.add(kind, {"field": 1}, thread)


def refused(requests: Requests, request: Request, code: int, reason: str, **fields: int) -> object:
    """Takes an error for the request at time 10."""
    return requests.refused(Error.of(error(code, reason, ref=request.ref, **fields)), 10.0)


def test_each_request_carries_a_ref_of_its_own_and_its_thread() -> None:
    """Its answer and its error echo the `ref` (WIRE.md section 1)."""
    requests = fresh()
    first, second = asked(requests), asked(requests)
    assert first.ref != second.ref
    assert first.frame() == {"t": "profile", "ref": first.ref, "thread": THREAD, "field": 1}


def test_requests_are_written_once_in_the_order_made() -> None:
    """Commands of a connection take effect in the order sent (WIRE.md section 6, 10)."""
    requests = fresh()
    made = [asked(requests), asked(requests, "prechat")]
    written = [requests.next(THREAD, 0.0) for _ in range(3)]
    assert [one and one.ref for one in written] == [made[0].ref, made[1].ref, None]


def test_an_answered_request_is_done() -> None:
    """A second answer to the same `ref`, or one nobody waits for, finds nothing."""
    requests = fresh()
    request = asked(requests)
    assert requests.answered(request.ref) == request
    assert requests.answered(request.ref) is None
    assert requests.answered(None) is None


@pytest.mark.parametrize(("code", "reason"), [(503, "store_unavailable"), (429, "rate_limited")])
def test_503_and_429_are_repeated(code: int, reason: str) -> None:
    """503 to a frame without a cid: repeat (WIRE.md section 6, 7); a 429 says when."""
    requests = fresh()
    request = asked(requests, "read")
    requests.next(THREAD, 0.0)
    assert refused(requests, request, code, reason, retry_after_ms=500) is None
    assert requests.next(THREAD, 10.4) is None
    assert requests.deadline(THREAD) == 10.5
    again = requests.next(THREAD, 10.5)
    assert again is not None
    assert again.frame() == request.frame()


def test_any_other_error_ends_the_request() -> None:
    """Whoever waits is told the server's reason."""
    requests = fresh()
    request = asked(requests)
    unmet = requests.refused(Error.of(error(403, "field_locked", ref=request.ref)), 0.0)
    assert unmet is not None
    assert isinstance(unmet.error, RequestRefused)
    assert (unmet.ref, unmet.error.code, unmet.error.reason) == (request.ref, 403, "field_locked")
    assert requests.next(THREAD, 0.0) is None


@pytest.mark.parametrize("kind", ["read", "page"])
def test_only_the_latest_of_what_has_no_answer_is_kept(kind: Kind) -> None:
    """The latest read position or page says all that the earlier ones said."""
    requests = fresh()
    asked(requests, kind)
    latest = asked(requests, kind)
    written = requests.next(THREAD, 0.0)
    assert written is not None
    assert written.ref == latest.ref
    assert requests.next(THREAD, 0.0) is None


def test_what_was_unanswered_is_written_to_the_next_connection() -> None:
    """But not `auth` and `page`, which the next init brings itself."""
    requests = fresh()
    kept = asked(requests)
    auth, _ = asked(requests, "auth"), asked(requests, "page")
    while requests.next(THREAD, 0.0):
        pass
    assert [unmet.ref for unmet in requests.disconnected()] == [auth.ref]
    again = requests.next(THREAD, 0.0)
    assert again is not None
    assert again.ref == kept.ref
    assert requests.next(THREAD, 0.0) is None


def test_what_was_asked_for_one_thread_is_not_sent_to_another() -> None:
    """Nothing asked for one conversation lands in another (WIRE.md section 2)."""
    requests = fresh()
    request = asked(requests, thread=OTHER)
    unmet = requests.admitted(THREAD, (), refused=False)
    assert [(one.ref, type(one.error)) for one in unmet] == [(request.ref, ThreadChanged)]
    assert requests.next(THREAD, 0.0) is None


def test_what_was_asked_of_a_carried_thread_goes_on_but_for_its_pages() -> None:
    """The profile is the same person's; a page of the old thread has another log's numbers."""
    requests = fresh()
    kept, page = asked(requests, thread=OTHER), asked(requests, "history", thread=OTHER)
    assert [one.ref for one in requests.admitted(THREAD, (OTHER,), refused=False)] == [page.ref]
    written = requests.next(THREAD, 0.0)
    assert written is not None
    assert (written.ref, written.thread) == (kept.ref, THREAD)


def test_what_was_asked_before_the_first_ready_is_not_for_a_clean_chat() -> None:
    """A refused identity's profile is not written into the visitor thread it gets instead."""
    requests = fresh()
    request = asked(requests, thread=None)
    assert [one.ref for one in requests.admitted(THREAD, (), refused=True)] == [request.ref]
    accepted = asked(requests, thread=None)
    assert requests.admitted(THREAD, (), refused=False) == []
    written = requests.next(THREAD, 0.0)
    assert written is not None
    assert written.ref == accepted.ref


def test_a_reset_throws_pages_away() -> None:
    """A page asked for before a reset is thrown away; `ref` tells (WIRE.md section 6, 11)."""
    requests = fresh()
    page, other = asked(requests, "history"), asked(requests)
    unmet = requests.reset()
    assert [(one.ref, type(one.error)) for one in unmet] == [(page.ref, PageStale)]
    assert requests.answered(page.ref) is None
    assert requests.knows(other.ref)


def test_wiping_ends_everything() -> None:
    """After a logout nobody waits any more."""
    requests = fresh()
    request = asked(requests)
    assert [one.ref for one in requests.wipe(ClientClosed("logged out"))] == [request.ref]
    assert requests.written() == []


def test_a_request_that_no_connection_could_carry_is_refused_at_once() -> None:
    """Over 256 KiB the server would close with 1009, again and again (WIRE.md section 1)."""
    requests = fresh()
    with pytest.raises(ValueError, match="over the wire's"):
        requests.add("profile", {"user": {"custom_data": {"k": "x" * 300_000}}}, THREAD)
    assert requests.next(THREAD, 0.0) is None
