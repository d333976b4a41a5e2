"""Contacts over HTTP: how they are listed and found."""

from typing import Any

import pytest

from tests.integration.acme import MakeAcme
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.backend import Backend, both, ids
from tests.integration.backend import backend_fixture as backend_fixture
from tests.integration.hubs import until


@pytest.mark.parametrize("shards", [1, 3])
async def test_filters_one_at_a_time(acme: MakeAcme, shards: int) -> None:
    """Each filter finds who it says and nobody else, page by page, newest first."""
    _, backend = await both(acme, shards=shards)
    people = [
        await backend.add(
            user_id=f"user-{n}",
            name=["José Álvarez", "Jo Li", "Anna"][n % 3],
            email=f"mail{n % 2}@shop.example",
            phone=f"+49 (151) {n}",
            custom_data={"plan": "gold" if n < 4 else "silver", "vip": n == 5, "seats": n},
        )
        for n in range(9)
    ]
    newest = ids(people)[::-1]

    async def found(**query: Any) -> list[int]:
        items = await backend.pages("/v1/contacts", limit=2, **query)
        return [newest.index(item["id"]) for item in items]

    assert await found() == list(range(9))
    assert await found(query="jose") == [2, 5, 8]
    assert await found(query="JO") == [1, 2, 4, 5, 7, 8]
    assert await found(query="user-3") == [5]
    assert await found(query="+49151 7") == [1]
    assert await found(user_id="user-8") == [0]
    assert await found(user_id="user-9") == []
    assert await found(email="MAIL1@shop.example") == [1, 3, 5, 7]
    assert await found(**{"custom.plan": "gold"}) == [5, 6, 7, 8]
    assert await found(**{"custom.vip": "true"}) == [3]
    assert await found(**{"custom.seats": "0"}) == [8]
    assert await found(authenticated="true") == list(range(9))


@pytest.mark.parametrize(
    "query",
    [
        {"query": "a", "email": "a@x.y"},
        {"user_id": "a", "authenticated": "true"},
        {"custom.a": "1", "custom.b": "2"},
        {"query": ""},
        {"limit": "201"},
        {"limit": "-1"},
        {"authenticated": "yes"},
        {"cursor": "nothing"},
        {"custom.": "x"},
    ],
)
async def test_a_filter_that_is_none(backend: Backend, query: dict[str, str]) -> None:
    """More than one filter, and one outside its limits, is refused by name."""
    answer = await backend.call("GET", "/v1/contacts", **query)
    assert (answer.status, answer.json["reason"]) == (400, "bad_field")
    assert answer.json["field"].partition(".")[0] in {name.partition(".")[0] for name in query}


async def test_two_keys_at_once(backend: Backend) -> None:
    """Both are named as they were written."""
    answer = await backend.call("GET", "/v1/contacts", **{"custom.plan": "pro", "custom.seats": "5"})
    assert answer.json["detail"] == "One filter at a time, not `custom.plan` and `custom.seats`."
    assert answer.json["field"] == "custom.seats"


async def test_a_page_stands_still_while_people_come(acme: MakeAcme) -> None:
    """Contacts who come between two pages neither repeat nor hide those who were there."""
    _, backend = await both(acme)
    people = [await backend.add(name=f"Ana {n}") for n in range(5)]
    first = await backend.get("/v1/contacts", limit=2)
    for n in range(3):
        await backend.add(name=f"New {n}")
    rest = await backend.pages("/v1/contacts", limit=2, cursor=first["cursor"])
    assert ids(first["items"]) + ids(rest) == ids(people)[::-1]


async def test_script_and_marks_stay_what_they_are(backend: Backend) -> None:
    """Whatever characters a name has, it comes back as given and is found."""
    for name in ("<script>alert(1)</script>", "\u202eevil\u202c", "🦆" * 60, "Zoë\u0301", "a\r\nb"):
        added = await backend.add(name=name)
        assert added["name"] == name
        assert added["id"] in ids((await backend.get("/v1/contacts", query=name))["items"])


async def test_a_carried_visitor_is_no_contact_any_more(acme: MakeAcme) -> None:
    """After a carry the visitor's id is nobody's, and its e-mail has gone to the contact."""
    org, backend = await both(acme)
    visitor = await org.join(user={"email": "ana@shop.example"})
    await visitor.say("hello")
    ana = await org.join(user={"user_id": "ana"}, visitor=visitor.ready["visitor"])
    [found] = (await backend.get("/v1/contacts"))["items"]
    assert (found["id"], found["email"]) == (ana.ready["contact"]["id"], "ana@shop.example")
    assert (await backend.call("GET", f"/v1/contacts/{visitor.ready['contact']['id']}")).status == 404


async def test_devices_are_told_as_they_are(acme: MakeAcme) -> None:
    """A contact's devices are listed, online as long as a connection is there."""
    org, backend = await both(acme)
    ana = await org.join(user={"user_id": "ana"}, device="phone")
    contact = f"/v1/contacts/{ana.ready['contact']['id']}"
    assert (await backend.get(contact))["devices"] == [{"id": "phone", "kind": "web", "online": True}]
    await ana.close()

    async def offline() -> bool:
        return (await backend.get(contact))["devices"] == [{"id": "phone", "kind": "web", "online": False}]

    await until(offline)
