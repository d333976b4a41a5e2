"""Every init there can be against everything that can be stored, judged by WIRE.md section 8's table written
anew.

The oracle below knows nothing of tokens, HMACs or structs: it reads what a case is made of, row by row.
"""

from itertools import product
from typing import Any, NamedTuple

from onethread.identity.decision import Admit, Known, NewVisitor, Refused, Reject, Visitor, decide, read
from onethread_protocol.people import User
from tests.identity.acme import ANA, BEN, EPOCH, MINT, NOW, NOW_S, THREAD, acme, init, jwt, token, user_hash


class Presents(NamedTuple):
    """What an init has; the values are those of the lists in PRESENTS."""

    user_id: bool
    token: str
    user_hash: str
    security_hash: str
    visitor: str
    clean: str


class Stored(NamedTuple):
    """What the organization is set to and what is stored of the user_id; the values are those in STORED."""

    policy: str
    pinning: str
    on_refused: str
    pinned: str
    signed_before: bool


PRESENTS = [
    Presents(*values)
    for values in product(
        [True, False],
        ["none", "valid", "of another", "expired", "expired of another", "forged", "expired and forged"],
        ["none", "valid", "wrong"],
        ["none", "first", "second"],
        ["none", "stands", "ended", "forged"],
        ["none", "own", "of another"],
    )
]
STORED = [
    Stored(*values)
    for values in product(
        ["open", "sticky", "signed"],
        ["first_use", "backend"],
        ["clean_chat", "close"],
        ["nothing", "first", "second"],
        [False, True],
    )
]
TOKENS = {
    "valid": token(),
    "of another": token(BEN),
    "expired": token(exp_in_s=-31),
    "expired of another": token(BEN, exp_in_s=-31),
    "forged": jwt({"sub": ANA, "exp": NOW_S + 60}, key="x" * 32),
    "expired and forged": jwt({"sub": ANA, "exp": NOW_S - 60}, key="x" * 32),
}
VISITORS = {
    "stands": MINT.visitor("acme", THREAD, EPOCH, NOW),
    "ended": MINT.visitor("acme", THREAD, EPOCH, NOW),
    "forged": MINT.visitor("other", THREAD, EPOCH, NOW),
}
CLEANS = {
    "own": MINT.clean("acme", THREAD, EPOCH, ANA, NOW),
    "of another": MINT.clean("acme", THREAD, EPOCH, BEN, NOW),
}
PINS = {name: MINT.pin("acme", ANA, name) for name in ("first", "second")}


def table(has: Presents, stored: Stored) -> tuple[Any, ...]:
    """The outcome by the table, from row 4 on (rows 1 to 3 have nothing to do with who it is)."""
    if has.token in ("expired", "expired of another"):
        return ("401 token_expired", 4401)
    if has.token != "none" or has.user_hash != "none":
        return proven(has, stored)
    if not has.user_id:
        return ("visitor",) if has.visitor == "stands" else ("new visitor",)
    if stored.policy == "signed" or (stored.policy == "sticky" and stored.signed_before):
        return refusal(has, stored)
    if stored.pinned != "nothing":
        return admission("pinned") if has.security_hash == stored.pinned else refusal(has, stored)
    if has.security_hash != "none" and stored.pinning == "first_use":
        return admission("pinned", pins=has.security_hash, ends={"open"})
    return admission("open")


def proven(has: Presents, stored: Stored) -> tuple[Any, ...]:
    """Rows 5 and 6. Whose user_hash is checked: the given user_id's, or beside a token that of its sub."""
    token_good = has.token == "valid" or (has.token == "of another" and not has.user_id)
    whose = "Ana" if has.user_id else {"valid": "Ana", "of another": "Ben"}.get(has.token, "nobody")
    hash_good = has.user_hash == "valid" and whose == "Ana"
    given_and_bad = (has.token != "none" and not token_good) or (has.user_hash != "none" and not hash_good)
    if given_and_bad:
        return refusal(has, stored)
    first = not stored.signed_before
    ends = {"open", "pinned"} if first and stored.policy == "sticky" else set()
    return admission("signed", who=whose, marks=first, ends=ends, lasts=has.token != "none")


def admission(
    means: str,
    *,
    who: str = "Ana",
    pins: str = "nothing",
    marks: bool = False,
    ends: Any = (),
    lasts: bool = False,
) -> tuple[Any, ...]:
    return ("admitted", who, means, pins, marks, frozenset(ends), lasts)


def refusal(has: Presents, stored: Stored) -> tuple[Any, ...]:
    reopens = has.user_id and has.clean == "own"
    return ("refused", has.user_id, reopens, 4403 if stored.on_refused == "close" else None)


def frame_of(has: Presents) -> Any:
    """The init of a case; a user_hash is valid for Ana, security hashes are the words themselves."""
    user: dict[str, Any] = {}
    if has.user_id:
        user["user_id"] = ANA
    if has.user_hash != "none":
        user["user_hash"] = user_hash(ANA) if has.user_hash == "valid" else "0" * 64
    if has.security_hash != "none":
        user["security_hash"] = has.security_hash
    given = {
        "token": TOKENS.get(has.token),
        "visitor": VISITORS.get(has.visitor),
        "clean": CLEANS.get(has.clean),
    }
    return init(User(**user), **{name: value for name, value in given.items() if value is not None})


def summary(decided: object) -> tuple[Any, ...]:
    """The server's answer in the oracle's words."""
    match decided:
        case Reject():
            return (f"{decided.code} {decided.reason}", decided.close)
        case Refused():
            assert decided.user_id in (ANA, None)
            return ("refused", decided.user_id is not None, decided.clean is not None, decided.close)
        case Visitor():
            return ("visitor",) if decided.token.thread == THREAD else ("another thread",)
        case NewVisitor():
            return ("new visitor",)
        case Admit():
            pins = next((name for name, pin in PINS.items() if pin == decided.pin_now), "nothing")
            assert (pins == "nothing") is (decided.pin_now is None)
            who = {ANA: "Ana", BEN: "Ben"}[decided.user_id]
            lasts = decided.expires_at_ms is not None
            assert lasts is (decided.claims is not None)
            return ("admitted", who, decided.means, pins, decided.mark_signed, frozenset(decided.ends), lasts)
    raise AssertionError(decided)


def test_every_case_goes_by_the_table() -> None:
    """1,512 inits against 72 states of the store: each is decided as the table says."""
    frames = {has: frame_of(has) for has in PRESENTS}
    for policy, pinning, on_refused in {stored[:3] for stored in STORED}:
        organization = acme(identity=policy, pinning=pinning, on_refused=on_refused)
        states = [stored for stored in STORED if stored[:3] == (policy, pinning, on_refused)]
        for has, frame in frames.items():
            presented = read(frame, organization, None, MINT, NOW)
            for stored in states:
                known = Known(PINS.get(stored.pinned), stored.signed_before)
                decided: object = presented
                if not isinstance(presented, Reject):
                    decided = decide(presented, known, visitor_stands=has.visitor == "stands")
                assert summary(decided) == table(has, stored), (has, stored)


def test_no_contact_is_as_one_of_whom_nothing_is_known() -> None:
    """A user_id that the store has never seen is decided as one that is neither pinned nor marked."""
    for has in PRESENTS:
        presented = read(frame_of(has), acme(), None, MINT, NOW)
        if not isinstance(presented, Reject):
            stands = has.visitor == "stands"
            nobody, blank = (decide(presented, known, visitor_stands=stands) for known in (None, Known()))
            assert nobody == blank, has
