"""An agent's session: what a login gives, and how long it is good."""

import secrets
from typing import Final

import msgspec

from onethread.agents.account import Account
from onethread.agents.roster import Roster

LIFETIME_MS: Final = 14 * 24 * 3600 * 1000
"""How long a session lives from its login: two weeks of work, then the password is asked for again."""

_PREFIX: Final = "ots_"
_SECRET: Final = 32  # bytes


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A login of an agent, as kept; good for the account's `generation` only. Times in milliseconds."""

    agent: str
    generation: int
    created_at: int
    expires_at: int


def new_token(org: str) -> str:
    """Return a fresh session token: 256 random bits, and whose organization they are looked up in.

    All of its characters may stand in `Authorization: Bearer` (RFC 6750 section 2.1) and in a cookie.
    """
    return f"{_PREFIX}{secrets.token_urlsafe(_SECRET)}~{org}"


def org_of(token: str) -> str | None:
    """Return the organization that a token names; None: it is no session token."""
    secret, mark, org = token.removeprefix(_PREFIX).partition("~")
    return org if token.startswith(_PREFIX) and secret and mark and org else None


def begin(account: Account, now_ms: int) -> Session:
    """Return the session of a login."""
    return Session(
        agent=account.id,
        generation=account.generation,
        created_at=now_ms,
        expires_at=now_ms + LIFETIME_MS,
    )


def holder(session: Session | None, roster: Roster, now_ms: int) -> Account | None:
    """Return whose session it is; None: it has ended, expired, or its agent is gone or has a new password."""
    if session is None or now_ms >= session.expires_at:
        return None
    account = roster.accounts.get(session.agent)
    return account if account and account.generation == session.generation else None
