"""Visitor tokens, clean tokens and pins: what the server's own key protects."""

import base64
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.identity.tokens import TOKEN_LIFETIME_MS, CleanToken, TokenMint, VisitorToken
from tests.identity.acme import ANA, BEN, EPOCH, MINT, NOW, THREAD

DAY = 24 * 3600 * 1000
OTHER_KEY = TokenMint(b"another server's key, 32 bytes long or more")
SAME_KEY = TokenMint(b"the server's own key, 32 bytes long or more")


def visitor_token() -> str:
    return MINT.visitor("acme", THREAD, EPOCH, NOW)


def clean_token() -> str:
    return MINT.clean("acme", THREAD, EPOCH, ANA, NOW)


def test_a_visitor_token_carries_thread_and_epoch() -> None:
    """It opens the thread with the epoch it was made for, on every hub with the same key."""
    assert SAME_KEY.read_visitor("acme", visitor_token(), NOW) == VisitorToken(THREAD, EPOCH, NOW)


def test_a_visitor_token_is_bound_to_its_organization() -> None:
    """Another organization's is a forged one."""
    assert MINT.read_visitor("other", visitor_token(), NOW) is None


def test_a_token_lives_180_days() -> None:
    """To the millisecond, from its issue; a renewal lives on its own."""
    assert TOKEN_LIFETIME_MS == 180 * DAY
    last = NOW + 180 * DAY - 1
    assert MINT.read_visitor("acme", visitor_token(), last) is not None
    assert MINT.read_visitor("acme", visitor_token(), last + 1) is None
    assert MINT.read_clean("acme", clean_token(), ANA, last) is not None
    assert MINT.read_clean("acme", clean_token(), ANA, last + 1) is None
    renewal = MINT.visitor("acme", THREAD, EPOCH, NOW + DAY)
    assert MINT.read_visitor("acme", visitor_token(), NOW + DAY) is not None
    assert MINT.read_visitor("acme", renewal, last + 1) is not None


def test_a_clean_token_opens_beside_the_same_user_id_only() -> None:
    """Another user_id, even in the same organization, gets nothing from it."""
    assert MINT.read_clean("acme", clean_token(), ANA, NOW) == CleanToken(THREAD, EPOCH, NOW)
    assert MINT.read_clean("acme", clean_token(), BEN, NOW) is None
    assert MINT.read_clean("other", clean_token(), ANA, NOW) is None


def test_a_clean_token_does_not_tell_the_user_id() -> None:
    """Neither in clear nor as anything that could be looked for without the server's key."""
    sealed = clean_token()
    opened = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    assert ANA.encode() not in opened
    body_of_ben = MINT.clean("acme", THREAD, EPOCH, BEN, NOW)
    assert len(body_of_ben) == len(sealed)


def test_no_kind_of_token_passes_for_another() -> None:
    """A clean token is never a visitor token, so it is never carried; nor the reverse."""
    assert MINT.read_visitor("acme", clean_token(), NOW) is None
    assert MINT.read_clean("acme", visitor_token(), ANA, NOW) is None
    assert MINT.read_clean("acme", visitor_token(), "", NOW) is None


def test_another_key_forges_nothing() -> None:
    """Tokens of a server with another key are forged ones."""
    assert OTHER_KEY.read_visitor("acme", visitor_token(), NOW) is None
    assert OTHER_KEY.read_clean("acme", clean_token(), ANA, NOW) is None


@pytest.mark.parametrize("make", [visitor_token, clean_token])
def test_any_changed_character_voids_a_token(make: Callable[[], str]) -> None:
    """Each character counts, the last one's spare bits too: a token has one spelling."""
    token = make()
    for place, character in enumerate(token):
        for other in ("A", "B", "-", "=", "+"):
            changed = token[:place] + other + token[place + 1 :]
            if other != character:
                assert MINT.read_visitor("acme", changed, NOW) is None
                assert MINT.read_clean("acme", changed, ANA, NOW) is None
    for changed in (token + "A", token + "=", token[:-1], token[1:], f" {token}", f"{token}\n", token * 2):
        assert MINT.read_visitor("acme", changed, NOW) is None
        assert MINT.read_clean("acme", changed, ANA, NOW) is None


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_reads_as_forged(text: str) -> None:
    """Whatever stands in `visitor` or `clean`, it opens nothing and raises nothing."""
    assert MINT.read_visitor("acme", text, NOW) is None
    assert MINT.read_clean("acme", text, ANA, NOW) is None


def test_tokens_are_short_and_url_safe() -> None:
    """They fit the wire's limit many times over and need no escaping anywhere."""
    for token in (visitor_token(), clean_token(), MINT.clean("o" * 64, THREAD, EPOCH, "x" * 255, NOW)):
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,160}", token)


def test_contexts_do_not_run_together() -> None:
    """What ends one part and begins the next can't be shifted between organization and user_id."""
    token = MINT.clean("ab", THREAD, EPOCH, "c", NOW)
    assert MINT.read_clean("a", token, "bc", NOW) is None
    assert MINT.pin("ab", "c", "h") != MINT.pin("a", "bc", "h")


def test_a_pin_is_stored_hashed_with_the_servers_key() -> None:
    """The same hash gives the same pin; another hash, customer, organization or key another; none shows the
    hash.
    """
    pin = MINT.pin("acme", ANA, "s3cret-hash")
    assert pin == SAME_KEY.pin("acme", ANA, "s3cret-hash")
    others = {
        MINT.pin("acme", ANA, "s3cret-hasH"),
        MINT.pin("acme", BEN, "s3cret-hash"),
        MINT.pin("other", ANA, "s3cret-hash"),
        OTHER_KEY.pin("acme", ANA, "s3cret-hash"),
    }
    assert len(others) == 4
    assert pin not in others
    assert re.fullmatch(r"[0-9a-f]{64}", pin)


def test_an_empty_key_is_refused() -> None:
    """A mint whose tokens anybody could make can't be had."""
    with pytest.raises(ValueError, match="empty"):
        TokenMint(b"")


def test_a_mint_shows_no_key() -> None:
    """Its repr is safe in a log."""
    assert "own key" not in repr(MINT)
