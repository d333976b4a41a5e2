"""`onethread webhooks`, as an administrator types it, against a real store."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from onethread.contacts.profile import register
from onethread.hub.clock import now_ms
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Writing
from onethread.identity.ids import new_epoch, new_thread
from onethread.store.carries import Carries
from onethread.store.link import Link
from onethread.store.outbox import Outbox
from onethread.webhooks.outbox import Lane, Outcome
from onethread_protocol.people import User
from tests.app.test_cli_agents import Command, command, org, refused

__all__ = ["command", "org", "refused"]
URL = "https://shop.example/hooks"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other hub has held that there is no webhook: nobody needs to wait for it."""
    monkeypatch.setattr("onethread.store.webhooks.TRUSTED", 0.0)


def in_store(store_url: str, work: Callable[[Link], Awaitable[object]]) -> None:
    """Do some work on the store."""

    async def run() -> None:
        async with Link(store_url) as link:
            await link.ready()
            await work(link)

    asyncio.run(run())


def give_up(store_url: str, org: str, webhook: str, count: int) -> None:
    """So many contacts come, and of none of them anybody could be told."""

    async def work(link: Link) -> None:
        store, outbox, lane = Carries(link), Outbox(link), Lane(org, 0, webhook)
        for _ in range(count):
            contact = register(User(name="Zoe"), new_thread(0), now_ms())
            writing = Writing(version=0, before=None, contact=contact, epoch=new_epoch())
            await store.write(ThreadKeys(org, contact.thread), writing)
        for due in await outbox.take(lane, "hub", count) or ():
            await outbox.settle(lane, due, Outcome("dead", why="HTTP 418"))

    in_store(store_url, work)


def test_a_webhook_from_first_to_last(command: Command, org: str) -> None:
    """Add, list, set, rotate and remove do what they say; the secret is shown once."""
    made = dict(line.split() for line in command("webhooks", "add", URL, "--org", org).splitlines())
    assert made["secret"].startswith("whsec_")
    [listed] = json.loads(command("webhooks", "list", "--org", org, "--json"))
    assert made["secret"] not in str(listed)
    assert (listed["id"], listed["url"], len(listed["events"])) == (made["id"], URL, 6)
    assert (listed["waiting"], listed["dead_letters"], listed["told_at"]) == (0, 0, "")
    other = "https://shop.example/other"
    events = ("--event", "thread.status", "--event", "message.created")
    command("webhooks", "set", made["id"], "--org", org, "--url", other, *events)
    rotated = command("webhooks", "rotate", made["id"], "--org", org).split()[1]
    assert rotated.startswith("whsec_")
    assert rotated != made["secret"]
    [listed] = json.loads(command("webhooks", "list", "--org", org, "--json"))
    assert (listed["url"], listed["events"]) == (other, ["message.created", "thread.status"])
    command("webhooks", "remove", made["id"], "--org", org)
    assert json.loads(command("webhooks", "list", "--org", org, "--json")) == []
    acts = json.loads(command("audit", "--org", org, "--json"))
    done = [act["action"] for act in acts if act["subject"] == made["id"]]
    assert done == ["webhook.removed", "webhook.changed", "webhook.changed", "webhook.added"]


def test_dead_letters(command: Command, refused: Callable[..., str], store_url: str, org: str) -> None:
    """They are shown with why, and told again, one or all."""
    id_ = command("webhooks", "add", URL, "--org", org).split()[1]
    give_up(store_url, org, id_, 3)
    letters = json.loads(command("webhooks", "dead", id_, "--org", org, "--json"))
    assert {(one["type"], one["tries"], one["failure"]) for one in letters} == {
        ("contact.created", 1, "HTTP 418")
    }
    one = letters[1]["letter"]
    assert command("webhooks", "replay", id_, one, "--org", org).startswith("1 of webhook")
    assert "no dead letter" in refused(1, "webhooks", "replay", id_, one, "--org", org)
    left = json.loads(command("webhooks", "dead", id_, "--org", org, "--json"))
    assert [each["letter"] for each in left] == [letters[0]["letter"], letters[2]["letter"]]
    assert command("webhooks", "replay", id_, "--org", org).startswith("2 of webhook")
    [listed] = json.loads(command("webhooks", "list", "--org", org, "--json"))
    assert (listed["waiting"], listed["dead_letters"], listed["failure"]) == (3, 0, "HTTP 418")


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (("add", "http://shop.example/"), 2, "https://"),
        (("add", "https://127.0.0.1/?key=hush"), 2, "public address"),
        (("add", URL, "--event", "message.deleted"), 2, "--event"),
        (("set", "wh_1", "--url", "https://10.0.0.1/"), 2, "public address"),
        (("set", "wh_1"), 2, "--url, --event"),
        (("set", "wh_1", "--url", URL), 1, "no webhook 'wh_1'"),
        (("rotate", "wh_1"), 1, "no webhook 'wh_1'"),
        (("remove", "wh_1"), 1, "no webhook 'wh_1'"),
        (("dead", "wh_1"), 1, "no webhook 'wh_1'"),
        (("replay", "wh_1"), 1, "no webhook 'wh_1'"),
    ],
)
def test_what_does_not_fit(
    refused: Callable[..., str], org: str, words: tuple[str, ...], code: int, expected: str
) -> None:
    """One line that says what is wrong; nothing is changed."""
    assert expected in refused(code, "webhooks", *words, "--org", org)


def test_an_organization_that_is_not_there(refused: Callable[..., str]) -> None:
    """Is named."""
    assert "'nobody'" in refused(1, "webhooks", "list", "--org", "nobody")
