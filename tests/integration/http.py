"""HTTP as curl speaks it, with the standard library: nothing of the server's code."""

import asyncio
import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from tests.integration.serving import Running
from tests.integration.wire import PATIENCE

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """What came back; `json` is the body read as JSON."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def request(
    server: Running,
    method: str,
    path: str,
    body: object = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Send one request; `body` is sent as JSON, bytes as they are."""
    payload = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    sent = {**({} if body is None else JSON), **(headers or {})}

    def exchange() -> Answer:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        try:
            connection.request(method, path, payload, sent)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    return await asyncio.to_thread(exchange)


def origin(server: Running) -> dict[str, str]:
    """The Origin of the server's own pages."""
    return {"Origin": f"http://127.0.0.1:{server.port}"}
