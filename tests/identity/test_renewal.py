"""`auth`: a fresh token before the old one expires (WIRE.md section 8, Proofs)."""

from typing import Any

import pytest

from onethread.identity.decision import Means, Reject, Renewed, renew
from onethread_protocol.errors import ProtocolError
from tests.identity.acme import ACME, ANA, BEN, NOW, NOW_S, jwt, token

REFUSED = Reject("identity_refused", None)


def ask(text: str, user_id: str | None = ANA, means: Means | None = "signed") -> Any:
    return renew(text, ACME, user_id, means, NOW)


def test_a_fresh_token_renews() -> None:
    """Its exp takes the place of the old one, be it later or earlier."""
    assert ask(token(exp_in_s=3600)) == Renewed(NOW + 3_600_000)
    assert ask(token(exp_in_s=1)) == Renewed(NOW + 1000)


@pytest.mark.parametrize("means", ["open", "pinned", None])
def test_only_a_signed_connection_renews(means: Means | None) -> None:
    """`auth` is no way to become signed."""
    assert ask(token(), ANA, means) == REFUSED


@pytest.mark.parametrize(
    "text",
    [
        token(BEN),
        token(exp_in_s=-30),
        token(nbf=NOW_S + 60),
        jwt({"sub": ANA, "exp": NOW_S + 60}, key="x" * 32),
        jwt({"sub": ANA}),
        jwt({"exp": NOW_S + 60}),
        "nonsense",
    ],
)
def test_any_other_token_is_refused_and_nothing_changes(text: str) -> None:
    """Another sub, an expired, forged or endless one: 403 identity_refused, and no close code with it."""
    assert ask(text) == REFUSED
    assert (REFUSED.code, REFUSED.close) == (403, None)


def test_a_visitors_connection_is_refused() -> None:
    """There is no user_id that a token could be for."""
    assert ask(token(), None, None) == REFUSED


def test_a_bad_claim_is_a_bad_field_here_too() -> None:
    """Claims of the wrong type or length are 400 bad_field."""
    with pytest.raises(ProtocolError, match="bad_field"):
        ask(jwt({"sub": ANA, "exp": "soon"}))
