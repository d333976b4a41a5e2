"""Logging in: from an e-mail and a password to a session.

Whatever is wrong, the organization, the e-mail or the password, the answer and the work are the same. Tries
are limited by address and, over all hubs, by account, whether there is one or not.
"""

from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from onethread.agents.account import Account, folded
from onethread.agents.passwords import Busy, Passwords
from onethread.agents.roster import Roster
from onethread.agents.session import Session, begin

BUSY_MS: Final = 1_000
"""When to come back if too many log in at once: some forty logins later."""


class Attempts(Protocol):
    """How often one address may try. Implemented by the gateway."""

    def login(self, address: str) -> int:
        """Count a try; 0, or after how many milliseconds another is taken."""

    def logged_in(self, address: str) -> None:
        """Take back the last try: it was no failure."""


class LoginStore(Protocol):
    """What a login asks of the store. Everything raises StoreFailure."""

    async def roster(self, org: str) -> Roster | None:
        """Return the agents of an organization, None if there is none of this name."""

    async def attempt(self, org: str, email: str) -> int:
        """Count a try at an account; 0, or after how many milliseconds another is taken."""

    async def logged_in(self, org: str, email: str) -> None:
        """Forget the tries at an account."""

    async def open(self, org: str, session: Session) -> str:
        """Keep a session and return its token, which is kept nowhere."""


class Refused(Exception):
    """No login. `retry_after_ms` is not 0 when it was not even looked at: too many tries."""

    def __init__(self, retry_after_ms: int = 0) -> None:
        super().__init__("refused")
        self.retry_after_ms = retry_after_ms


class LoggedIn(msgspec.Struct, frozen=True):
    """A session, its token and its agent."""

    token: str
    session: Session
    account: Account

    def __repr__(self) -> str:
        """Leave the token out."""
        return f"LoggedIn(account={self.account!r})"


class Logins:
    """Logs agents in."""

    def __init__(
        self, store: LoginStore, attempts: Attempts, passwords: Passwords, now_ms: Callable[[], int]
    ) -> None:
        self._store = store
        self._attempts = attempts
        self._passwords = passwords
        self._now_ms = now_ms

    async def login(self, org: str, email: str, password: str, address: str) -> LoggedIn:
        """Return a new session. Refused: this is nobody's e-mail and password, or too many were tried."""
        email = folded(email)
        wait = self._attempts.login(address) or await self._store.attempt(org, email)
        if wait:
            raise Refused(wait)
        roster = await self._store.roster(org) or Roster()
        account = roster.by_email(email)
        try:
            right = await self._passwords.matches(password, account.password if account else None)
        except Busy:
            raise Refused(BUSY_MS) from None
        if account is None or not right:
            raise Refused
        self._attempts.logged_in(address)
        await self._store.logged_in(org, email)
        session = begin(account, self._now_ms())
        return LoggedIn(await self._store.open(org, session), session, account)
