"""Agents' passwords: what may be one, and their hashes, made beside the event loop."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from onethread.agents.account import AccountError

SHORTEST: Final = 8
"""Characters, the least that NIST SP 800-63B section 5.1.1 lets a person choose."""
LONGEST: Final = 255

MEMORY_KIB: Final = 19_456
PASSES: Final = 2
"""argon2id with 19 MiB and 2 passes on one thread, of OWASP's equally strong settings the one with the least
memory: some 25 ms of a core, and two logins at a time need 38 MiB."""
AT_ONCE: Final = 2
"""Hashes at work: more would only take the cores from the event loop."""
WAITING: Final = 64
"""Hashes that may wait for their turn, two seconds' worth; beyond that a login is answered at once."""

_SALT: Final = 16
_HASH: Final = 32


class Busy(Exception):
    """Too many passwords are being hashed: try again in a moment."""


def check_password(password: str) -> str:
    """Return the password. AccountError: it is too short or too long; it is not quoted."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountError(f"has {len(password)} characters, {SHORTEST} to {LONGEST} are allowed")
    return password


def _spelled(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


NOBODYS: Final = (
    f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${_spelled(bytes(_SALT))}${_spelled(bytes(_HASH))}"
)
"""A hash that no password has: verified for an account that isn't there, it takes as long as any other."""


class Passwords:
    """Hashes and compares, AT_ONCE at a time, in threads. Both raise Busy when too many wait already."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(
            time_cost=PASSES,
            memory_cost=MEMORY_KIB,
            parallelism=1,
            hash_len=_HASH,
            salt_len=_SALT,
            type=Type.ID,
        )
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """Return the password's hash, with a salt of its own."""
        async with self._turn():
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Tell whether this is the hash's password; None, an account that isn't there, takes as long."""
        async with self._turn():
            return await asyncio.to_thread(self._verify, hashed or NOBODYS, password)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()
