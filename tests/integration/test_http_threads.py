"""Threads over HTTP: listed, looked at, assigned and closed, live for everybody else."""

from typing import Any

import pytest

from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.acme import token as jwt
from tests.integration.acme import user_hash
from tests.integration.backend import Backend
from tests.integration.http import request
from tests.integration.staffed import session_of, staffed, talking
from tests.integration.team import MakeTeam
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import later


async def test_a_thread_whole(team: MakeTeam) -> None:
    """A thread tells its contact, status, assignee, positions and who has it open."""
    org, backend = await staffed(team)
    zoe, ben = await talking(org, "zoe", "one", "two"), await org.console("ben")
    await ben.open(zoe.thread)
    await ben.do("assign", zoe.thread, agent="ag_ana")
    await zoe.send({"t": "read", "seq": 3})
    found = await backend.get(f"/v1/threads/{zoe.thread}")
    assert found["contact"] == await backend.get(f"/v1/contacts/{zoe.ready['contact']['id']}")
    assert (found["thread"], found["epoch"]) == (zoe.thread, zoe.ready["epoch"])
    assert (found["status"], found["assignee"]) == ("open", {"id": "ag_ana", "name": "ana"})
    assert (found["head"], found["unread"]) == (3, 2)
    assert found["viewers"] == [{"id": "ag_ben", "name": "ben"}]


async def test_assigned_and_closed(team: MakeTeam) -> None:
    """A PATCH assigns, closes and reopens, each an event that agents and, of the status, the customer see."""
    org, backend = await staffed(team)
    zoe, ben = await talking(org), await org.console("ben")
    await ben.open(zoe.thread)
    path = f"/v1/threads/{zoe.thread}"
    answer = await backend.call("PATCH", path, {"assignee": "ag_ben", "status": "closed"})
    assert answer.status == 200
    assert (answer.json["status"], answer.json["assignee"]) == ("closed", {"id": "ag_ben", "name": "ben"})
    assigned = await ben.event(lambda event: event["kind"] == "assigned")
    assert (assigned["agent"], assigned["from"]["type"]) == ({"id": "ag_ben", "name": "ben"}, "system")
    closed = await zoe.event(lambda event: event["kind"] == "status")
    assert (closed["status"], closed["from"]["name"]) == ("closed", "Acme")
    answer = await backend.call("PATCH", path, {"assignee": None, "status": "open"})
    assert (answer.json["status"], answer.json["assignee"]) == ("open", None)
    assert (await backend.call("PATCH", path, {})).json == answer.json


async def test_an_agents_session_acts_as_the_agent(team: MakeTeam) -> None:
    """What an agent does over HTTP is its own; it writes in nobody else's name, an admin may."""
    org, backend = await staffed(team)
    zoe = await talking(org)
    ben, ana = await session_of(org, "ben"), await session_of(org, "ana")
    path = f"/v1/threads/{zoe.thread}"
    await ben.call("PATCH", path, {"status": "closed"})
    assert (await zoe.event(lambda event: event["kind"] == "status"))["from"]["id"] == "ag_ben"
    assert (await ben.call("POST", f"{path}/messages", {"text": "hi", "agent": "ag_ben"})).status == 201
    refused = await ben.call("POST", f"{path}/messages", {"text": "hi", "agent": "ag_ana"})
    assert (refused.status, refused.json["reason"]) == (403, "not_admitted")
    assert (await ana.call("POST", f"{path}/messages", {"text": "hi", "agent": "ag_ben"})).status == 201
    assert [event["from"]["type"] for event in (await backend.get(f"{path}/events"))["items"]] == [
        "contact",
        "agent",
        "agent",
        "agent",
    ]


@pytest.mark.parametrize(
    "body", [{"assignee": "ag_nobody"}, {"assignee": ""}, {"status": "done"}, {"state": "open"}]
)
async def test_a_change_that_is_none(team: MakeTeam, body: dict[str, Any]) -> None:
    """Nobody's id, another status and an unknown field are refused by name, and nothing is appended."""
    org, backend = await staffed(team)
    zoe = await talking(org)
    answer = await backend.call("PATCH", f"/v1/threads/{zoe.thread}", {"status": "closed", **body})
    assert (answer.status, answer.json["reason"], answer.json["field"]) == (
        400,
        "bad_field",
        next(iter(body)),
    )
    assert (await backend.get(f"/v1/threads/{zoe.thread}"))["status"] == "open"


@pytest.mark.parametrize("shards", [1, 4])
async def test_threads_are_listed_as_the_inbox_does(team: MakeTeam, shards: int) -> None:
    """Threads come by their newest message, in the inbox's views, page by page, over all shards."""
    org, backend = await staffed(team, shards=shards)
    people = []
    for n in range(6):
        people.append(await talking(org, f"user-{n}"))
        await later()
    threads = [person.thread for person in people]
    await people[0].say("again")
    await backend.call("PATCH", f"/v1/threads/{threads[1]}", {"status": "closed"})
    await backend.call("PATCH", f"/v1/threads/{threads[2]}", {"assignee": "ag_ben"})

    async def listed(who: Backend = backend, **query: Any) -> list[int]:
        return [threads.index(row["thread"]) for row in await who.pages("/v1/threads", limit=2, **query)]

    assert await listed() == [0, 5, 4, 3, 2, 1]
    assert await listed(view="open") == [0, 5, 4, 3, 2]
    assert await listed(view="closed") == [1]
    assert await listed(view="unassigned") == [0, 5, 4, 3]
    assert await listed(await session_of(org, "ben"), view="mine") == [2]
    [row] = (await backend.get("/v1/threads", limit=1))["items"]
    assert (row["last"]["text"], row["unread"], row["contact"]["name"]) == ("again", 2, "user-0")


@pytest.mark.parametrize("query", [{"view": "mine"}, {"view": "some"}, {"limit": 101}, {"cursor": "x"}])
async def test_no_view(team: MakeTeam, query: dict[str, Any]) -> None:
    """A key has no view of its own; what is no view, limit or cursor is refused by name."""
    _, backend = await staffed(team)
    answer = await backend.call("GET", "/v1/threads", **query)
    assert (answer.status, answer.json["reason"], answer.json["field"]) == (
        400,
        "bad_field",
        next(iter(query)),
    )


async def test_no_thread(team: MakeTeam) -> None:
    """No id, nobody's and another organization's are unknown; a carried one says where it went."""
    org, backend = await staffed(team)
    other, _ = await staffed(team)
    theirs = await talking(other)
    visitor = await org.join()
    threads = [
        "nothing",
        "th_0_0123456789abcdefghij",
        "th_9_0123456789abcdefghij",
        "%00",
        theirs.thread,
        visitor.thread,
    ]
    for thread in threads:
        for method, path, body in _routes():
            answer = await backend.call(method, f"/v1/threads/{thread}{path}", body)
            assert (answer.status, answer.json["reason"]) == (404, "unknown_thread")
    await visitor.say("hello")
    zoe = await org.join(user={"user_id": "zoe"}, visitor=visitor.ready["visitor"])
    for method, path, body in _routes():
        answer = await backend.call(method, f"/v1/threads/{visitor.thread}{path}", body)
        assert (answer.status, answer.json["reason"], answer.json["to"]) == (409, "moved", zoe.thread)


def _routes() -> list[tuple[str, str, Any]]:
    return [
        ("GET", "", None),
        ("PATCH", "", {"status": "closed"}),
        ("GET", "/events", None),
        ("POST", "/messages", {"text": "hi"}),
    ]


async def test_nothing_with_a_contacts_rights_reads_over_http(team: MakeTeam) -> None:
    """No route of the API answers what a customer holds with anything but 401: notes stay with agents."""
    org, _ = await staffed(team)
    visitor = await org.join()
    await visitor.say("hello")
    ben = await org.console("ben")
    await ben.do("note", visitor.thread, text="hush-note")
    held = [visitor.ready["visitor"], visitor.ready["session"], jwt("zoe"), user_hash("zoe"), "secret"]
    paths = (await request(org.server, "GET", "/openapi.json")).json["paths"]
    tried = 0
    for path, methods in paths.items():
        where = path.replace("{id}", visitor.thread if "threads" in path else visitor.ready["contact"]["id"])
        for method in methods:
            if (method, path) == ("post", "/v1/sessions"):
                continue
            for credential in held:
                headers = {
                    "Authorization": f"Bearer {credential}",
                    "Cookie": f"onethread_session={credential}",
                }
                answer = await request(org.server, method.upper(), where, {}, headers)
                assert answer.status == 401
                assert "hush-note" not in answer.body.decode()
                tried += 1
    assert tried > 50
