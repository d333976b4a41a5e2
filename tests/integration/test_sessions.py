"""WIRE.md section 9: `/v1/sessions`, by HTTP against a real server and store."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from onethread.agents.roster import put
from onethread.store.accounts import Accounts
from tests.agents.test_roster import account
from tests.integration.http import Answer, origin, request
from tests.integration.serving import Running
from tests.store.link_store import Valkey

MakeServer = Callable[..., Awaitable[Running]]
ANA = {"org": "demo", "email": "ana@demo.test", "password": "demo-password"}
PATH = "/v1/sessions"
COOKIE = "onethread_session"


async def log_in(server: Running, headers: dict[str, str] | None = None, **fields: Any) -> Answer:
    """Log in as Ana of the demo organization, unless `fields` say otherwise."""
    return await request(server, "POST", PATH, {**ANA, **fields}, headers)


def bearer(token: str) -> dict[str, str]:
    """The header that opens a session."""
    return {"Authorization": f"Bearer {token}"}


async def test_the_demos_agents_log_in_and_out(shared_server: Running) -> None:
    """A token, until when it is good and whose it is; after a logout it opens nothing."""
    for email, name, role in (("ana@demo.test", "Ana", "admin"), ("BEN@demo.test", "Ben", "agent")):
        answer = await log_in(shared_server, email=email)
        assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
        assert set(answer.json) == {"token", "expires_at", "agent"}
        agent = answer.json["agent"]
        assert (agent["name"], agent["role"], agent["email"]) == (name, role, email.lower())
        assert set(agent) == {"id", "name", "role", "email"}
        assert "set-cookie" not in answer.headers
        token = answer.json["token"]
        assert (await request(shared_server, "DELETE", PATH, headers=bearer(token))).status == 204
        again = await request(shared_server, "DELETE", PATH, headers=bearer(token))
        assert (again.status, again.json["reason"]) == (401, "bad_credentials")


async def test_the_cookie_hides_the_token_from_pages(shared_server: Running) -> None:
    """HttpOnly, SameSite=Strict, not Secure on loopback, for the whole site; no token in the body."""
    answer = await log_in(shared_server, origin(shared_server), cookie=True)
    assert set(answer.json) == {"expires_at", "agent"}
    value, *attributes = answer.headers["set-cookie"].split("; ")
    assert value.startswith(f"{COOKIE}=ots_")
    assert {attribute.lower() for attribute in attributes} == {
        "httponly", "samesite=strict", "path=/", f"max-age={14 * 24 * 3600}",
    }  # fmt: skip
    elsewhere = await log_in(shared_server, {"Host": "chat.example"}, cookie=True)
    assert "secure" in elsewhere.headers["set-cookie"].lower()
    sent = {"Cookie": value}
    for headers in (sent, {**sent, "Origin": "https://evil.example"}):
        assert (await request(shared_server, "DELETE", PATH, headers=headers)).status == 401
    out = await request(shared_server, "DELETE", PATH, headers={**sent, **origin(shared_server)})
    assert out.status == 204
    assert "max-age=0" in out.headers["set-cookie"].lower()
    assert (
        await request(shared_server, "DELETE", PATH, headers={**sent, **origin(shared_server)})
    ).status == 401


async def test_another_sites_page_gets_no_cookie(shared_server: Running) -> None:
    """Neither by its Origin nor by a form, whose body is no JSON."""
    answer = await log_in(shared_server, {"Origin": "https://evil.example"}, cookie=True)
    assert (answer.status, answer.json["reason"]) == (403, "origin_refused")
    assert "set-cookie" not in answer.headers
    form = await request(
        shared_server, "POST", PATH, b"{}", {"Content-Type": "text/plain", "Origin": "https://evil.example"}
    )
    assert (form.status, form.json["reason"]) == (415, "unsupported_media_type")


async def test_whatever_is_wrong_the_answer_is_the_same(shared_server: Running) -> None:
    """Organization, e-mail or password: 401 `bad_credentials`, to the letter."""
    answers = [
        await log_in(shared_server, password="demo-passwort"),
        await log_in(shared_server, email=f"{secrets.token_hex(4)}@demo.test"),
        await log_in(shared_server, org=f"org-{secrets.token_hex(4)}"),
        await log_in(shared_server, org="no slug at all!"),
    ]
    assert {(answer.status, answer.body) for answer in answers} == {(401, answers[0].body)}
    assert answers[0].headers["content-type"] == "application/problem+json"
    assert answers[0].json["reason"] == "bad_credentials"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**ANA, "org": ""}, "org"),
        ({**ANA, "email": "x" * 321}, "email"),
        ({**ANA, "password": "hush" * 64}, "password"),
        ({**ANA, "password": 123456789}, "password"),
        ({**ANA, "cookie": "yes"}, "cookie"),
        ({"org": "demo", "email": "ana@demo.test"}, "password"),
    ],
)
async def test_a_wrong_field_is_named(shared_server: Running, body: dict[str, Any], field: str) -> None:
    """400 `bad_field`; a password is not quoted."""
    answer = await request(shared_server, "POST", PATH, body)
    assert (answer.status, answer.json["reason"], answer.json["field"]) == (400, "bad_field", field)
    assert f"`{field}`" in answer.json["detail"]
    assert "hush" not in answer.json["detail"]
    assert "123456789" not in answer.json["detail"]


async def test_what_can_not_be_read_is_a_problem_too(shared_server: Running) -> None:
    """No JSON, no map, too much of it, another method, another path."""
    for body, status, reason in (
        (b"{", 400, "bad_frame"),
        (b"[]", 400, "bad_frame"),
        (b"\xff", 400, "bad_frame"),
        (b'"' + b"x" * 300_000 + b'"', 413, "too_large"),
    ):
        answer = await request(shared_server, "POST", PATH, body)
        assert (answer.status, answer.json["reason"]) == (status, reason)
        assert answer.headers["content-type"] == "application/problem+json"
    for method, path, status in (("PUT", PATH, 405), ("GET", "/v1/nothing", 404)):
        answer = await request(shared_server, method, path)
        assert (answer.status, answer.json["status"]) == (status, status)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_tokens_and_emails_are_not_stored(shared_server: Running) -> None:
    """The store has keyed hashes, and the session goes by itself when it expires."""
    token = (await log_in(shared_server)).json["token"]
    secret = token.removeprefix("ots_").partition("~")[0]
    async with shared_server.redis() as client:
        keys = [key.decode() async for key in client.scan_iter("*session:*")]
        assert keys
        for key in keys:
            assert secret not in key
            assert secret.encode() not in await client.get(key)
            assert 0 < await client.ttl(key) <= 14 * 24 * 3600
        names = [key.decode() async for key in client.scan_iter("onethread:*")]
    assert not [name for name in names if "demo.test" in name]
    assert secret not in shared_server.log()


async def test_an_account_that_is_guessed_at_has_to_wait(two_hubs: tuple[Running, Running]) -> None:
    """Over all hubs, the right password among the guesses too, whether there is such an account or not;
    another account is not held up."""
    one, two = two_hubs
    org = (await one.organize(f"acme-{secrets.token_hex(6)}")).org
    for email in ("ana@acme.test", "nobody@acme.test"):
        guesses = [log_in(hub, org=org, email=email, password="wrong") for hub in (one, two) * 5]
        assert {answer.status for answer in await asyncio.gather(*guesses)} == {401}
        for hub in (one, two):
            answer = await log_in(hub, org=org, email=email.upper(), password="demo-password")
            assert (answer.status, answer.json["reason"]) == (429, "rate_limited")
            assert 0 < answer.json["retry_after_ms"] <= 600_000
            assert 0 < int(answer.headers["retry-after"]) <= 600
    assert (await log_in(one, org=org, email="ben@acme.test")).status == 401


async def test_a_login_that_succeeds_forgets_the_tries(shared_server: Running) -> None:
    """A person who mistypes now and then is never held up."""
    for _ in range(4):
        for _ in range(4):
            assert (await log_in(shared_server, email="ben@demo.test", password="wrong")).status == 401
        assert (await log_in(shared_server, email="ben@demo.test")).status == 200


async def test_an_address_that_guesses_has_to_wait(make_server: MakeServer) -> None:
    """Failed logins count as refused identities; those that succeed don't count."""
    server = await make_server(ONETHREAD_REFUSALS_PER_MINUTE="3")
    for _ in range(5):
        assert (await log_in(server)).status == 200
    for i in range(3):
        assert (await log_in(server, email=f"guess{i}@demo.test")).status == 401
    answer = await log_in(server)
    assert (answer.status, answer.json["reason"]) == (429, "rate_limited")
    assert answer.json["retry_after_ms"] > 0


async def test_a_store_that_is_away_is_503(make_server: MakeServer, valkey: Valkey) -> None:
    """Nothing is known then: neither a refusal nor a session. When it is back, all is as before."""
    server = await make_server(store_url=valkey.url)
    token = (await log_in(server)).json["token"]
    valkey.kill()
    for answer in (await log_in(server), await request(server, "DELETE", PATH, headers=bearer(token))):
        assert (answer.status, answer.json["reason"]) == (503, "store_unavailable")
    valkey.start()
    assert (await request(server, "DELETE", PATH, headers=bearer(token))).status == 204


async def test_an_account_of_another_organization_opens_nothing_here(shared_server: Running) -> None:
    """The same e-mail in two organizations is two accounts."""
    org = (await shared_server.organize(f"acme-{secrets.token_hex(6)}")).org
    async with shared_server.redis() as client:
        other = account("ana", email="ana@demo.test")
        await Accounts(client).edit(org, lambda roster: put(roster, other))
    assert (await log_in(shared_server, org=org)).status == 401
    assert (await log_in(shared_server)).status == 200
