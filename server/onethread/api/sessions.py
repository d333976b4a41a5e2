"""`/v1/sessions`: agents log in and out (WIRE.md section 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from onethread.agents import cookie
from onethread.agents.account import agent_view
from onethread.agents.login import LoggedIn, Logins, Refused
from onethread.agents.session import LIFETIME_MS
from onethread.api.callers import not_let_in
from onethread.api.operation import Call, Contract, Noun, answered, done
from onethread.api.problems import Problem
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


class SessionOperations(Noun):
    """`POST` and `DELETE /v1/sessions`. `address_of` is the client's, after trusted proxies."""

    def __init__(self, logins: Logins, sessions: EndsSessions, address_of: Callable[[Request], str]) -> None:
        self._logins = logins
        self._sessions = sessions
        self._address_of = address_of

    @Contract(
        method="POST",
        path=PATH,
        summary="Log an agent in.",
        scope=None,
        body=SessionRequest,
        answers={200: SessionAnswer},
        reasons=("bad_credentials", "origin_refused", "rate_limited"),
    )
    async def _log_in(self, call: Call) -> Response:
        request, wanted = call.request, call.body
        origin, host = request.headers.get("origin"), request.headers.get("host", "")
        if wanted.cookie is True and origin is not None and not cookie.own_origin(origin, host):
            raise Problem("origin_refused", "The cookie is for the server's own pages.")
        address = self._address_of(request)
        try:
            logged_in = await self._logins.login(wanted.org, wanted.email, wanted.password, address)
        except Refused as refused:
            if refused.retry_after_ms:
                wait = refused.retry_after_ms
                raise Problem("rate_limited", "Too many logins; try later.", retry_after_ms=wait) from None
            raise not_let_in("`org`, `email` and `password` don't belong together.") from None
        return _logged_in(logged_in, host if wanted.cookie is True else None)

    @Contract(
        method="DELETE",
        path=PATH,
        summary="Log the agent out: end the session that this request comes with.",
        scope=None,
        answers={204: None},
        reasons=("bad_credentials",),
    )
    async def _log_out(self, call: Call) -> Response:
        token = session_token(call.request)
        if token is None or not await self._sessions.close(token):
            raise not_let_in("There is no such session.")
        response = done()
        if cookie.NAME in call.request.cookies:
            _set_cookie(response, "", 0, call.request.headers.get("host", ""))
        return response


def session_token(request: Request) -> str | None:
    """Return the session token of a request: of its Authorization header, else of its cookie, which counts
    only with the server's own Origin."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme:
        return token.strip() or None if scheme.lower() == "bearer" else None
    return cookie.session_token(
        request.headers.get("origin"), request.headers.get("host", ""), request.cookies
    )


def _logged_in(logged_in: LoggedIn, cookie_host: str | None) -> Response:
    body = SessionAnswer(
        token=logged_in.token if cookie_host is None else UNSET,
        expires_at=logged_in.session.expires_at,
        agent=agent_view(logged_in.account),
    )
    response = answered(body)
    if cookie_host is not None:
        _set_cookie(response, logged_in.token, LIFETIME_MS // 1000, cookie_host)
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
