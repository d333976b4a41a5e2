"""Messages over HTTP: written once, read page by page, live for everybody else."""

import asyncio
from typing import Any

import pytest

from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.backend import Backend, key_of
from tests.integration.staffed import staffed, talking
from tests.integration.team import MakeTeam
from tests.integration.team import team_fixture as team_fixture


def said(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Kind and text of each."""
    return [(event["kind"], event.get("text", "")) for event in events]


async def test_a_message_from_the_system(team: MakeTeam) -> None:
    """Without an agent a message is from the system, by the organization's name; the ack's fields answer."""
    org, backend = await staffed(team)
    zoe = await talking(org)
    answer = await backend.call(
        "POST", f"/v1/threads/{zoe.thread}/messages", {"text": "Your order is on its way."}
    )
    event = await zoe.event(lambda event: event["seq"] == 2)
    assert answer.status == 201
    assert answer.json == {
        "t": "ack",
        "cid": answer.json["cid"],
        "thread": zoe.thread,
        "seq": 2,
        "id": event["id"],
        "at": event["at"],
        "dup": False,
    }
    assert event["from"] == {"type": "system", "id": "system", "name": "Acme"}
    assert (event["kind"], event["text"]) == ("message", "Your order is on its way.")
    assert "cid" not in event


async def test_a_message_by_an_agent(team: MakeTeam) -> None:
    """With an agent a message is from it, for customer and agents; one whom there isn't is refused."""
    org, backend = await staffed(team)
    zoe, ben = await talking(org), await org.console("ben")
    await ben.open(zoe.thread)
    path = f"/v1/threads/{zoe.thread}/messages"
    assert (await backend.call("POST", path, {"text": "hi", "agent": "ag_ana"})).status == 201
    for who in (zoe, ben):
        event = await who.event(lambda event: event["seq"] == 2)
        assert event["from"] == {"type": "agent", "id": "ag_ana", "name": "ana"}
    answer = await backend.call("POST", path, {"text": "hi", "agent": "ag_nobody"})
    assert (answer.status, answer.json["reason"], answer.json["field"]) == (400, "bad_field", "agent")


async def test_an_idempotency_key_is_the_cid(team: MakeTeam) -> None:
    """A request repeated with its Idempotency-Key, at once or later, with any API key, is one message."""
    org, backend = await staffed(team)
    zoe = await talking(org)
    path, key = f"/v1/threads/{zoe.thread}/messages", {"Idempotency-Key": "order-1 \u00fc"}
    key = {name: value.encode().decode("latin-1") for name, value in key.items()}
    answers = await asyncio.gather(*(backend.call("POST", path, {"text": f"hi {n}"}, key) for n in range(8)))
    first = [answer for answer in answers if answer.status == 201]
    assert len(first) == 1
    assert first[0].json["cid"] == "order-1 ü"
    other = Backend(org.server, await key_of(org.server, org.org, "write"), org.org)
    again = await other.call("POST", path, {"text": "hi", "agent": "ag_ana"}, key)
    assert (again.status, again.json) == (200, {**first[0].json, "dup": True})
    assert len((await backend.get(f"/v1/threads/{zoe.thread}/events"))["items"]) == 2
    # Without a key every request is a message; a customer's cid is another's.
    assert (await backend.call("POST", path, {"text": "more"})).json["seq"] == 3
    assert (await zoe.say("mine", cid="order-1 ü"))["seq"] == 4


@pytest.mark.parametrize("key", ["", "x" * 65])
async def test_a_key_that_is_none(team: MakeTeam, key: str) -> None:
    """A key outside its limits is refused before anything is written."""
    org, backend = await staffed(team)
    zoe = await talking(org)
    answer = await backend.call(
        "POST", f"/v1/threads/{zoe.thread}/messages", {"text": "hi"}, {"Idempotency-Key": key}
    )
    assert (answer.status, answer.json["reason"], answer.json["field"]) == (
        400,
        "bad_field",
        "Idempotency-Key",
    )
    assert len((await backend.get(f"/v1/threads/{zoe.thread}/events"))["items"]) == 1


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": "x" * 10_001}, {"text": 5}, {"text": "hi", "kind": "note"}]
)
async def test_a_message_that_is_none(team: MakeTeam, body: dict[str, Any]) -> None:
    """A text outside its limits is refused, and never quoted."""
    org, backend = await staffed(team)
    zoe = await talking(org)
    answer = await backend.call("POST", f"/v1/threads/{zoe.thread}/messages", body)
    assert (answer.status, answer.json["reason"]) == (400, "bad_field")
    assert "xxx" not in answer.body.decode()


async def test_events_page_by_page(team: MakeTeam) -> None:
    """Events come ascending, the newest page first, notes among them; cursors lead to the first one."""
    org, backend = await staffed(team)
    zoe, ben = await talking(org, "zoe", *(f"m{n}" for n in range(5))), await org.console("ben")
    await ben.do("note", zoe.thread, text="a note")
    await ben.do("send", zoe.thread, text="an answer")
    path = f"/v1/threads/{zoe.thread}/events"
    expected = [("message", f"m{n}") for n in range(5)] + [("note", "a note"), ("message", "an answer")]
    page, pages = await backend.get(path, limit=3), []
    while "cursor" in page:
        pages.append(page["items"])
        page = await backend.get(path, limit=3, cursor=page["cursor"])
    pages.append(page["items"])
    assert said([event for items in reversed(pages) for event in items]) == expected
    assert said((await backend.get(path, before=3))["items"]) == expected[:2]
    assert said((await backend.get(path, before=10_000))["items"]) == expected
    assert (await backend.get(path, before=1))["items"] == []


async def test_long_texts_make_short_pages(team: MakeTeam) -> None:
    """A page of long texts holds fewer events than asked for and a cursor for the others."""
    org, backend = await staffed(team)
    zoe = await talking(org, "zoe", *("x" * 9_000 for _ in range(8)))
    page = await backend.get(f"/v1/threads/{zoe.thread}/events")
    assert 1 <= len(page["items"]) < 8
    assert page["items"][-1]["seq"] == 8
    older = await backend.get(f"/v1/threads/{zoe.thread}/events", cursor=page["cursor"])
    assert older["items"][-1]["seq"] == page["items"][0]["seq"] - 1


@pytest.mark.parametrize(
    "query", [{"limit": 201}, {"before": 0}, {"cursor": "x"}, {"before": 5, "cursor": "BQ"}]
)
async def test_no_page(team: MakeTeam, query: dict[str, Any]) -> None:
    """What is no place in a log is refused by name."""
    org, backend = await staffed(team)
    zoe = await talking(org)
    answer = await backend.call("GET", f"/v1/threads/{zoe.thread}/events", **query)
    assert (answer.status, answer.json["reason"]) == (400, "bad_field")
