"""May I reconnect, and when? The column of WIRE.md section 7 as a client obeys it, decided without a socket
or a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from onethread_client.backoff import Backoff, Random
from onethread_client.frames import Bye, Error

# Inits are limited by the minute; a client that comes back sooner than this only adds to what the limit is
# against.
LATER = 15.0
# A connection that lasted this long was no failure: the next one may be tried soon.
STEADY = 10.0


class Rule(Enum):
    """What a close code asks of the client."""

    NEVER = auto()
    BACKOFF = auto()
    AFTER_BYE = auto()
    AFTER_FIXING = auto()
    OTHER_CREDENTIALS = auto()
    WITH_USER = auto()
    LATER = auto()


# Any code that is not here: with backoff.
RULES: Mapping[int, Rule] = MappingProxyType(
    {
        1000: Rule.NEVER,
        1003: Rule.NEVER,
        1009: Rule.BACKOFF,
        1012: Rule.AFTER_BYE,
        4400: Rule.NEVER,
        4401: Rule.AFTER_FIXING,
        4403: Rule.OTHER_CREDENTIALS,
        4408: Rule.BACKOFF,
        4409: Rule.WITH_USER,
        4429: Rule.LATER,
        4430: Rule.BACKOFF,
    }
)


class Act(Enum):
    """What ends a `Stay`, besides a person who asks for it."""

    NOTHING = auto()
    SENDING = auto()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a connection, or the attempt at one, ended. `error` is the last one that was not about a command or
    request. `unmade` says why there was no connection at all.
    """

    code: int
    lasted: float = 0.0
    error: Error | None = None
    bye: Bye | None = None
    unmade: str = ""

    @property
    def why(self) -> str:
        """For a person: the server's reason and sentence, or the code, or why there was no connection."""
        if self.unmade:
            return f"no connection: {self.unmade}"
        if self.error is None:
            return f"closed with {self.code}"
        return f"{self.error.reason}: {self.error.message}" if self.error.message else self.error.reason


@dataclass(frozen=True, slots=True)
class Again:
    """Connect after `delay` seconds."""

    delay: float


@dataclass(frozen=True, slots=True)
class Stay:
    """Do not connect by yourself; `reason` says why, `act` what a person does that means "connect"."""

    code: int
    reason: str
    act: Act = Act.NOTHING


class Reconnect:
    """The policy of one client. It counts failures, so that each waits longer than the one before."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._backoff = Backoff(random)

    def after(self, ended: Ended, *, user: bool, renewable: bool) -> Again | Stay:
        """What to do now. `user`: the init has a `user_id`. `renewable`: a fresh token can be had for an
        expired one.
        """
        if ended.lasted >= STEADY:
            self._backoff.reset()
        reason = ended.why
        if ended.bye is not None:
            return self._after_bye(ended.bye, ended.code)
        match RULES.get(ended.code, Rule.BACKOFF):
            case Rule.NEVER | Rule.OTHER_CREDENTIALS:
                return Stay(ended.code, reason)
            case Rule.AFTER_FIXING:
                fixed = renewable and ended.error is not None and ended.error.reason == "token_expired"
                return Again(self._backoff.next()) if fixed else Stay(ended.code, reason)
            case Rule.WITH_USER:
                return Again(self._backoff.next()) if user else Stay(ended.code, reason, Act.SENDING)
            case Rule.LATER:
                asked = (ended.error.retry_after_ms or 0) / 1000 if ended.error else 0.0
                return Again(max(LATER, asked) * (1 + self._random()))
            case _:
                return Again(self._backoff.next())

    def asked(self) -> None:
        """A person asked to connect: the next failure waits as briefly as the first."""
        self._backoff.reset()

    def _after_bye(self, bye: Bye, code: int) -> Again | Stay:
        if not bye.reconnect or bye.reason == "logout":
            return Stay(code, bye.reason)
        after = bye.after_ms / 1000
        # Spread at random, and never sooner than asked: all of a hub's clients come back to the others at
        # once.
        return Again(after + self._random() * max(1.0, after / 2))
