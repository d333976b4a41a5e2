"""Administration over HTTP: agents, apps, API keys and identity keys, for administrators only."""

from typing import Any
from urllib.parse import quote

import pytest

from onethread.store.accounts import Accounts
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.acme import refused
from tests.integration.acme import token as jwt
from tests.integration.backend import Backend
from tests.integration.http import request
from tests.integration.hubs import until
from tests.integration.team import MakeTeam, Team
from tests.integration.team import team_fixture as team_fixture
from tests.integration.test_http_threads import session_of, staffed
from tests.integration.wire import Customer

KINDS = ("agents", "apps", "api_keys", "identity_keys", "webhooks")


async def acts(org: Team) -> list[tuple[str, str, str, str]]:
    """The audit log, oldest first: who did what to which."""
    async with org.server.redis() as client:
        kept = await Accounts(client).acts(org.org, 50)
    return [(act.by.type, act.by.id, act.action, act.subject) for act in reversed(kept)]


async def added(backend: Backend, kind: str, **fields: Any) -> dict[str, Any]:
    """A new thing of a kind."""
    answer = await backend.call("POST", f"/v1/{kind}", fields)
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.parametrize("kind", KINDS)
async def test_for_administrators_only(team: MakeTeam, kind: str) -> None:
    """A key of a lower scope and an agent's session are refused; an admin's session is not."""
    org, backend = await staffed(team)
    lower = await added(backend, "api_keys", scope="write")
    for caller in (Backend(org.server, lower["key"], org.org), await session_of(org, "ben")):
        for method, path in (("GET", ""), ("POST", ""), ("DELETE", "/x")):
            answer = await caller.call(method, f"/v1/{kind}{path}", {} if method == "POST" else None)
            assert (answer.status, answer.json["reason"]) == (403, "not_admitted")
    assert (await (await session_of(org, "ana")).call("GET", f"/v1/{kind}")).status == 200


async def test_an_agent_from_first_to_last(team: MakeTeam) -> None:
    """An agent who is added logs in and works; removed, its console is closed and its session refused."""
    org, backend = await staffed(team)
    cleo = await added(backend, "agents", email="cleo@shop.example", password="a long password", name="Cleo")
    assert {**cleo, "id": "", "created_at": 0} == {
        "id": "",
        "created_at": 0,
        "name": "Cleo",
        "email": "cleo@shop.example",
        "role": "agent",
    }
    assert cleo in (await backend.get("/v1/agents"))["items"]
    login = {"org": org.org, "email": "CLEO@shop.example", "password": "a long password"}
    session = (await request(org.server, "POST", "/v1/sessions", login)).json
    console = await org.console("cleo", token=session["token"])
    assert console.ready["agent"]["id"] == cleo["id"]
    assert (await backend.call("DELETE", f"/v1/agents/{cleo['id']}")).status == 204
    assert await console.closed() == 4403
    own = Backend(org.server, session["token"], org.org)
    assert (await own.call("GET", "/v1/contacts")).status == 401
    assert cleo not in (await backend.get("/v1/agents"))["items"]


async def test_an_email_is_one_agents(team: MakeTeam) -> None:
    """A second agent with an e-mail is refused with the first one's id, in whatever case."""
    _, backend = await staffed(team)
    cleo = await added(backend, "agents", email="cleo@shop.example", password="a long password")
    assert cleo["name"] == "cleo"
    answer = await backend.call(
        "POST", "/v1/agents", {"email": "Cleo@Shop.example", "password": "a long password"}
    )
    assert (answer.status, answer.json["reason"], answer.json["id"]) == (409, "exists", cleo["id"])


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("agents", {"email": "cleo", "password": "a long password"}, "email"),
        ("agents", {"email": "cleo@shop.example", "password": "hush-1"}, "password"),
        ("agents", {"email": "cleo@shop.example"}, "password"),
        ("agents", {"email": "cleo@shop.example", "password": "a long password", "name": " "}, "name"),
        ("agents", {"email": "cleo@shop.example", "password": "a long password", "role": "boss"}, "role"),
        ("apps", {"origins": ["shop.example/a"]}, "origins"),
        ("apps", {"origins": "https://shop.example"}, "origins"),
        ("apps", {"app_id": 0}, "app_id"),
        ("apps", {"app_secret": ""}, "app_secret"),
        ("apps", {"prechat_fields": [{"name": "age", "required": True}]}, "prechat_fields[0].name"),
        ("apps", {"prechat_fields": [{"name": "name", "required": True}] * 2}, "prechat_fields"),
        ("api_keys", {"scope": "all"}, "scope"),
        ("api_keys", {"key": "x" * 40}, "key"),
        ("identity_keys", {"key": "hush-short"}, "key"),
        ("identity_keys", {"kid": "x" * 65}, "kid"),
        ("webhooks", {}, "url"),
        ("webhooks", {"url": "https://10.0.0.1/"}, "url"),
        ("webhooks", {"url": "https://shop.example/?key=hush#top"}, "url"),
        ("webhooks", {"url": "https://shop.example/", "events": []}, "events"),
        ("webhooks", {"url": "https://shop.example/", "events": ["message.deleted"]}, "events[0]"),
        ("webhooks", {"url": "https://shop.example/", "secret": "hush"}, "secret"),
    ],
)
async def test_what_does_not_fit(team: MakeTeam, kind: str, body: dict[str, Any], field: str) -> None:
    """A field outside its limits is refused by name; a secret is not quoted; nothing is added."""
    _, backend = await staffed(team)
    before = await backend.get(f"/v1/{kind}")
    answer = await backend.call("POST", f"/v1/{kind}", body)
    assert (answer.status, answer.json["reason"], answer.json["field"]) == (400, "bad_field", field)
    assert "hush" not in answer.body.decode()
    assert await backend.get(f"/v1/{kind}") == before


async def test_an_app_from_first_to_last(team: MakeTeam) -> None:
    """An app that is added lets its pages in, as it says which; removed, it lets nobody in."""
    org, backend = await staffed(team)
    app = await added(
        backend,
        "apps",
        name="Shop",
        origins=["https://shop.example"],
        prechat_fields=[{"name": "phone", "required": False}],
    )
    assert (app["app_id"], app["name"], app["origins"]) == (2, "Shop", ["https://shop.example"])
    assert [one["app_id"] for one in (await backend.get("/v1/apps"))["items"]] == [1, 2]
    assert app in (await backend.get("/v1/apps"))["items"]
    credentials = {"org": org.org, "app_id": 2, "app_secret": app["app_secret"]}
    customer = await Customer.join(org.server.url, credentials=credentials, origin="https://shop.example")
    assert customer.ready["prechat"]["fields"] == [{"name": "phone", "required": False}]
    await customer.close()
    taken = await backend.call("POST", "/v1/apps", {"app_id": 2})
    assert (taken.status, taken.json["reason"], taken.json["id"]) == (409, "exists", "2")
    assert (await backend.call("DELETE", "/v1/apps/2")).status == 204
    assert [one["app_id"] for one in (await backend.get("/v1/apps"))["items"]] == [1]


async def test_an_api_key_from_first_to_last(team: MakeTeam) -> None:
    """A key is told once, works as its scope says, and is refused from the moment it is removed."""
    org, backend = await staffed(team)
    made = await added(backend, "api_keys", name="shop", scope="read")
    reader = Backend(org.server, made["key"], org.org)
    assert (await reader.call("GET", "/v1/contacts")).status == 200
    assert (await reader.call("POST", "/v1/contacts", {})).status == 403
    listed = (await backend.call("GET", "/v1/api_keys")).body.decode()
    assert made["id"] in listed
    assert made["key"] not in listed
    assert (await backend.call("DELETE", f"/v1/api_keys/{made['id']}")).status == 204
    assert (await reader.call("GET", "/v1/contacts")).status == 401


async def test_an_identity_key_from_first_to_last(team: MakeTeam) -> None:
    """A second key signs beside the first, a third is refused; what a removed one signed is refused."""
    org, backend = await staffed(team)
    made = await added(backend, "identity_keys", kid="next")
    assert [one["kid"] for one in (await backend.get("/v1/identity_keys"))["items"]] == ["1", "next"]
    assert made["key"] not in (await backend.call("GET", "/v1/identity_keys")).body.decode()
    full = await backend.call("POST", "/v1/identity_keys", {})
    assert (full.status, full.json["reason"]) == (409, "full")
    known = await backend.call("POST", "/v1/identity_keys", {"kid": "next"})
    assert (known.status, known.json["reason"]) == (409, "exists")
    await backend.call("DELETE", "/v1/identity_keys/1")
    assert [one["kid"] for one in (await backend.get("/v1/identity_keys"))["items"]] == ["next"]

    async def follows() -> bool:
        return refused(await org.come(token=jwt("zoe")))

    await until(follows)  # hubs follow within two seconds; until then the old key may still be taken
    signed = await org.come(token=jwt("zoe", kid="next", key=made["key"]))
    assert signed.ready["identity"] == "signed"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("agents", "unknown_agent"),
        ("apps", "unknown_app"),
        ("api_keys", "unknown_key"),
        ("identity_keys", "unknown_key"),
        ("webhooks", "unknown_webhook"),
    ],
)
@pytest.mark.parametrize("id_", ["nothing", "99", "9" * 40, "%00", "-1", "\u0663"])
async def test_what_is_not_there(team: MakeTeam, kind: str, reason: str, id_: str) -> None:
    """Removing what isn't there is 404 with a reason of its kind, and changes nothing."""
    _, backend = await staffed(team)
    answer = await backend.call("DELETE", f"/v1/{kind}/{quote(id_, safe='%')}")
    assert (answer.status, answer.json["reason"]) == (404, reason)


async def test_every_change_is_in_the_audit_log(team: MakeTeam) -> None:
    """Who changed what is noted, by key or agent, and nothing of what was in it."""
    org, backend = await staffed(team)
    [key] = [one["id"] for one in (await backend.get("/v1/api_keys"))["items"]]
    ana = await session_of(org, "ana")
    before = len(await acts(org))
    cleo = await added(backend, "agents", email="cleo@shop.example", password="a long password")
    app = await added(ana, "apps", name="Shop")
    made = await added(ana, "api_keys")
    await backend.call("DELETE", f"/v1/apps/{app['app_id']}")
    await ana.call("DELETE", "/v1/identity_keys/1")
    assert (await acts(org))[before:] == [
        ("api_key", key, "agent.added", cleo["id"]),
        ("agent", "ag_ana", "app.added", str(app["app_id"])),
        ("agent", "ag_ana", "api_key.added", made["id"]),
        ("api_key", key, "app.removed", str(app["app_id"])),
        ("agent", "ag_ana", "identity_key.removed", "1"),
    ]
