"""Who makes a request, what it may do, and how it says who it is."""

from __future__ import annotations

from typing import Final, Protocol

import msgspec
from starlette.requests import Request

from onethread.agents import cookie
from onethread.api.problems import Problem
from onethread.identity.organization import SCOPES, Organization, Scope
from onethread_protocol.people import AgentView

SAFE: Final = ("GET", "HEAD")
CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="onethread"'}


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """An API key or an agent's session, of one organization.

    `id` is the key's, or the session's agent's, `kind` tells which; `agent` is None for a key. `rated` names
    what the rate limit counts.
    """

    organization: Organization
    kind: str
    id: str
    scope: Scope
    rated: str
    agent: AgentView | None = None

    def may(self, scope: Scope) -> bool:
        """Tell whether it may do what needs this scope."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


class Callers(Protocol):
    """Those who may call: API keys and agents' sessions."""

    async def caller(self, token: str) -> Caller | None:
        """Return whose key or session token this is, None if it is nobody's. StoreFailure: nobody knows."""


def presented(request: Request) -> str:
    """Return the key or token that a request brings. Problem 401: none.

    A cookie counts only for the server's own pages: by their Origin, which a browser puts on whatever may
    change something; a page's own GET has none, and is known by Sec-Fetch-Site.
    """
    given = request.headers.getlist("authorization")
    if given:
        scheme, _, token = given[0].partition(" ")
        if len(given) > 1 or scheme.lower() != "bearer" or not token.strip():
            raise not_let_in("`Authorization` must be `Bearer` and an API key or a session token.")
        return token.strip()
    token = request.cookies.get(cookie.NAME, "")
    if not token:
        raise not_let_in("An API key or a session token is needed: -H 'Authorization: Bearer …'.")
    origin, host = request.headers.get("origin"), request.headers.get("host", "")
    own_read = origin is None and request.method in SAFE
    if own_read and request.headers.get("sec-fetch-site") == "same-origin":
        return token
    if not cookie.own_origin(origin, host):
        raise not_let_in("The session cookie counts for the server's own pages only.")
    return token


def not_let_in(detail: str = "This API key or session token is not valid.") -> Problem:
    """Return the problem of who is not let in."""
    return Problem("bad_credentials", detail, headers=CHALLENGE)
