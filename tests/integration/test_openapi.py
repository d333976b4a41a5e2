"""The API against its own description: schemathesis makes requests that fit it, and requests that don't."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.integration.serving import Running

EXAMPLES = 8
"""Requests of each operation that fit its description, and as many that don't: half a minute in all."""
RULES = {
    "get_contacts": "one filter at a time, and a cursor that a page gave",
    "post_contacts": "no NUL in a profile",
    "patch_contacts_id": "no NUL in a profile",
    "get_threads": "a cursor that a page gave, and `mine` for agents",
    "get_threads_id_events": "a cursor that a page gave",
    "patch_threads_id": "an assignee that there is",
    "post_threads_id_messages": "an agent that there is",
    "post_agents": "an e-mail with an @",
    "post_apps": "origins, and each field asked once",
    "post_identity_keys": "32 bytes, counted in UTF-8",
    "get_imports": "a cursor that a page gave",
    "post_contacts_import": "a header with columns that are known",
    "post_contacts_import_preview": "a header with columns that are known",
    "post_webhooks": "https, and a public address; one event at least; 10 webhooks at most",
    "patch_webhooks_id": "https, and a public address; one event at least",
    "get_webhooks_id_dead_letters": "a cursor that a page gave",
}
"""Operations with rules that a schema can't say: a request that fits it may still be refused."""
KEY = "demo-api-key"


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server of the test's own, for whatever is made up is done to it; and its description."""
    server = Running(tmp_path_factory.mktemp("described"))
    asyncio.run(server.start())
    yield schemathesis.openapi.from_url(f"http://127.0.0.1:{server.port}/openapi.json")
    asyncio.run(server.end())
    assert "Traceback" not in server.log()
    assert "request failed" not in server.log()


def test_every_answer_is_as_described(described: Any) -> None:
    """Whatever is asked, the answer's status, type, headers and body are those that the description has; what
    does not fit it is refused; nothing is let in without a key; no answer is a server error."""
    operations = [found.ok() for found in described.get_all_operations()]
    assert set(RULES) <= {operation.definition.raw["operationId"] for operation in operations}
    for operation in operations:
        raw = operation.definition.raw
        unsaid = [positive_data_acceptance] if raw["operationId"] in RULES else []
        run(operation.as_strategy(generation_mode=GenerationMode.POSITIVE), unsaid)
        if raw["parameters"] or "requestBody" in raw:
            run(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), unsaid)


def run(cases: SearchStrategy[Case], excluded: list[Any]) -> None:
    """Make requests of one operation and check the answers."""

    @given(cases)
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Case) -> None:
        headers = {"Authorization": f"Bearer {KEY}"}
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    check()
