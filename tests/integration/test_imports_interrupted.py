"""Uploads that break off, and imports over a server that ends in the middle."""

import asyncio
from collections.abc import Awaitable, Callable
from http.client import HTTPConnection

from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.backend import Backend
from tests.integration.backend import backend_fixture as backend_fixture
from tests.integration.hubs import until
from tests.integration.importing import CSV, counts, report, send
from tests.integration.serving import Running
from tests.integration.wire import PATIENCE

MakeServer = Callable[..., Awaitable[Running]]


async def test_an_upload_broken_off(backend: Backend) -> None:
    """A body that ends before it is whole is no import, and leaves no file."""
    folder = backend.server.data / "imports"
    connection = HTTPConnection("127.0.0.1", backend.server.port, timeout=PATIENCE)

    def upload() -> None:
        connection.putrequest("POST", "/v1/contacts/import")
        for name, value in {
            "Authorization": f"Bearer {backend.key}",
            "Content-Length": "9000000",
            **CSV,
        }.items():
            connection.putheader(name, value)
        connection.endheaders(b"user_id,name\n" + b"1,Ann\n" * 500_000)

    async def spooled() -> bool:
        return bool(list(folder.glob("*")))

    async def gone() -> bool:
        return not await spooled()

    await asyncio.to_thread(upload)
    await until(spooled)
    connection.close()
    await until(gone)
    assert (await backend.get("/v1/contacts"))["items"] == []


async def test_killed_in_the_middle(make_server: MakeServer) -> None:
    """A server killed in the middle of an import goes on with it when it is started again, and the report is
    the one of an import that was never interrupted, rows without a key among it."""
    server = await make_server()
    backend = Backend(server, "demo-api-key", "demo")
    rows = "".join(f"{n},Person {n}\n,Keyless {n}\n" for n in range(1_000))
    import_id = await send(backend, "user_id,name\n" + rows + "bad\n")

    async def begun() -> bool:
        return bool((await backend.get(f"/v1/imports/{import_id}"))["rows"])

    await until(begun)
    await server.kill_everything()
    await server.start()
    found = await report(backend, import_id)
    assert (found["state"], counts(found)) == ("done", [2_000, 0, 0, 1])
    names = [contact["name"] for contact in await backend.pages("/v1/contacts", limit=200)]
    assert (len(names), len(set(names))) == (2_000, 2_000)
    assert list((server.data / "imports").iterdir()) == []


async def test_stopped_in_the_middle(make_server: MakeServer) -> None:
    """A server that is stopped leaves an import where it is, and goes on after its next start."""
    server = await make_server()
    backend = Backend(server, "demo-api-key", "demo")
    import_id = await send(backend, "user_id,name\n" + "".join(f"{n},Person {n}\n" for n in range(2_000)))
    assert await server.stop() == 0
    await server.start()
    found = await report(backend, import_id)
    assert (found["state"], counts(found)) == ("done", [2_000, 0, 0, 0])
