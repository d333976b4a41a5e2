"""Who is this? Rows 7 to 13 of WIRE.md section 8's table, a test or more each, and what goes with them."""

import pytest

from onethread.identity.decision import Admit, Known, NewVisitor, Refused, Visitor, decide
from onethread.identity.tokens import CleanToken, VisitorToken
from onethread_protocol.people import User
from tests.identity.acme import ANA, BEN, EPOCH, KEY_1, MINT, NOW, THREAD, acme, init, token, user_hash
from tests.identity.asking import CLEAN, PIN, PINNED, SIGNED, VISITOR, ana, outcome, present, refused


@pytest.mark.parametrize("known", [None, Known(), PINNED, SIGNED])
@pytest.mark.parametrize("user", [ana(), ana(security_hash="hash"), ana(security_hash="other")])
def test_row_7_policy_signed_wants_proof_always(known: Known | None, user: User) -> None:
    """A security_hash is no proof, not even the pinned one."""
    assert outcome(init(user), known, acme(identity="signed")) == refused("unsigned")


@pytest.mark.parametrize("known", [SIGNED, Known(PIN, True)])
@pytest.mark.parametrize("user", [ana(), ana(security_hash="hash")])
def test_row_7_sticky_wants_proof_of_who_was_signed_before(known: Known, user: User) -> None:
    """Under sticky the mark decides; under open it doesn't."""
    assert outcome(init(user), known) == refused("unsigned")
    assert not isinstance(outcome(init(ana(security_hash="hash")), known, acme(identity="open")), Refused)


@pytest.mark.parametrize("policy", ["open", "sticky"])
@pytest.mark.parametrize("pinning", ["first_use", "backend"])
@pytest.mark.parametrize(
    "user", [ana(), ana(security_hash="other"), ana(security_hash="HASH"), ana(security_hash=PIN)]
)
def test_row_8_a_pinned_hash_missing_or_other_is_refused(policy: str, pinning: str, user: User) -> None:
    """Whoever pinned it; and the stored form is no hash to give."""
    assert outcome(init(user), PINNED, acme(identity=policy, pinning=pinning)) == refused("hash")


@pytest.mark.parametrize("pinning", ["first_use", "backend"])
def test_row_9_the_pinned_hash_is_pinned(pinning: str) -> None:
    """The same hash admits, and pins nothing anew."""
    frame = init(ana(security_hash="hash"))
    assert outcome(frame, PINNED, acme(pinning=pinning)) == Admit(user_id=ANA, means="pinned")


@pytest.mark.parametrize("known", [None, Known()])
def test_row_10_the_first_hash_is_pinned_now(known: Known | None) -> None:
    """For a new contact and a known one: its stored form is given out, and what was admitted as open ends."""
    expected = Admit(user_id=ANA, means="pinned", pin_now=PIN, ends=("open",))
    assert outcome(init(ana(security_hash="hash")), known) == expected


def test_row_10_the_first_of_two_wins() -> None:
    """When another device's hash was stored meanwhile, deciding again with it refuses the slower one."""
    presented = present(init(ana(security_hash="mine")))
    assert isinstance(decide(presented, None, visitor_stands=False), Admit)
    theirs = Known(pin=MINT.pin("acme", ANA, "theirs"))
    assert decide(presented, theirs, visitor_stands=False) == refused("hash")


def test_row_10_with_backend_pinning_a_given_hash_is_ignored() -> None:
    """It pins nothing and the contact is admitted as open."""
    frame = init(ana(security_hash="hash"))
    assert outcome(frame, None, acme(pinning="backend")) == Admit(user_id=ANA, means="open")


@pytest.mark.parametrize("policy", ["open", "sticky"])
@pytest.mark.parametrize("known", [None, Known()])
def test_row_11_a_bare_user_id_is_open(policy: str, known: Known | None) -> None:
    """As HelpCrunch; a visitor token beside it doesn't change who it is."""
    for frame in (init(ana()), init(ana(), visitor=VISITOR)):
        assert outcome(frame, known, acme(identity=policy)) == Admit(user_id=ANA, means="open")


def test_row_12_a_visitor_token_is_its_thread() -> None:
    """While it stands; a security_hash without a user_id says nothing."""
    for user in (None, User(name="Someone"), User(security_hash="hash")):
        assert outcome(init(user, visitor=VISITOR)) == Visitor(VisitorToken(THREAD, EPOCH, NOW))


@pytest.mark.parametrize("policy", ["open", "sticky", "signed"])
def test_row_12_holds_under_every_policy(policy: str) -> None:
    """Policies are about user_ids: a visitor comes back to its thread under each of them."""
    assert isinstance(outcome(init(visitor=VISITOR), None, acme(identity=policy)), Visitor)
    assert isinstance(outcome(init(), None, acme(identity=policy)), NewVisitor)


def test_row_13_everybody_else_is_a_new_visitor() -> None:
    """No token, a forged one, another organization's, one too old, one that was ended, or a clean token for
    one.
    """
    old = MINT.visitor("acme", THREAD, EPOCH, NOW - 181 * 24 * 3600 * 1000)
    others = MINT.visitor("other", THREAD, EPOCH, NOW)
    for frame in (init(), *(init(visitor=text) for text in ("forged", others, old, CLEAN))):
        assert outcome(frame) == NewVisitor()
    assert outcome(init(visitor=VISITOR), stands=False) == NewVisitor()
    assert outcome(init(clean=CLEAN)) == NewVisitor()


def test_a_clean_chat_is_opened_again_beside_the_same_user_id() -> None:
    """The refused gets the clean chat it held; beside another user_id, or a forged token, a new one."""
    held = outcome(init(ana(), clean=CLEAN, visitor=VISITOR), PINNED)
    assert held == Refused("hash", ANA, CleanToken(THREAD, EPOCH, NOW), None)
    theirs = Known(pin=MINT.pin("acme", BEN, "hash"))
    assert outcome(init(User(user_id=BEN), clean=CLEAN), theirs) == refused("hash", BEN)
    assert outcome(init(ana(), clean=VISITOR), PINNED) == refused("hash")


def test_a_clean_token_is_not_looked_at_for_the_subs_user_id() -> None:
    """A token's sub alone never opens a clean chat: it is bound to the user_id that was given and refused."""
    frame = init(User(user_hash=user_hash(BEN)), token=token(), clean=CLEAN)
    assert outcome(frame) == refused("proof", None)


def test_on_refused_close_closes_4403() -> None:
    """Every refusal then is a 4403 in place of the clean chat."""
    closing = acme(on_refused="close")
    for frame, known in ((init(ana()), PINNED), (init(ana()), SIGNED), (init(ana(user_hash="x")), None)):
        decided = outcome(frame, known, closing)
        assert isinstance(decided, Refused)
        assert decided.close == 4403


def test_user_ids_are_compared_exactly() -> None:
    """No case folding, trimming or normalization makes two customers one."""
    for near in (ANA.upper(), f" {ANA}", f"{ANA} ", "ａna-12345"):
        assert outcome(init(User(user_id=near), token=token())) == refused("proof", near)


def test_what_is_presented_shows_no_secret() -> None:
    """Its repr is safe in a log."""
    frame = init(
        ana(security_hash="s3cret", user_hash=user_hash(ANA)), token=token(), visitor=VISITOR, clean=CLEAN
    )
    shown = repr(present(frame))
    for secret in ("s3cret", user_hash(ANA), token(), VISITOR, CLEAN, KEY_1, "app-secret", THREAD):
        assert secret not in shown
