"""The tables of reasons and close codes, against WIRE.md section 7."""

from typing import get_args

import pytest

from onethread_protocol.codes import ANY_OTHER, CLOSES, ERRORS, Close, Reconnect, close_row

REASONS = {
    400: {"bad_frame", "unknown_frame", "bad_field"},
    401: {"bad_credentials", "token_expired"},
    403: {"identity_refused", "not_admitted", "origin_refused", "not_yours", "field_locked"},
    404: {"unknown_thread", "unknown_target"},
    409: {"already_initialized", "moved", "cid_conflict"},
    429: {"rate_limited"},
    503: {"store_unavailable"},
}
RECONNECT = {
    1000: "no",
    1003: "no",
    1009: "without_frame",
    1012: "after_ms",
    4400: "no",
    4401: "after_fix",
    4403: "other_credentials",
    4408: "yes",
    4409: "with_user_id",
    4429: "later",
    4430: "resume",
}


def test_reasons_are_the_wires() -> None:
    """Each reason of WIRE.md section 7 is in the table under its code, and no other."""
    assert {reason: row.code for reason, row in ERRORS.items()} == {
        reason: code for code, reasons in REASONS.items() for reason in reasons
    }


@pytest.mark.parametrize("reason", ERRORS)
def test_entries_go_the_way_the_code_says(reason: str) -> None:
    """429 and 503 are repeated, 401, `moved` and `not_admitted` kept, others failed (section 6.7)."""
    row = ERRORS[reason]
    kept = row.code == 401 or reason in ("moved", "not_admitted")
    assert row.entry == ("repeat" if row.code in (429, 503) else "keep" if kept else "failed")


def test_close_codes_are_the_wires() -> None:
    """Each close code of WIRE.md section 7 is in the table with its answer to "may I reconnect?"."""
    assert {code: row.reconnect for code, row in CLOSES.items()} == RECONNECT
    assert {int(code) for code in Close} == set(RECONNECT)
    assert {row.reconnect for row in CLOSES.values()} == set(get_args(Reconnect))


def test_close_names_tell_codes_apart() -> None:
    """Metrics and logs name a close by one word, which is its code's alone."""
    names = [row.name for row in (*CLOSES.values(), ANY_OTHER)]
    assert len(set(names)) == len(names)
    assert {close.name.lower() for close in Close} == {row.name for row in CLOSES.values()}


def test_any_other_code_may_reconnect() -> None:
    """A code that is not in the table, 1006 among them, means: reconnect with backoff."""
    assert close_row(4430) is CLOSES[4430]
    assert close_row(1006) is ANY_OTHER
    assert ANY_OTHER.reconnect == "yes"
