"""Agents' sessions and logins (agents/login.py, LoginStore). Of tokens and e-mails keyed hashes are kept.

{ORG}:session:DIGEST         a Session as JSON; goes when it expires
onethread:logins:{DIGEST}    tries at an account; goes ten minutes after the first
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final, cast

import msgspec
from redis.asyncio import Redis

from onethread.agents.roster import Roster
from onethread.agents.session import Session, new_token, org_of
from onethread.hub.staff import Ticket
from onethread.identity.record import Missing
from onethread.store.accounts import Accounts
from onethread.store.documents import desk_channel, is_slug, translated
from onethread.store.errors import StoreUnavailable, UnknownOutcome
from onethread.store.scripts import load

TRIES: Final = 10
"""Failed logins of one account in TRIES_MS; then it has to wait. A person is done sooner, a guesser gets
half a million a year."""
TRIES_MS: Final = 10 * 60 * 1000
SESSION_ENDED: Final = b"s"
"""The word on the desk's channel: a session has ended."""


class Sessions:
    """The store of sessions; `key` is the server's own key. Everything raises StoreError."""

    def __init__(self, client: Redis, key: bytes) -> None:
        self._client = client
        self._key = key
        self._accounts = Accounts(client)
        self._attempt = client.register_script(load("attempt").body)

    async def roster(self, org: str) -> Roster | None:
        """Return the agents of an organization, None if there is none of this name."""
        try:
            return await self._accounts.roster(org)
        except Missing:
            return None

    async def attempt(self, org: str, email: str) -> int:
        """Count a try at an account; 0, or after how many milliseconds another is taken."""
        with translated(UnknownOutcome):
            return int(await self._attempt(keys=[self._tries(org, email)], args=[TRIES, TRIES_MS]))

    async def logged_in(self, org: str, email: str) -> None:
        """Forget the tries at an account."""
        with translated(UnknownOutcome):
            await self._client.delete(self._tries(org, email))

    async def open(self, org: str, session: Session) -> str:
        """Keep a session and return its token, which is kept nowhere."""
        token = new_token(org)
        with translated(UnknownOutcome):
            packed = msgspec.json.encode(session)
            await self._client.set(self.key(org, token), packed, pxat=session.expires_at)
        return token

    async def find(self, token: str) -> tuple[str, Session] | None:
        """Return the organization and the session of a token; None: it opens nothing."""
        org = org_of(token)
        if org is None or not is_slug(org):
            return None
        with translated(StoreUnavailable):
            packed = cast("bytes | None", await self._client.get(self.key(org, token)))
        return None if packed is None else (org, msgspec.json.decode(packed, type=Session))

    async def ticket(self, token: str) -> Ticket | None:
        """Return the session of a token, None if it opens nothing; see SessionStore."""
        found = await self.find(token)
        return None if found is None else Ticket(*found, self.key(found[0], token))

    async def close(self, token: str) -> bool:
        """End the session of a token, if there is one; its consoles are closed by the hubs that have them."""
        found = await self.find(token)
        if found is None:
            return False
        org, _ = found
        with translated(UnknownOutcome):
            await self._client.delete(self.key(org, token))
            await self._client.spublish(desk_channel(org), SESSION_ENDED)
        return True

    def key(self, org: str, token: str) -> str:
        """Return the key of a token's session."""
        return f"{{{org}}}:session:{self._digest(b'session', token)}"

    def _tries(self, org: str, email: str) -> str:
        return f"onethread:logins:{{{self._digest(b'login', f'{org} {email}')}}}"

    def _digest(self, purpose: bytes, text: str) -> str:
        return hmac.new(
            self._key, b"onethread " + purpose + b"\0" + text.encode(), hashlib.sha256
        ).hexdigest()
