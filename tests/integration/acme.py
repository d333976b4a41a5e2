"""An organization of the test's own, and what its backend vouches for (WIRE.md section 8), made by hand."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from websockets import ConnectionClosed

from tests.integration.serving import IDENTITY_KEY, Running
from tests.integration.wire import Customer, Frame


class Acme:
    """An organization, and the connections that a test has made to it."""

    def __init__(self, server: Running, credentials: Frame) -> None:
        self.server = server
        self.credentials = credentials
        self._opened: list[Customer] = []

    async def dial(self, url: str = "", **options: Any) -> Customer:
        """Connect without an init; `url` is another hub's."""
        options.setdefault("max_queue", None)  # what nobody reads must not hold up the close
        customer = await Customer.dial(url or self.server.url, **options)
        self._opened.append(customer)
        return customer

    async def come(self, url: str = "", *, origin: str | None = None, **init: Any) -> Customer:
        """Connect and init; `ready` has the ready frame, or stays empty if the connection is closed."""
        customer = await self.dial(url, **({"origin": origin} if origin else {}))
        await customer.init(**{"credentials": self.credentials, **init})
        with suppress(ConnectionClosed):
            customer.ready = await customer.next("ready")
        return customer

    async def join(self, url: str = "", **init: Any) -> Customer:
        """Connect, init and read the replay; `ready` has the ready frame."""
        customer = await self.come(url, **init)
        await customer.replayed()
        return customer

    async def race(self, inits: list[Frame]) -> list[Customer]:
        """Connect all, then send their inits at once; each comes back with its ready frame."""
        customers = await asyncio.gather(*(self.dial() for _ in inits))
        for customer, init in zip(customers, inits, strict=True):
            await customer.init(credentials=self.credentials, **init)
        for customer in customers:
            customer.ready = await customer.next("ready")
        return customers

    async def turned_away(self, **init: Any) -> tuple[Frame, int]:
        """Connect and init; the error, and the close code after it."""
        customer = await self.come(**init)
        code = await customer.closed()
        assert [frame["t"] for frame in customer.frames] == ["error"]
        return customer.frames[0], code

    async def keys(self) -> set[str]:
        """Everything that is stored of the organization's people."""
        async with self.server.redis() as client:
            return {key.decode() async for key in client.scan_iter(f"{{{self.credentials['org']}:*")}

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.gather(*(customer.close() for customer in self._opened))


MakeAcme = Callable[..., Awaitable[Acme]]


@pytest.fixture(name="acme")
async def acme_fixture(shared_server: Running) -> AsyncIterator[MakeAcme]:
    """Make organizations with these settings; what was connected to them is closed with the test."""
    made: list[Acme] = []

    async def make(server: Running = shared_server, **settings: Any) -> Acme:
        organization = await server.organize(f"acme-{secrets.token_hex(8)}", **settings)
        made.append(Acme(server, {"org": organization.org, "app_id": 1, "app_secret": "secret"}))
        return made[-1]

    yield make
    for one in made:
        await one.close()


@pytest.fixture(name="quiet", autouse=True, scope="module")
def quiet_fixture(shared_server: Running) -> Iterator[None]:
    """Whatever the module's tests do, the server's log has no traceback and no secret."""
    with quiet(shared_server):
        yield


def new_user() -> str:
    """A user_id that nobody has used."""
    return f"user-{secrets.token_hex(8)}"


def token(
    sub: str | None,
    *,
    lives: float | None = 3600,
    kid: str | None = "1",
    key: str = IDENTITY_KEY,
    alg: str = "HS256",
    **claims: Any,
) -> str:
    """A JWT for `sub` that expires in `lives` seconds (None: no `exp`)."""
    header = {"alg": alg, "typ": "JWT", **({"kid": kid} if kid else {})}
    exp = {} if lives is None else {"exp": int(time.time() + lives)}
    payload = {**({"sub": sub} if sub else {}), **exp, **claims}
    signed = f"{_part(json.dumps(header).encode())}.{_part(json.dumps(payload).encode())}"
    if alg == "none":
        return f"{signed}."
    digest = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}[alg]
    return f"{signed}.{_part(hmac.digest(key.encode(), signed.encode(), digest))}"


def user_hash(user_id: str, key: str = IDENTITY_KEY) -> str:
    """Hex HMAC-SHA256(identity key, user_id)."""
    return hmac.digest(key.encode(), user_id.encode(), "sha256").hex()


def refused(customer: Customer) -> bool:
    """Whether this connection was refused its identity: the error first, then a clean chat, and no more."""
    if "refused" not in customer.ready:
        return False
    error, ready = customer.frames[:2]
    assert (error["t"], error["code"], error["reason"]) == ("error", 403, "identity_refused")
    assert (ready["t"], ready["refused"], ready["identity"]) == ("ready", True, "none")
    assert ready["role"] == "visitor"
    assert "user_id" not in ready["contact"]
    return True


@contextmanager
def quiet(server: Running) -> Iterator[None]:
    """Fail if what is done meanwhile leaves a traceback, or a secret of these tests, in the log."""
    before = len(server.log())
    yield
    logged = server.log()[before:]
    assert "Traceback" not in logged
    assert [secret for secret in (IDENTITY_KEY, SECRET, "eyJ") if secret in logged] == []


SECRET = "hush-"
"""Every secret and every text of these tests begins like this, so that they are found in the log."""


def secret() -> str:
    """A secret of the test's own."""
    return f"{SECRET}{secrets.token_hex(8)}"


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
