"""Imports over HTTP, as a backend asks for them."""

from typing import Any

from tests.integration.backend import Backend
from tests.integration.hubs import until

CSV = {"Content-Type": "text/csv"}


async def send(backend: Backend, file: str | bytes, **query: str) -> str:
    """Import a file; the import's id."""
    body = file.encode() if isinstance(file, str) else file
    answer = await backend.call("POST", "/v1/contacts/import", body, CSV, **query)
    assert answer.status == 202, answer.body
    found: str = answer.json["id"]
    assert answer.json == {"id": found}
    return found


async def report(backend: Backend, import_id: str) -> Any:
    """The report of an import when it has ended."""

    async def ended() -> bool:
        state = (await backend.get(f"/v1/imports/{import_id}"))["state"]
        assert state in ("queued", "running", "done", "failed")
        return state in ("done", "failed")

    await until(ended)
    return await backend.get(f"/v1/imports/{import_id}")


async def imported(backend: Backend, file: str | bytes, **query: str) -> Any:
    return await report(backend, await send(backend, file, **query))


def counts(found: Any) -> list[int]:
    return [found[name] for name in ("imported", "updated", "unchanged", "skipped")]


async def exported(backend: Backend, **query: str) -> bytes:
    answer = await backend.call("GET", "/v1/contacts/export", **query)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["content-disposition"] == 'attachment; filename="contacts.csv"'
    return answer.body
