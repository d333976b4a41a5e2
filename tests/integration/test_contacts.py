"""Contacts over HTTP and on the wire: how they come in, change live and are vouched for."""

import asyncio
from typing import Any

import pytest

from tests.integration.acme import MakeAcme, new_user, refused, token
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.backend import Backend, both, ids
from tests.integration.backend import backend_fixture as backend_fixture


async def test_a_contact_of_init_with_no_chat(acme: MakeAcme) -> None:
    """An init with a user_id makes a contact that is listed at once, with what the frame gave."""
    org, backend = await both(acme)
    user = {"user_id": "ana", "name": "Ana", "email": "ana@shop.example", "custom_data": {"plan": "gold"}}
    ana = await org.join(user=user)
    [found] = (await backend.get("/v1/contacts"))["items"]
    assert {key: found[key] for key in user} == user
    assert found["authenticated"] is True
    assert (found["id"], found["thread"]) == (ana.ready["contact"]["id"], ana.thread)
    assert [device["online"] for device in found["devices"]] == [True]
    assert found["seen_at"] >= found["created_at"]
    assert await backend.get(f"/v1/contacts/{found['id']}") == found


async def test_a_visitor_is_listed_from_its_first_act(acme: MakeAcme) -> None:
    """A page view costs nothing; the first message or form lists the visitor, both authenticate it."""
    org, backend = await both(acme)
    vera = await org.join(user={"name": "Vera"})
    assert (await backend.get("/v1/contacts"))["items"] == []
    await vera.say("hello")
    [found] = (await backend.get("/v1/contacts", query="vera"))["items"]
    assert (found["name"], found["authenticated"]) == ("Vera", False)
    assert ids((await backend.get("/v1/contacts", authenticated="true"))["items"]) == []
    await vera.ask({"t": "prechat", "name": "Vera", "email": "vera@shop.example"}, "profile")
    [found] = (await backend.get("/v1/contacts", authenticated="true"))["items"]
    assert (found["id"], found["email"], found["authenticated"]) == (
        vera.ready["contact"]["id"],
        "vera@shop.example",
        True,
    )
    assert (await backend.get("/v1/contacts", authenticated="false"))["items"] == []


async def test_a_contact_brought_in_is_the_one_that_comes(acme: MakeAcme) -> None:
    """Who was brought in by the API gets its own contact and thread when it comes with its user_id."""
    org, backend = await both(acme, shards=4)
    brought = await backend.add(
        user_id="ana", name="Ana", phone="+49 1", custom_data={"plan": "gold", "seats": 2}
    )
    assert (brought["authenticated"], brought["devices"]) == (True, [])
    ana = await org.join(user={"user_id": "ana", "company": "ACME"})
    assert (ana.ready["contact"]["id"], ana.thread) == (brought["id"], brought["thread"])
    assert ana.ready["prechat"] is None
    found = await backend.get(f"/v1/contacts/{brought['id']}")
    assert (found["name"], found["company"], found["custom_data"]) == (
        "Ana",
        "ACME",
        {"plan": "gold", "seats": 2},
    )


async def test_without_a_user_id(backend: Backend) -> None:
    """A contact needs no user_id, and no field at all: it gets a name."""
    found = await backend.add()
    assert found["name"].endswith("(anonym)")
    assert "user_id" not in found
    assert found["authenticated"] is True


async def test_a_known_user_id(backend: Backend) -> None:
    """A second contact of one user_id is refused with the first one's id, and changes nothing."""
    first = await backend.add(user_id="ana", name="Ana")
    answer = await backend.call("POST", "/v1/contacts", {"user_id": "ana", "name": "Other"})
    assert (answer.status, answer.json["reason"], answer.json["id"]) == (409, "exists", first["id"])
    assert (await backend.get("/v1/contacts"))["items"] == [first]


async def test_two_at_once_make_one_contact(acme: MakeAcme) -> None:
    """However many requests and inits race for one user_id, one contact comes of it."""
    org, backend = await both(acme)
    posts = [backend.call("POST", "/v1/contacts", {"user_id": "ana", "name": str(n)}) for n in range(10)]
    inits = [org.join(user={"user_id": "ana"}) for _ in range(5)]
    answers = await asyncio.gather(*posts, *inits)
    statuses = [answer.status for answer in answers[:10]]  # type: ignore[union-attr]
    assert statuses.count(201) <= 1
    assert set(statuses) <= {201, 409}
    [found] = (await backend.get("/v1/contacts"))["items"]
    assert {customer.ready["contact"]["id"] for customer in answers[10:]} == {found["id"]}  # type: ignore[union-attr]


async def test_a_change_is_seen_by_every_device(acme: MakeAcme) -> None:
    """A PATCH reaches all devices of the contact, live, and the search."""
    org, backend = await both(acme)
    phone, laptop = [await org.join(user={"user_id": "ana", "name": "Ana"}) for _ in range(2)]
    contact = phone.ready["contact"]["id"]
    answer = await backend.call(
        "PATCH", f"/v1/contacts/{contact}", {"name": "Zoe", "custom_data": {"plan": "gold"}}
    )
    assert (answer.json["name"], answer.json["custom_data"]) == ("Zoe", {"plan": "gold"})
    for device in (phone, laptop):
        frame = await device.next("profile")
        assert frame["contact"]["name"] == "Zoe"
        assert "custom_data" not in frame["contact"]
    assert ids((await backend.get("/v1/contacts", query="zo"))["items"]) == [contact]
    assert (await backend.get("/v1/contacts", query="ana@"))["items"] == []


async def test_a_customers_change_is_seen_by_the_backend(acme: MakeAcme) -> None:
    """What a `profile` frame and a later init change is listed and found at once."""
    org, backend = await both(acme)
    ana = await org.join(user={"user_id": "ana", "name": "Ana", "custom_data": {"plan": "gold"}})
    await ana.ask({"t": "profile", "user": {"phone": "+49 151", "custom_data": {"plan": None}}}, "profile")
    [found] = (await backend.get("/v1/contacts", query="+4915"))["items"]
    assert found["custom_data"] == {}
    assert (await backend.get("/v1/contacts", **{"custom.plan": "gold"}))["items"] == []
    await org.join(user={"user_id": "ana", "company": "ACME"})
    assert ids((await backend.get("/v1/contacts", query="acm"))["items"]) == [found["id"]]


async def test_null_clears(backend: Backend) -> None:
    """Null clears a field and a key; what is not given stays; without a name the random one is back."""
    ana = await backend.add(name="Ana", email="ana@shop.example", custom_data={"a": 1, "b": 2})
    change = {"name": None, "email": None, "custom_data": {"a": None, "c": 3}}
    kind = {"Content-Type": "application/merge-patch+json"}
    answer = await backend.call("PATCH", f"/v1/contacts/{ana['id']}", change, kind)
    assert answer.json["name"].endswith("(anonym)")
    assert "email" not in answer.json
    assert answer.json["custom_data"] == {"b": 2, "c": 3}
    assert (await backend.get("/v1/contacts", email="ana@shop.example"))["items"] == []


@pytest.mark.parametrize(
    "change", [{"user_id": "b"}, {"thread": "th"}, {"name": ""}, {"name": "A\0na"}, {"authenticated": True}]
)
async def test_what_can_not_be_changed(backend: Backend, change: dict[str, Any]) -> None:
    """A user_id, and whatever is no field of a profile, is refused and nothing is changed."""
    ana = await backend.add(user_id="ana", name="Ana")
    answer = await backend.call("PATCH", f"/v1/contacts/{ana['id']}", {"company": "ACME", **change})
    assert (answer.status, answer.json["reason"], answer.json["field"]) == (
        400,
        "bad_field",
        next(iter(change)),
    )
    assert await backend.get(f"/v1/contacts/{ana['id']}") == ana


async def test_a_locked_field_is_open_to_the_backend(acme: MakeAcme) -> None:
    """What a token locked a customer can't change, and the API can; it stays locked."""
    org, backend = await both(acme)
    ana = await org.join(token=token("ana", name="Ana"))
    contact = ana.ready["contact"]["id"]
    answer = await backend.call("PATCH", f"/v1/contacts/{contact}", {"name": "Zoe"})
    assert answer.json["name"] == "Zoe"
    error = await ana.ask({"t": "profile", "user": {"name": "Eve"}}, "profile")
    assert error["reason"] == "field_locked"


async def test_the_same_email_is_shown_and_never_merged(acme: MakeAcme) -> None:
    """Two people with one e-mail stay two, each with a thread of its own, and are shown as such: nobody is
    merged into another, and so impersonated."""
    org, backend = await both(acme, shards=4)
    ana = await org.join(user={"user_id": "ana", "email": "info@shop.example"})
    await ana.say("mine")
    eve = await org.join(user={"user_id": "eve", "email": "INFO@shop.example"})
    guest = await org.join(user={"email": "info@shop.example"})
    await guest.say("hello")
    assert len({ana.thread, eve.thread, guest.thread}) == 3
    contacts = [person.ready["contact"]["id"] for person in (ana, eve, guest)]
    items = (await backend.get("/v1/contacts", email="info@shop.example"))["items"]
    assert sorted(ids(items)) == sorted(contacts)
    for item in items:
        assert sorted([item["id"], *item["same_email"]]) == sorted(contacts)


async def test_pinned_ahead(acme: MakeAcme) -> None:
    """A hash pinned by the backend is needed from then on: other connections are closed, others refused."""
    org, backend = await both(acme)
    user = new_user()
    open_one = await org.join(user={"user_id": user})
    contact = open_one.ready["contact"]["id"]
    answer = await backend.call("PUT", f"/v1/contacts/{contact}/security_hash", {"security_hash": "hush-1"})
    assert (answer.status, answer.body) == (204, b"")
    assert await open_one.closed() == 4403
    assert refused(await org.come(user={"user_id": user}))
    assert refused(await org.come(user={"user_id": user, "security_hash": "hush-2"}))
    pinned = await org.join(user={"user_id": user, "security_hash": "hush-1"})
    assert pinned.ready["identity"] == "pinned"
    # The same again closes nobody; another one does.
    await backend.call("PUT", f"/v1/contacts/{contact}/security_hash", {"security_hash": "hush-1"})
    await pinned.ask({"t": "ping"}, "pong")
    await backend.call("PUT", f"/v1/contacts/{contact}/security_hash", {"security_hash": "hush-3"})
    assert await pinned.closed() == 4403


async def test_cleared(acme: MakeAcme) -> None:
    """Clearing a pin and a signed mark lets the contact in again as before."""
    org, backend = await both(acme)
    user = new_user()
    signed = await org.join(token=token(user))
    contact = signed.ready["contact"]["id"]
    await backend.call("PUT", f"/v1/contacts/{contact}/security_hash", {"security_hash": "hush-1"})
    assert refused(await org.come(user={"user_id": user, "security_hash": "hush-1"}))
    assert (await backend.call("DELETE", f"/v1/contacts/{contact}/security_hash")).status == 204
    assert (await org.join(user={"user_id": user})).ready["identity"] == "open"


async def test_a_contact_without_a_user_id_is_not_pinned(backend: Backend) -> None:
    """A hash stands beside a user_id; without one it is refused."""
    ana = await backend.add(name="Ana")
    answer = await backend.call("PUT", f"/v1/contacts/{ana['id']}/security_hash", {"security_hash": "hush-1"})
    assert (answer.status, answer.json["field"]) == (400, "security_hash")


@pytest.mark.parametrize(
    "contact", ["ct_0_0123456789abcdefghij", "nobody", "th_0_0123456789abcdefghij", "%00", "ct_7_x"]
)
async def test_nobody(backend: Backend, contact: str) -> None:
    """An id that nobody has is 404 `unknown_contact` on every route, and creates nothing."""
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "Ana"}),
        ("PUT", "/security_hash", {"security_hash": "hush-1"}),
        ("DELETE", "/security_hash", None),
    ):
        answer = await backend.call(method, f"/v1/contacts/{contact}{path}", body)
        assert (answer.status, answer.json["reason"]) == (404, "unknown_contact")
    assert (await backend.get("/v1/contacts"))["items"] == []
