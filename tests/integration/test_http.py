"""The HTTP edge of a real server: who is let in, what is refused and how, and what is never told."""

import json
from collections.abc import Awaitable, Callable
from http.client import HTTPConnection
from typing import Any

import pytest

from onethread.server_key import server_key
from onethread.settings import load
from onethread.store.organizations import Organizations
from tests.integration.acme import MakeAcme, secret, token, user_hash
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.backend import Backend, backend_of
from tests.integration.backend import backend_fixture as backend_fixture
from tests.integration.http import JSON, Answer, request
from tests.integration.hubs import until
from tests.integration.serving import Running
from tests.integration.wire import PATIENCE
from tests.store.link_store import Valkey

MakeServer = Callable[..., Awaitable[Running]]


def problem(answer: Answer) -> tuple[int, str]:
    """Status and reason of a refusal, which has the form that all have."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json
    assert body["status"] == answer.status
    assert {"type", "title", "detail"} <= set(body)
    assert "Traceback" not in body["detail"]
    return answer.status, body["reason"]


async def test_no_key_and_a_wrong_one(backend: Backend) -> None:
    """Without a key, and with one that is nobody's, nothing is told but how to come in."""
    for headers in ({}, {"Authorization": "Bearer nobodys"}, {"Authorization": "Basic eDp5"}):
        answer = await request(backend.server, "GET", "/v1/contacts", headers=headers)
        assert problem(answer) == (401, "bad_credentials")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "nobodys" not in answer.body.decode()


async def test_a_removed_key_is_refused_at_once(backend: Backend) -> None:
    """The request after a key's removal is refused."""
    assert (await backend.call("GET", "/v1/contacts")).status == 200
    async with backend.server.redis() as client:
        organizations = Organizations(client, server_key(load(backend.server.environ)))
        found = await organizations.of_api_key(backend.key)
        assert found is not None
        await organizations.remove_api_key(backend.org, found[1].id)
    assert problem(await backend.call("GET", "/v1/contacts")) == (401, "bad_credentials")


@pytest.mark.parametrize(
    ("scope", "allowed"), [("read", [200, 403, 403]), ("write", [200, 201, 403]), ("admin", [200, 201, 404])]
)
async def test_scopes(acme: MakeAcme, scope: str, allowed: list[int]) -> None:
    """A key does what its scope reaches to, and is told which one it would need."""
    backend = await backend_of(await acme(), scope)
    answers = [
        await backend.call("GET", "/v1/contacts"),
        await backend.call("POST", "/v1/contacts", {"name": "Ana"}),
        await backend.call("DELETE", "/v1/contacts/ct_0_0123456789abcdefghij/security_hash"),
    ]
    assert [answer.status for answer in answers] == allowed
    for answer in answers:
        if answer.status == 403:
            assert problem(answer) == (403, "not_admitted")
            assert f"`{scope}`" in answer.json["detail"]


async def test_organizations_are_apart(acme: MakeAcme) -> None:
    """No key reaches another organization's people, by list or by id."""
    one, two = await backend_of(await acme()), await backend_of(await acme())
    ana = await one.add(user_id="ana", email="ana@shop.example")
    assert (await two.get("/v1/contacts"))["items"] == []
    assert (await two.get("/v1/contacts", email="ana@shop.example"))["items"] == []
    assert problem(await two.call("GET", f"/v1/contacts/{ana['id']}")) == (404, "unknown_contact")
    assert problem(await two.call("PATCH", f"/v1/contacts/{ana['id']}", {})) == (404, "unknown_contact")


async def test_no_customer_is_let_in(acme: MakeAcme, backend: Backend) -> None:
    """Nothing that a customer holds opens the API: tokens, hashes, app secrets."""
    one = await acme()
    visitor = await one.join()
    held = [
        visitor.ready["visitor"],
        token("ana"),
        user_hash("ana"),
        "secret",
        visitor.thread,
        visitor.ready["session"],
    ]
    for credential in held:
        for path in ("/v1/contacts", f"/v1/contacts/{visitor.ready['contact']['id']}"):
            answer = await request(one.server, "GET", path, headers={"Authorization": f"Bearer {credential}"})
            assert problem(answer) == (401, "bad_credentials")


@pytest.mark.parametrize(
    "path", ["/v1/nothing", "/v1/contacts/", "/v1/contacts/a/b", "/v1//contacts", "/v1/%2e%2e/metrics"]
)
async def test_no_route(backend: Backend, path: str) -> None:
    """What is not there is 404, with a key and without one."""
    assert problem(await backend.call("GET", path)) == (404, "unknown_path")
    assert problem(await request(backend.server, "GET", path)) == (404, "unknown_path")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
async def test_no_method(backend: Backend, method: str) -> None:
    """Another method is 405 and told which there are."""
    answer = await backend.call(method, "/v1/contacts")
    assert problem(answer) == (405, "unknown_method")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"


async def test_head_is_get_without_its_body(backend: Backend) -> None:
    """HEAD answers what GET does, but for the body, and is limited alike."""
    got, head = await backend.call("GET", "/v1/contacts"), await backend.call("HEAD", "/v1/contacts")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(got.body))
    assert (await request(backend.server, "HEAD", "/v1/contacts")).status == 401


async def test_cors_is_closed(backend: Backend) -> None:
    """A page of another site is told nothing that would make its browser go on, by preflight or by GET."""
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    preflight = await request(backend.server, "OPTIONS", "/v1/contacts", headers=asked)
    got = await backend.call("GET", "/v1/contacts", headers={"Origin": "https://evil.example"})
    assert preflight.status == 204
    for answer in (preflight, got):
        assert [name for name in answer.headers if name.startswith("access-control")] == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
async def test_another_type_of_body(backend: Backend, kind: str) -> None:
    """A body that is not said to be JSON is not read, and what to say is told."""
    answer = await backend.call("POST", "/v1/contacts", b'{"name": "Ana"}', {"Content-Type": kind})
    assert problem(answer) == (415, "unsupported_media_type")
    assert "application/json" in answer.json["detail"]


async def test_a_compressed_body(backend: Backend) -> None:
    """Nothing is unpacked: a small body could be a huge one."""
    answer = await backend.call("POST", "/v1/contacts", b"\x1f\x8b", {**JSON, "Content-Encoding": "gzip"})
    assert problem(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("text/html, application/*;q=0.5", 200),
        ("*/*", 200),
        ("", 200),
        ("text/html", 406),
        ("application/json;q=0", 406),
    ],
)
async def test_accept(backend: Backend, accept: str, status: int) -> None:
    """Whoever takes no JSON is told so."""
    answer = await backend.call("GET", "/v1/contacts", headers={"Accept": accept})
    assert answer.status == status
    if status == 406:
        assert problem(answer) == (406, "not_acceptable")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"name": "\xff"}', b'{"name": NaN}', b"[" * 10_000],
)
async def test_a_body_that_is_no_object(backend: Backend, body: bytes) -> None:
    """Whatever the bytes are, the answer is 400."""
    answer = await backend.call("POST", "/v1/contacts", body, JSON)
    assert answer.status == 400
    assert problem(answer)[1] in ("bad_frame", "bad_field")


@pytest.mark.parametrize(
    ("body", "field", "told"),
    [
        ({"name": ""}, "name", "1 to 255 characters"),
        ({"name": 5}, "name", "not 5"),
        ({"name": "x" * 256}, "name", "length 256"),
        ({"email": "x" * 321}, "email", "1 to 320"),
        ({"user_id": 12345}, "user_id", "not 12345"),
        ({"custom_data": {"a": {"b": 1}}}, "custom_data.a", "a map"),
        ({"custom_data": {f"k{i}": 1 for i in range(101)}}, "custom_data", "at most 100 keys"),
        ({"custom_data": {f"k{i}": "x" * 1000 for i in range(40)}}, "custom_data", "32768 bytes"),
        ({"security_hash": "hush-1"}, "security_hash", "unknown"),
        ({"naem": "Ana"}, "naem", "taken: `user_id`, `name`"),
    ],
)
async def test_a_field_that_does_not_fit(
    backend: Backend, body: dict[str, Any], field: str, told: str
) -> None:
    """The field is named and its value quoted, shortened; nothing is stored."""
    answer = await backend.call("POST", "/v1/contacts", body)
    assert problem(answer) == (400, "bad_field")
    assert answer.json["field"] == field
    assert told in answer.json["detail"]
    assert len(answer.json["detail"]) < 300
    assert (await backend.get("/v1/contacts"))["items"] == []


async def test_a_huge_field(backend: Backend) -> None:
    """10 MB are refused before they are in memory, said to be so long or not, and the server goes on."""
    payload = json.dumps({"name": "x" * 10_000_000}).encode()
    assert problem(await backend.call("POST", "/v1/contacts", payload, JSON)) == (413, "too_large")
    before = await _resident(backend)
    connection = HTTPConnection("127.0.0.1", backend.server.port, timeout=PATIENCE)
    try:
        headers = {**JSON, "Authorization": f"Bearer {backend.key}"}
        chunks = (b"x" * 65536 for _ in range(800))
        connection.request("POST", "/v1/contacts", chunks, headers, encode_chunked=True)  # type: ignore[arg-type]
        response = connection.getresponse()
        assert response.status == 413
        response.read()
    finally:
        connection.close()
    assert await _resident(backend) - before < 20_000_000
    assert (await backend.get("/v1/contacts"))["items"] == []


async def _resident(backend: Backend) -> int:
    answer = await request(backend.server, "GET", "/metrics")
    line = next(
        line for line in answer.body.decode().splitlines() if line.startswith("process_resident_memory_bytes")
    )
    return int(float(line.split()[1]))


async def test_a_rate_limit_is_told_and_held(make_server: MakeServer) -> None:
    """Every answer tells what is left; beyond the limit 429 says when to come back; others are served."""
    server = await make_server(ONETHREAD_REQUESTS_PER_SECOND="3")
    backend = Backend(server, "demo-api-key", "demo")
    answers = [await backend.call("GET", "/v1/contacts") for _ in range(20)]
    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    assert answers[0].headers["ratelimit-policy"] == '"requests";q=3;w=1'
    assert answers[0].headers["ratelimit"] == '"requests";r=2;t=1'
    for answer in refused:
        assert problem(answer) == (429, "rate_limited")
        assert answer.headers["retry-after"] == "1"
        assert 0 < answer.json["retry_after_ms"] <= 1000
        assert answer.headers["ratelimit"].startswith('"requests";r=0')
    login = {"org": "demo", "email": "ana@demo.test", "password": "demo-password"}
    session = await request(server, "POST", "/v1/sessions", login)
    other = Backend(server, session.json["token"], "demo")
    assert (await other.call("GET", "/v1/contacts")).status == 200


async def test_a_store_that_is_away(make_server: MakeServer, valkey: Valkey) -> None:
    """Without its store the API says so, and when to come back; with it, it goes on."""
    server = await make_server(store_url=valkey.url)
    backend = Backend(server, "demo-api-key", "demo")
    await backend.add(user_id="ana")
    valkey.kill()
    answer = await backend.call("GET", "/v1/contacts")
    assert problem(answer) == (503, "store_unavailable")
    assert answer.headers["retry-after"] == "1"
    valkey.start()

    async def back() -> bool:
        return (await backend.call("GET", "/v1/contacts")).status == 200

    await until(back)


async def test_no_secret_in_the_log(backend: Backend) -> None:
    """What is refused and what is taken leave no key, no hash and nothing of a person in the log."""
    hush = secret()
    ana = await backend.add(user_id="ana", name=f"{hush} name", email=f"{hush}@shop.example")
    await backend.call("PUT", f"/v1/contacts/{ana['id']}/security_hash", {"security_hash": hush})
    refused = await backend.call("PUT", f"/v1/contacts/{ana['id']}/security_hash", {"security_hash": [hush]})
    assert hush not in refused.body.decode()
    await backend.call("GET", f"/v1/contacts/{hush}", query=hush)
    assert hush not in backend.server.log()
    assert backend.key not in backend.server.log()


async def test_the_description_needs_no_key(backend: Backend) -> None:
    """/openapi.json is there for everybody and describes every route."""
    answer = await request(backend.server, "GET", "/openapi.json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json["openapi"] == "3.1.0"
    assert {"get", "post"} <= set(answer.json["paths"]["/v1/contacts"])
