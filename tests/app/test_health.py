"""The routes for those who run the server, called as an ASGI server calls them."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter
from starlette.applications import Starlette

from onethread.api.health import Unready, health_routes

Get = Callable[..., Awaitable[tuple[int, dict[str, str], bytes]]]


class Server:
    """The routes, of a hub that is as `unready` says."""

    def __init__(self) -> None:
        self.unready: Unready | None = None
        self.registry = CollectorRegistry()
        self.app = Starlette(routes=health_routes(self._unready, self.registry))

    async def _unready(self) -> Unready | None:
        return self.unready

    async def get(
        self, path: str, method: str = "GET", accept: str = "*/*"
    ) -> tuple[int, dict[str, str], bytes]:
        sent: list[dict[str, Any]] = []
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(b"accept", accept.encode())],
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.fixture
def server() -> Server:
    return Server()


async def test_healthz_lives_as_long_as_the_process(server: Server) -> None:
    """A process that answers is healthy, also when it can't serve customers: a restart mends nothing."""
    server.unready = "store_unavailable"
    assert (await server.get("/healthz"))[0] == 200


@pytest.mark.parametrize("reason", ["starting", "draining", "store_unavailable"])
async def test_readyz_says_why_not(server: Server, reason: Unready) -> None:
    """A hub that should be sent no customers answers 503 with the reason."""
    server.unready = reason
    status, headers, body = await server.get("/readyz")
    assert (status, json.loads(body)) == (503, {"ready": False, "reason": reason})
    assert headers["cache-control"] == "no-store"


async def test_readyz_of_a_ready_hub(server: Server) -> None:
    """A hub that can serve answers 200."""
    status, _, body = await server.get("/readyz")
    assert (status, json.loads(body)) == (200, {"ready": True})


@pytest.mark.parametrize("accept", ["*/*", "application/openmetrics-text; version=1.0.0"])
async def test_metrics_are_prometheus(server: Server, accept: str) -> None:
    """Metrics come in the format asked for, Prometheus's text unless OpenMetrics is."""
    Counter("onethread_things", "Things.", registry=server.registry).inc(3)
    status, headers, body = await server.get("/metrics", accept=accept)
    assert status == 200
    assert headers["content-type"].startswith(
        "text/plain" if accept == "*/*" else "application/openmetrics-text"
    )
    assert b"onethread_things_total 3" in body


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_only_reading(server: Server, path: str) -> None:
    """HEAD is answered as GET, other methods with 405."""
    assert (await server.get(path, "HEAD"))[0] == 200
    assert (await server.get(path, "POST"))[0] == 405
