"""Who is this? Rows 1 to 6 of WIRE.md section 8's table, a test or more each: who may ask, and proofs."""

from typing import Any

import pytest

from onethread.identity.decision import Admit, Known, Presented, read
from onethread.identity.organization import App, Organization
from onethread_protocol.customer import Init
from onethread_protocol.errors import ProtocolError
from onethread_protocol.people import User
from tests.identity.acme import ACME, ANA, BEN, KEY_2, MINT, NOW, NOW_S, acme, init, jwt, token, user_hash
from tests.identity.asking import PIN, PINNED, SIGNED, VISITOR, ana, outcome, refused, rejection


def test_row_1_a_claim_of_the_wrong_type_is_400_bad_field() -> None:
    """Claims have their fields' bounds; a bad one in a well-signed token decides before all rows but
    credentials.
    """
    for policy in ("open", "sticky", "signed"):
        frame = init(ana(), token=jwt({"sub": ANA, "exp": NOW_S + 60, "email": 5}))
        with pytest.raises(ProtocolError, match="bad_field"):
            read(frame, acme(identity=policy), None, MINT, NOW)


def test_row_1_comes_before_an_expiry_but_not_before_credentials() -> None:
    """A bad claim is told even of an expired token, but nothing of a token to who is no app of ours."""
    frame = init(token=jwt({"sub": "", "exp": NOW_S - 600}))
    with pytest.raises(ProtocolError, match="bad_field"):
        read(frame, ACME, None, MINT, NOW)
    assert rejection(init(app_secret="x", token=frame.token))[1] == "bad_credentials"


@pytest.mark.parametrize(
    ("wrong", "organization"),
    [
        ({"org": "nobody"}, None),
        ({"app_id": 8}, ACME),
        ({"app_secret": "x"}, ACME),
        ({"app_id": 8, "app_secret": "x"}, ACME),
    ],
)
def test_row_2_wrong_credentials_are_401(wrong: dict[str, Any], organization: Organization | None) -> None:
    """Wrong org, app_id or app_secret: the same 401 bad_credentials, close 4401, whatever else is in the
    init.
    """
    expected = (401, "bad_credentials", 4401)
    assert rejection(init(**wrong), organization) == expected
    expired = token(exp_in_s=-600)
    frame = init(ana(user_hash="x"), token=expired, visitor=VISITOR, **wrong)
    assert rejection(frame, organization, "https://evil.test") == expected


def test_row_3_an_unlisted_origin_is_403() -> None:
    """origin_refused, close 4401, before any token is looked at."""
    listing = acme(apps={7: App(app_id=7, secret="app-secret", origins=("https://acme.test",))})
    expired = init(token=token(exp_in_s=-600))
    assert rejection(expired, listing, "https://evil.test") == (403, "origin_refused", 4401)
    assert rejection(expired, listing, "null") == (403, "origin_refused", 4401)
    for origin in ("https://acme.test", None):
        assert isinstance(read(init(), listing, origin, MINT, NOW), Presented)


@pytest.mark.parametrize("policy", ["open", "sticky", "signed"])
def test_row_4_an_expired_token_is_401(policy: str) -> None:
    """token_expired, close 4401, under every policy, whoever it is for and whatever stands beside it."""
    expected = (401, "token_expired", 4401)
    for sub in (ANA, BEN):
        expired = token(sub, exp_in_s=-600)
        for user in (
            None,
            ana(),
            ana(user_hash=user_hash(ANA)),
            ana(user_hash="wrong"),
            ana(security_hash="hash"),
        ):
            assert rejection(init(user, token=expired, visitor=VISITOR), acme(identity=policy)) == expected


def test_row_4_needs_a_good_signature() -> None:
    """An expired token that is also forged is refused like any other forged one."""
    forged = jwt({"sub": ANA, "exp": NOW_S - 600}, key="x" * 32)
    assert outcome(init(ana(), token=forged)) == refused("proof")


@pytest.mark.parametrize("policy", ["open", "sticky", "signed"])
@pytest.mark.parametrize("user", [None, ana(), User(name="Ana"), ana(user_hash=user_hash(ANA, KEY_2))])
def test_row_5_a_valid_token_is_signed(policy: str, user: User | None) -> None:
    """For the same user_id, or with it left out, alone or beside a valid user_hash."""
    admitted = outcome(init(user, token=token()), None, acme(identity=policy))
    assert isinstance(admitted, Admit)
    assert (admitted.user_id, admitted.means, admitted.expires_at_ms) == (ANA, "signed", NOW + 600_000)
    assert admitted.claims is not None


@pytest.mark.parametrize("policy", ["open", "sticky", "signed"])
def test_row_5_a_valid_user_hash_is_signed(policy: str) -> None:
    """Without a token there is no end to it, and there are no claims."""
    admitted = outcome(init(ana(user_hash=user_hash(ANA))), None, acme(identity=policy))
    assert isinstance(admitted, Admit)
    assert (admitted.user_id, admitted.means) == (ANA, "signed")
    assert (admitted.expires_at_ms, admitted.claims) == (None, None)


@pytest.mark.parametrize("known", [None, Known(), PINNED, SIGNED, Known(PIN, True), Known("another pin")])
@pytest.mark.parametrize("security_hash", [None, "hash", "other"])
def test_row_5_pins_are_neither_checked_nor_set(known: Known | None, security_hash: str | None) -> None:
    """A signed contact is admitted whatever is pinned and whatever hash it gives, and pins nothing."""
    given = {} if security_hash is None else {"security_hash": security_hash}
    admitted = outcome(init(ana(user_hash=user_hash(ANA), **given)), known)
    assert isinstance(admitted, Admit)
    assert (admitted.means, admitted.pin_now) == ("signed", None)


def test_row_5_the_first_time_under_sticky_ends_the_unsigned() -> None:
    """Once, at the first signed admission, all connections admitted by less are closed; later ones close
    nothing.
    """
    frame = init(token=token())
    first, later = outcome(frame), outcome(frame, SIGNED)
    assert isinstance(first, Admit)
    assert isinstance(later, Admit)
    assert (first.mark_signed, set(first.ends)) == (True, {"open", "pinned"})
    assert (later.mark_signed, later.ends) == (False, ())


@pytest.mark.parametrize("policy", ["open", "signed"])
def test_row_5_other_policies_note_the_mark_and_end_nothing(policy: str) -> None:
    """So that a contact signed before a change to sticky is protected from that moment."""
    admitted = outcome(init(token=token()), None, acme(identity=policy))
    assert isinstance(admitted, Admit)
    assert (admitted.mark_signed, admitted.ends) == (True, ())


BAD_PROOFS = {
    "another customer's token": init(ana(), token=token(BEN)),
    "a forged token": init(ana(), token=jwt({"sub": ANA, "exp": NOW_S + 60}, key="x" * 32)),
    "nonsense for a token": init(ana(), token="nonsense"),
    "a wrong user_hash": init(ana(user_hash=user_hash(BEN))),
    "a good token beside a wrong user_hash": init(ana(user_hash=user_hash(BEN)), token=token()),
    "a good user_hash beside a forged token": init(ana(user_hash=user_hash(ANA)), token="nonsense"),
    "a good user_hash beside another's token": init(ana(user_hash=user_hash(ANA)), token=token(BEN)),
    "another's user_hash that fits the token": init(ana(user_hash=user_hash(BEN)), token=token(BEN)),
}


@pytest.mark.parametrize("policy", ["open", "sticky", "signed"])
@pytest.mark.parametrize("known", [None, PINNED, SIGNED])
@pytest.mark.parametrize("frame", BAD_PROOFS.values(), ids=BAD_PROOFS.keys())
def test_row_6_any_other_proof_is_refused(policy: str, known: Known | None, frame: Init) -> None:
    """Under every policy, whatever is stored: each proof that is given must be valid."""
    assert outcome(frame, known, acme(identity=policy)) == refused("proof")


@pytest.mark.parametrize(
    "frame",
    [
        init(token="nonsense"),
        init(User(user_hash=user_hash(ANA))),
        init(User(user_hash=user_hash(ANA)), token="nonsense"),
        init(User(user_hash=user_hash(BEN)), token=token()),
        init(token=jwt({"exp": NOW_S + 60})),
    ],
)
def test_row_6_without_a_user_id_there_is_no_clean_token(frame: Init) -> None:
    """Refused as well, but there is no user_id that a clean token could be bound to, the token's sub
    included.
    """
    assert outcome(frame) == refused("proof", None)


def test_row_6_a_security_hash_does_not_mend_a_bad_proof() -> None:
    """The right hash beside a wrong proof is refused."""
    frame = init(ana(security_hash="hash", user_hash="wrong"))
    assert outcome(frame, PINNED, acme(identity="open")) == refused("proof")
