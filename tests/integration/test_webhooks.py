"""Webhooks of a running server, as a backend that receives them sees them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.integration.acme import MakeAcme
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.backend import Backend, backend_of
from tests.integration.http import request
from tests.integration.hubs import until
from tests.integration.serving import Running
from tests.integration.team import MakeTeam
from tests.integration.team import team_fixture as team_fixture
from tests.integration.test_http_administration import acts, added
from tests.integration.test_http_threads import staffed
from tests.webhooks.receiver import OK, Received, Receiver

DOC = Path(__file__).parent.parent.parent / "docs" / "webhooks.md"
DAY = 86_400_000


@pytest.fixture(name="receiver")
def receiver_fixture() -> Iterator[Receiver]:
    """A backend of the test's own."""
    with Receiver() as receiver:
        yield receiver


def verifier() -> Callable[[str, dict[str, str], bytes], bool]:
    """What docs/webhooks.md shows to receivers, as it stands there."""
    [sample] = [part.partition("```")[0] for part in DOC.read_text().split("```python\n")[1:]]
    found: dict[str, Any] = {}
    exec(sample, found)  # noqa: S102 - our own page
    verify: Callable[[str, dict[str, str], bytes], bool] = found["is_genuine"]
    return verify


async def told(receiver: Receiver, *types: str) -> list[Received]:
    """What was received, once there is one of each of these for each time it is named."""

    def there(received: list[Received]) -> bool:
        found = [one.json["type"] for one in received]
        return all(found.count(each) >= types.count(each) for each in types)

    return await asyncio.to_thread(receiver.wait, there)


async def test_from_first_to_last(team: MakeTeam, receiver: Receiver) -> None:
    """Everything that happens after the answer is told, in order, signed with the secret told once."""
    org, backend = await staffed(team)
    made = await added(backend, "webhooks", url=receiver.url())
    customer = await org.join(user={"user_id": "7", "name": "Zoe"})
    thread = customer.thread
    ack = await customer.say("hello")
    await backend.call("PATCH", f"/v1/threads/{thread}", {"assignee": "ag_ana", "status": "closed"})
    contact = customer.ready["contact"]["id"]
    await backend.call("PATCH", f"/v1/contacts/{contact}", {"custom_data": {"plan": "gold"}})
    received = await told(receiver, "contact.updated")
    bodies = [one.json for one in received]
    assert [body["type"] for body in bodies] == [
        "contact.created",
        "message.created",
        "thread.assigned",
        "thread.status",
        "contact.updated",
    ]
    assert {body["org"] for body in bodies} == {org.org}
    message = bodies[1]
    assert (message["id"], message["data"]["thread"]) == (ack["id"], thread)
    assert message["data"]["event"]["text"] == "hello"
    assert message["data"]["contact"]["user_id"] == "7"
    [event] = [one for one in (await backend.get(f"/v1/threads/{thread}/events"))["items"] if one["seq"] == 1]
    assert message["data"]["event"] == event
    assert bodies[3]["data"]["assignee"] == {"id": "ag_ana", "name": "ana"}
    assert bodies[4]["data"]["contact"]["custom_data"] == {"plan": "gold"}
    await are_as_described(org.server, bodies)
    for one in received:
        is_signed(one, made["secret"])
    listed = await backend.call("GET", "/v1/webhooks")
    assert made["secret"] not in listed.body.decode()
    assert [one["id"] for one in listed.json["items"]] == [made["id"]]
    assert (await backend.call("DELETE", f"/v1/webhooks/{made['id']}")).status == 204
    await customer.say("nobody is told")
    assert (await backend.get("/v1/webhooks"))["items"] == []
    assert (await backend.call("GET", f"/v1/webhooks/{made['id']}")).json["reason"] == "unknown_webhook"


async def are_as_described(server: Running, bodies: list[Any]) -> None:
    """The API's description says what is told."""
    described = (await request(server, "GET", "/openapi.json")).json
    for body in bodies:
        said = described["webhooks"][body["type"]]["post"]["requestBody"]["content"]["application/json"]
        jsonschema_rs.validate({**said["schema"], "components": described["components"]}, body)


def is_signed(one: Received, secret: str) -> None:
    """With this secret, now, and as it is."""
    verify = verifier()
    assert one.headers["webhook-id"] == one.json["id"]
    assert verify(secret, one.headers, one.body)
    assert not verify(secret, one.headers, one.body + b" ")
    assert not verify("whsec_" + "A" * 43 + "=", one.headers, one.body)
    old = {**one.headers, "webhook-timestamp": str(int(time.time()) - 3600)}
    assert not verify(secret, old, one.body)


async def test_whatever_happens_after_the_answer_is_told(
    acme: MakeAcme, two_hubs: tuple[Running, Running], receiver: Receiver
) -> None:
    """On every hub, also on one that held until just now that there is no webhook."""
    one, two = two_hubs
    org = await acme(one)
    backend = await backend_of(org)
    busy = await org.join(two.url)
    await busy.say("before")

    async def talk() -> None:
        while True:
            await busy.say("meanwhile")
            await asyncio.sleep(0.05)

    talking = asyncio.create_task(talk())
    await added(backend, "webhooks", url=receiver.url(), events=["message.created"])
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)
    acks = [await busy.say("after") for _ in range(3)]
    received = await asyncio.to_thread(
        receiver.wait, lambda received: acks[-1]["id"] in [one.json["id"] for one in received]
    )
    told_of = [one.json["id"] for one in received]
    assert [ack["id"] for ack in acks] == told_of[-3:]
    assert "before" not in [one.text for one in received]


async def test_what_customers_must_not_see_is_left_out(team: MakeTeam, receiver: Receiver) -> None:
    """Notes are told to nobody outside; the agents' messages are."""
    org, backend = await staffed(team)
    await added(backend, "webhooks", url=receiver.url(), events=["message.created"])
    customer = await org.join()
    await customer.say("1")
    console = await org.console("ana")
    await console.do("note", customer.thread, text="hush")
    await console.do("send", customer.thread, text="2")
    received = await told(receiver, "message.created", "message.created")
    assert [(one.text, one.json["data"]["event"]["from"]["type"]) for one in received] == [
        ("1", "contact"),
        ("2", "agent"),
    ]


async def test_a_webhook_is_changed(team: MakeTeam, receiver: Receiver) -> None:
    """Other events, another URL, another secret beside the old one; each change is in the audit log."""
    org, backend = await staffed(team)
    before = len(await acts(org))
    with Receiver() as former:
        made = await added(backend, "webhooks", url=former.url(), events=["contact.created"])
        path = f"/v1/webhooks/{made['id']}"
        changed = await backend.call("PATCH", path, {"url": receiver.url(), "events": ["contact.updated"]})
        shown = {name: value for name, value in made.items() if name != "secret"}
        assert changed.json == {**shown, "url": receiver.url(), "events": ["contact.updated"]}
        another = await backend.call("POST", f"{path}/secret")
        refused = await backend.call("PATCH", path, {"url": "https://10.0.0.1/"})
        assert (refused.status, refused.json["field"]) == (400, "url")
        contact = await backend.add(name="Zoe")

        async def taken() -> bool:
            # The hub that tells hears of it within two seconds.
            name = f"Zoe {time.monotonic_ns()}"
            await backend.call("PATCH", f"/v1/contacts/{contact['id']}", {"name": name})
            return any(" " in one.headers["webhook-signature"] for one in receiver.received)

        await until(taken)
    one = receiver.received[-1]
    assert {each.json["type"] for each in former.received + receiver.received} == {"contact.updated"}
    assert verifier()(another.json["secret"], one.headers, one.body)
    assert verifier()(made["secret"], one.headers, one.body)
    done = [(action, subject) for _, _, action, subject in (await acts(org))[before:]]
    assert done == [(f"webhook.{what}", made["id"]) for what in ("added", "changed", "changed")]


async def test_dead_letters_are_listed_and_replayed(acme: MakeAcme, receiver: Receiver) -> None:
    """What nobody took in a day is kept with why, and told again, one or all, when somebody asks for it."""
    org = await acme()
    backend = await backend_of(org)
    receiver.answer = lambda _: (418, {}, b"")
    made = await added(backend, "webhooks", url=receiver.url(), events=["message.created"])
    customers = [await org.join() for _ in range(3)]
    for number, customer in enumerate(customers):
        await customer.say(str(number))
    path = f"/v1/webhooks/{made['id']}"
    await told(receiver, *["message.created"] * 3)
    await let_a_day_pass(org.server, backend.org, made["id"])
    dead = f"{path}/dead_letters"

    async def given_up() -> bool:
        return bool((await backend.get(path))["dead_letters"] == 3)

    await until(given_up)
    state = await backend.get(path)
    assert (state["waiting"], state["failure"]) == (0, "HTTP 418")
    letters = await backend.pages(dead, limit=2)
    assert sorted(letter["thread"] for letter in letters) == sorted(one.thread for one in customers)
    assert {(one["type"], one["tries"], one["failure"]) for one in letters} == {
        ("message.created", 5, "HTTP 418")
    }
    times = [letter["failed_at"] for letter in letters]
    assert times == sorted(times, reverse=True)
    await replayed(backend, receiver, dead, letters)
    for cursor in ("x", "k80BAA"):
        wrong = await backend.call("GET", dead, cursor=cursor)
        assert (wrong.status, wrong.json["field"]) == (400, "cursor")


async def replayed(backend: Backend, receiver: Receiver, dead: str, letters: list[Any]) -> None:
    """One of them, once; then all that are left; each is told, and none is left."""
    receiver.answer = lambda _: OK
    receiver.received.clear()
    one = await backend.call("POST", f"{dead}/{letters[1]['id']}/replay")
    assert (one.status, one.json) == (202, {"replayed": 1})
    again = await backend.call("POST", f"{dead}/{letters[1]['id']}/replay")
    assert (again.status, again.json["reason"]) == (404, "unknown_dead_letter")
    everything = await backend.call("POST", f"{dead}/replay")
    assert (everything.status, everything.json) == (202, {"replayed": 2})
    received = await told(receiver, *["message.created"] * 3)
    ids = [letter["webhook_id"] for letter in letters]
    assert sorted(one.headers["webhook-id"] for one in received) == sorted(ids)
    assert await backend.pages(dead) == []


async def let_a_day_pass(server: Running, org: str, webhook: str) -> None:
    """What waits was tried four times in vain since two days, and is due."""
    key = f"{{{org}:0}}:webhook:{webhook}"
    async with server.redis() as client:

        async def waits() -> bool:
            return bool(await client.hlen(f"{key}:tries") == 3)

        await until(waits)
        for thread in await client.zrange(f"{key}:due", 0, -1):
            queue = f"{key}:queue:{thread.decode()}"
            record = (await client.lindex(queue, 0)).decode().split(" ", 1)
            await client.lset(queue, 0, f"{int(record[0]) - 2 * DAY} {record[1]}")
            await client.hset(f"{key}:tries", thread, "4")
            await client.zadd(f"{key}:due", {thread: 1}, xx=True)


async def let_some_seconds_pass(server: Running, org: str) -> None:
    """The killed hub's lease is over, and what failed is due."""
    async with server.redis() as client:
        async for key in client.scan_iter(f"{{{org}:0}}:webhook:*"):
            if key.endswith(b":lease"):
                await client.delete(key)
            elif key.endswith(b":due"):
                for thread in await client.zrange(key, 0, -1):
                    await client.zadd(key, {thread: 1}, xx=True)


async def test_nothing_is_lost_when_everything_is_killed(
    make_server: Callable[..., Awaitable[Running]], acme: MakeAcme, receiver: Receiver
) -> None:
    """What was acked is told, and tried again where it was, when hub and store are back."""
    server = await make_server()
    org = await acme(server)
    backend: Backend = await backend_of(org)
    await added(backend, "webhooks", url=receiver.url(), events=["message.created"])
    refused = True
    receiver.answer = lambda _: (500, {}, b"") if refused else OK
    customer = await org.join(user={"user_id": "7"})
    await customer.say("1")
    await customer.say("2")
    await told(receiver, "message.created")
    await server.kill_everything()
    refused = False
    await server.start()
    await let_some_seconds_pass(server, backend.org)
    received = await told(receiver, "message.created", "message.created", "message.created")
    assert [one.text for one in received] == ["1", "1", "2"]
    assert received[0].headers["webhook-id"] == received[1].headers["webhook-id"]
