"""An organization's backend: HTTP with an API key of a scope."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from onethread.server_key import server_key
from onethread.settings import load
from onethread.store.organizations import Organizations
from tests.integration.acme import Acme, MakeAcme
from tests.integration.http import Answer, request
from tests.integration.serving import Running


class Backend:
    """Calls the API of a server with one key."""

    def __init__(self, server: Running, key: str, org: str) -> None:
        self.server = server
        self.key = key
        self.org = org

    async def call(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None, **query: Any
    ) -> Answer:
        """Send a request; `query` has its parameters."""
        asked = f"{path}?{urlencode(query)}" if query else path
        sent = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        return await request(self.server, method, asked, body, sent)

    async def get(self, path: str, **query: Any) -> Any:
        """Read what is there."""
        answer = await self.call("GET", path, **query)
        assert answer.status == 200, answer.body
        return answer.json

    async def add(self, **fields: Any) -> dict[str, Any]:
        """Bring a contact in."""
        answer = await self.call("POST", "/v1/contacts", fields)
        assert answer.status == 201, answer.body
        found: dict[str, Any] = answer.json
        return found

    async def pages(self, path: str, **query: Any) -> list[Any]:
        """All items of a list, page by page."""
        found: list[Any] = []
        while True:
            page = await self.get(path, **query)
            found += page["items"]
            if "cursor" not in page:
                return found
            query["cursor"] = page["cursor"]


async def key_of(server: Running, org: str, scope: str = "admin") -> str:
    """A new API key of an organization."""
    async with server.redis() as client:
        organizations = Organizations(client, server_key(load(server.environ)))
        _, key = await organizations.add_api_key(org, scope, f"key-{secrets.token_hex(16)}", scope=scope)  # type: ignore[arg-type]
    return key


async def backend_of(acme: Acme, scope: str = "admin") -> Backend:
    """The backend of an organization, with a new key."""
    org = acme.credentials["org"]
    return Backend(acme.server, await key_of(acme.server, org, scope), org)


async def both(acme: MakeAcme, **settings: Any) -> tuple[Acme, Backend]:
    """An organization and its backend."""
    org = await acme(**settings)
    return org, await backend_of(org)


def ids(items: list[dict[str, Any]]) -> list[str]:
    """The ids of what a list holds."""
    return [item["id"] for item in items]


MakeBackend = Callable[..., Awaitable[Backend]]


@pytest.fixture(name="backend")
async def backend_fixture(acme: MakeAcme) -> Backend:
    """The backend of an organization of the test's own, with a key that may do everything."""
    return await backend_of(await acme())
