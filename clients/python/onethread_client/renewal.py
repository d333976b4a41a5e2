"""When to fetch a fresh token, so that the old one never ends on a connection (WIRE.md section 8, Proofs)."""

from __future__ import annotations

from onethread_client.backoff import Backoff

# A minute is enough for a slow backend and a few retries; a token that lives shorter than two is renewed at
# half its life.
AHEAD = 60.0


class Renewal:
    """The life of the token a connection was admitted with. Times are the caller's monotonic seconds."""

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff
        self._due: float | None = None

    def given(self, expires_in_ms: int | None, now: float) -> None:
        """`ready` or `authed` told how long the token lives; None: there is none to renew."""
        self._backoff.reset()
        if expires_in_ms is None:
            self._due = None
        else:
            life = expires_in_ms / 1000
            self._due = now + max(life - AHEAD, life / 2)

    def failed(self, now: float) -> None:
        """No fresh token was had, or it was not taken: try again later."""
        self._due = now + self._backoff.next()

    def started(self) -> None:
        """A fresh token is being fetched."""
        self._due = None

    def is_due(self, now: float) -> bool:
        """Whether to fetch one now."""
        return self._due is not None and now >= self._due

    def deadline(self) -> float | None:
        """When it will be due."""
        return self._due
