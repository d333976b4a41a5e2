"""Where fresh JWTs come from: the program's own backend, asked at each init and before the old one ends."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable

from onethread_client.errors import ClientError

Provider = Callable[[], str | Awaitable[str]]

WITHIN = 10.0


class TokenUnavailable(ClientError):
    """The provider failed or took longer than 10 s. What it said may hold a secret and is not repeated."""


class TokenSource:
    """A token given once, a provider of fresh ones, or neither."""

    def __init__(self, token: str | Provider | None) -> None:
        self._token = token

    @property
    def given(self) -> str | None:
        """The token that needs no asking."""
        return self._token if isinstance(self._token, str) else None

    @property
    def renewable(self) -> bool:
        """Whether a fresh token can be had."""
        return callable(self._token)

    async def fetch(self) -> str | None:
        """The token for an init or `auth`, None if there is none. Raises `TokenUnavailable`."""
        if not callable(self._token):
            return self._token
        try:
            async with asyncio.timeout(WITHIN):
                token = self._token()
                return await token if inspect.isawaitable(token) else token
        except Exception:  # noqa: BLE001 - whatever the program's own code raises, the client goes on without a token
            raise TokenUnavailable("the token provider failed") from None
