"""`/v1/sessions`: agents log in and out (WIRE.md section 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onethread.agents import cookie
from onethread.agents.account import agent_view
from onethread.agents.login import LoggedIn, Logins, Refused
from onethread.agents.session import LIFETIME_MS
from onethread.api.bodies import read_body
from onethread.api.problems import FRESH, guarded, problem
from onethread_protocol.bounds import Email, Millis, Org, Secret, Token
from onethread_protocol.people import AgentView
from onethread_protocol.shape import Shape

PATH: Final = "/v1/sessions"


class SessionRequest(Shape, frozen=True, kw_only=True):
    """Who logs in; with `cookie`, a page of the server's own, which the token is kept from."""

    org: Org
    email: Email
    password: Secret
    cookie: bool | UnsetType = UNSET


class SessionAnswer(Shape, frozen=True, kw_only=True):
    """The session; without `token` it is in the cookie."""

    token: Token | UnsetType = UNSET
    expires_at: Millis
    agent: AgentView


class EndsSessions(Protocol):
    """What logging out asks of the store. Raises StoreFailure."""

    async def close(self, token: str) -> bool:
        """End the session of a token, if there is one, and its consoles; false if it opens nothing."""


def session_routes(
    logins: Logins, sessions: EndsSessions, address_of: Callable[[Request], str]
) -> list[Route]:
    """`POST` and `DELETE /v1/sessions`. `address_of` is the client's, after trusted proxies."""

    async def log_in(request: Request) -> Response:
        wanted = await read_body(request, SessionRequest)
        origin, host = request.headers.get("origin"), request.headers.get("host", "")
        if wanted.cookie is True and origin is not None and not cookie.own_origin(origin, host):
            raise problem("origin_refused", "The cookie is for the server's own pages.")
        try:
            done = await logins.login(wanted.org, wanted.email, wanted.password, address_of(request))
        except Refused as refused:
            if refused.retry_after_ms:
                wait = refused.retry_after_ms
                raise problem("rate_limited", "Too many logins; try later.", retry_after_ms=wait) from None
            raise problem("bad_credentials", "`org`, `email` and `password` don't belong together.") from None
        return _logged_in(done, host if wanted.cookie is True else None)

    async def log_out(request: Request) -> Response:
        token = session_token(request)
        if token is None or not await sessions.close(token):
            raise problem("bad_credentials", "There is no such session.")
        response = Response(status_code=204, headers=FRESH)
        if cookie.NAME in request.cookies:
            host = request.headers.get("host", "")
            _set_cookie(response, "", 0, host)
        return response

    return [
        Route(PATH, guarded(log_in), methods=["POST"]),
        Route(PATH, guarded(log_out), methods=["DELETE"]),
    ]


def session_token(request: Request) -> str | None:
    """Return the session token of a request: of its Authorization header, else of its cookie, which counts
    only with the server's own Origin."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme:
        return token.strip() or None if scheme.lower() == "bearer" else None
    return cookie.session_token(
        request.headers.get("origin"), request.headers.get("host", ""), request.cookies
    )


def _logged_in(done: LoggedIn, cookie_host: str | None) -> Response:
    body = SessionAnswer(
        token=done.token if cookie_host is None else UNSET,
        expires_at=done.session.expires_at,
        agent=agent_view(done.account),
    )
    response = Response(msgspec.json.encode(body), 200, FRESH, "application/json")
    if cookie_host is not None:
        _set_cookie(response, done.token, LIFETIME_MS // 1000, cookie_host)
    return response


def _set_cookie(response: Response, token: str, seconds: int, host: str) -> None:
    response.set_cookie(
        cookie.NAME,
        token,
        max_age=seconds,
        path="/",
        secure=cookie.secure(host),
        httponly=True,
        samesite="strict",
    )
