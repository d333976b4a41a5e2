"""Who is this? WIRE.md section 8, decided in one place, without I/O.

In steps, because the store can only be asked about a `user_id` once it is known, and a token may bring it:

1. `read` takes the init frame through the rows that need no store: credentials, Origin, an expired token.
2. The hub looks up what is `Known` of `Presented.user_id`, and whether the visitor token still stands.
3. `decide` takes the rest of the table.

The store writes what an `Admit` asks for only while the `Known` it was decided from still holds; if another
device was faster, the hub looks up and decides again. So the first pin wins, and nobody slips in unsigned
behind a signed mark.
"""

import hmac
from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec
from msgspec import UNSET

from onethread.identity.credentials import find_app, origin_allowed
from onethread.identity.organization import App, Organization
from onethread.identity.proofs import Claims, Failure, ValidToken, check_user_hash, verify_token
from onethread.identity.tokens import CleanToken, TokenMint, VisitorToken
from onethread_protocol.codes import ERRORS, Close
from onethread_protocol.customer import Init
from onethread_protocol.people import User

Means: TypeAlias = Literal["open", "pinned", "signed"]
"""How a contact was admitted; `ready.identity` of a contact."""
Proof: TypeAlias = Literal["none", "valid", "invalid"]


class Presented(msgspec.Struct, frozen=True, kw_only=True):
    """What an init from an accepted app brings, with its proofs checked and its tokens read.

    `user_id` is the one to look up: the frame's, or else the valid token's; None: a visitor. `token` is a
    valid one for it. `pin` is a given security_hash as it would be stored. `visitor` and `clean` are
    authentic and in time (`clean` for this very `user_id`); whether they were ended is for the store to
    say. More than seven fields, because it is all that an init says.
    """

    organization: Organization
    app: App
    user: User
    user_id: str | None
    given_user_id: str | None
    proof: Proof
    token: ValidToken | None
    pin: str | None
    visitor: VisitorToken | None
    clean: CleanToken | None

    def __repr__(self) -> str:
        """Leave hashes and tokens out: a repr ends up in logs and exception texts."""
        return f"Presented(organization={self.organization!r}, app={self.app!r}, proof={self.proof!r})"


class Known(msgspec.Struct, frozen=True):
    """What the store holds of a contact's identity: its pinned hash, and whether it was signed before."""

    pin: str | None = None
    signed: bool = False


class Admit(msgspec.Struct, frozen=True, kw_only=True):
    """The contact of `user_id`, by these means.

    `pin_now` is to be stored as its pin, and `mark_signed` noted, in one step with the check that `Known`
    still holds; then the contact's connections that were admitted by one of the means in `ends` are closed
    4403. `expires_at_ms` is the token's `exp`, LEEWAY_MS before the admission ends; None: it has no end.
    """

    user_id: str
    means: Means
    pin_now: str | None = None
    mark_signed: bool = False
    ends: tuple[Means, ...] = ()
    expires_at_ms: int | None = None
    claims: Claims | None = None


class Visitor(msgspec.Struct, frozen=True):
    """The thread of a visitor token that still stands."""

    token: VisitorToken


class NewVisitor(msgspec.Struct, frozen=True):
    """A person nobody knows yet."""


class Refused(msgspec.Struct, frozen=True):
    """403 `identity_refused`, then a clean chat; where `close` is given, that close code in its place.

    `user_id` is the frame's: the clean token is bound to it, and without one there is none. `clean` is the
    clean chat that this client held, to be opened again if it still stands. `why` is for metrics: the peer
    isn't told.
    """

    why: Literal["proof", "unsigned", "hash"]
    user_id: str | None
    clean: CleanToken | None
    close: Close | None


class Reject(msgspec.Struct, frozen=True):
    """An error of this reason, then this close code (None: the connection stays). Nothing is created."""

    reason: Literal["bad_credentials", "origin_refused", "token_expired", "identity_refused"]
    close: Close | None

    @property
    def code(self) -> int:
        """The error's code."""
        return ERRORS[self.reason].code


class Renewed(msgspec.Struct, frozen=True):
    """The admission now lasts until LEEWAY_MS after `expires_at_ms`, the fresh token's `exp`."""

    expires_at_ms: int


Outcome: TypeAlias = Admit | Visitor | NewVisitor | Refused


def read(
    init: Init, organization: Organization | None, origin: str | None, mint: TokenMint, now_ms: int
) -> Presented | Reject:
    """Decide the rows that need no store, and say what there is to look up for the others.

    `organization` is the one stored under `init.org`, None if there is none; `origin` the handshake's
    Origin header, None if it had none. ProtocolError 400 `bad_field`: a well-signed token has a claim of
    the wrong type or length.
    """
    app = find_app(organization, init.app_id, init.app_secret)
    if organization is None or app is None:
        return Reject("bad_credentials", Close.UNAUTHORIZED)
    if not origin_allowed(app, origin):
        return Reject("origin_refused", Close.UNAUTHORIZED)
    token = None if init.token is UNSET else verify_token(init.token, organization.identity_keys, now_ms)
    if token is Failure.EXPIRED:
        return Reject("token_expired", Close.UNAUTHORIZED)
    return _present(init, organization, app, token, mint, now_ms)


def decide(presented: Presented, known: Known | None, *, visitor_stands: bool) -> Outcome:
    """Decide the rest of the table. `known` is None if the store has no contact of `presented.user_id`.

    `visitor_stands`: the token `presented.visitor` was not ended by logout, carry or erasure.
    """
    if presented.proof == "invalid":
        return _refuse(presented, "proof")
    if presented.user_id is None:
        visitor = presented.visitor
        return Visitor(visitor) if visitor is not None and visitor_stands else NewVisitor()
    known = known or Known()
    if presented.proof == "valid":
        return _admit_signed(presented, presented.user_id, known)
    return _decide_unproven(presented, presented.user_id, known)


def renew(
    token: str, organization: Organization, user_id: str | None, means: Means | None, now_ms: int
) -> Renewed | Reject:
    """Decide an `auth` frame on a connection admitted by `means` (None: not by a user_id) as `user_id`.

    A refusal changes nothing, the old expiry included. ProtocolError 400 `bad_field` as `read`.
    """
    fresh = verify_token(token, organization.identity_keys, now_ms)
    if means != "signed" or isinstance(fresh, Failure) or fresh.user_id != user_id:
        return Reject("identity_refused", None)
    return Renewed(fresh.expires_at_ms)


def _present(
    init: Init,
    organization: Organization,
    app: App,
    token: ValidToken | Failure | None,
    mint: TokenMint,
    now_ms: int,
) -> Presented:
    org, keys = organization.org, organization.identity_keys
    user = User() if init.user is UNSET else init.user
    given = None if user.user_id is UNSET else user.user_id
    own = token if isinstance(token, ValidToken) and given in (None, token.user_id) else None
    user_id = own.user_id if own else given
    pin = clean = visitor = None
    if user_id is not None and user.security_hash is not UNSET:
        pin = mint.pin(org, user_id, user.security_hash)
    if given is not None and init.clean is not UNSET:
        clean = mint.read_clean(org, init.clean, given, now_ms)
    if init.visitor is not UNSET:
        visitor = mint.read_visitor(org, init.visitor, now_ms)
    return Presented(
        organization=organization,
        app=app,
        user=user,
        user_id=user_id,
        given_user_id=given,
        proof=_weigh(token is not None, own, user, user_id, keys),
        token=own,
        pin=pin,
        visitor=visitor,
        clean=clean,
    )


def _weigh(
    token_given: bool, own: ValidToken | None, user: User, user_id: str | None, keys: Mapping[str, str]
) -> Proof:
    """Of token and user_hash each given one must be valid: one good proof doesn't make up for a bad one."""
    proven = []
    if token_given:
        proven.append(own is not None)
    if user.user_hash is not UNSET:
        proven.append(user_id is not None and check_user_hash(user.user_hash, user_id, keys))
    if not proven:
        return "none"
    return "valid" if all(proven) else "invalid"


def _admit_signed(presented: Presented, user_id: str, known: Known) -> Admit:
    first = not known.signed
    sticky = presented.organization.identity == "sticky"
    token = presented.token
    return Admit(
        user_id=user_id,
        means="signed",
        mark_signed=first,
        ends=("open", "pinned") if first and sticky else (),
        expires_at_ms=token.expires_at_ms if token else None,
        claims=token.claims if token else None,
    )


def _decide_unproven(presented: Presented, user_id: str, known: Known) -> Admit | Refused:
    policy, offered = presented.organization.identity, presented.pin
    if policy == "signed" or (policy == "sticky" and known.signed):
        return _refuse(presented, "unsigned")
    if known.pin is not None:
        if offered is None or not hmac.compare_digest(known.pin, offered):
            return _refuse(presented, "hash")
        return Admit(user_id=user_id, means="pinned")
    if offered is not None and presented.organization.pinning == "first_use":
        return Admit(user_id=user_id, means="pinned", pin_now=offered, ends=("open",))
    return Admit(user_id=user_id, means="open")


def _refuse(presented: Presented, why: Literal["proof", "unsigned", "hash"]) -> Refused:
    closes = presented.organization.on_refused == "close"
    return Refused(why, presented.given_user_id, presented.clean, Close.NOT_ADMITTED if closes else None)
