"""Whose key or session token a request brings: the API's Callers, over the store's parts."""

from __future__ import annotations

import hashlib

from onethread.agents.account import agent_view
from onethread.agents.session import holder, org_of
from onethread.api.callers import Caller
from onethread.hub.clock import now_ms
from onethread.store.organizations import Organizations
from onethread.store.sessions import Sessions


class StoredCallers:
    """API keys and sessions, asked of the store for every request: one that is ended is ended at once."""

    def __init__(self, organizations: Organizations, sessions: Sessions) -> None:
        self._organizations = organizations
        self._sessions = sessions

    async def caller(self, token: str) -> Caller | None:
        """Return whose token this is; see onethread.api.callers.Callers."""
        return await (self._of_session(token) if org_of(token) else self._of_api_key(token))

    async def _of_api_key(self, key: str) -> Caller | None:
        found = await self._organizations.of_api_key(key)
        if found is None:
            return None
        organization, known = found
        rated = f"api_key {organization.org} {known.id}"
        return Caller(organization=organization, kind="api_key", id=known.id, scope=known.scope, rated=rated)

    async def _of_session(self, token: str) -> Caller | None:
        found = await self._sessions.find(token)
        if found is None:
            return None
        org, session = found
        roster = await self._sessions.roster(org)
        account = holder(session, roster, now_ms()) if roster else None
        organization = await self._organizations.find(org)
        if account is None or organization is None:
            return None
        return Caller(
            organization=organization,
            kind="agent",
            id=account.id,
            scope="admin" if account.role == "admin" else "write",
            # A session's, not the agent's; and no token lies about in memory.
            rated=f"session {hashlib.sha256(token.encode()).hexdigest()}",
            agent=agent_view(account),
        )
