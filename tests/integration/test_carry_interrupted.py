"""A carry that stops anywhere is finished: by a later init with the token, and by the sweep."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from onethread.hub.carry import Carry
from onethread.hub.log import StoreFailure
from onethread.hub.sweep import Sweep
from onethread.identity.organization import Organization
from onethread.store.carries import Carries
from onethread.store.link import Link
from onethread.store.scripts import all_scripts
from tests.integration.acme import Acme, MakeAcme, new_user
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.serving import Running
from tests.integration.wire import Customer, texts

LONG = [f"hush-{i} " + "x" * 9_000 for i in range(40)]
"""Texts of several runs."""
STEPS = ["seal", "carry", "carry", "carry", "settle", "clear"]


class Interrupted(Carries):
    """The real store, which is gone after so many steps of a carry."""

    left = 0

    def __getattribute__(self, name: str) -> Any:
        """Let each step happen while there are some left, as a hub does that is killed in between."""
        step = super().__getattribute__(name)
        if name not in STEPS:
            return step
        if self.left == 0:
            raise StoreFailure("killed here")
        self.left -= 1
        return step


@pytest.fixture
async def link(shared_server: Running) -> AsyncIterator[Link]:
    """A link of the test's own to the server's store."""
    async with Link(shared_server.store_url, scripts=all_scripts()) as opened:
        await opened.ready()
        yield opened


async def stop_after(link: Link, org: Acme, steps: int, source: str, to: str) -> Organization:
    """Begin a carry and stop after so many steps."""
    organization = Organization(org=org.credentials["org"], name="Acme")
    store = Interrupted(link)
    store.left = steps
    with pytest.raises(StoreFailure):
        await Carry(store, organization, "-" * 16).run(source, to)
    return organization


async def whole(org: Acme, user: dict[str, str]) -> None:
    """The contact has everything once."""
    reader = await org.come(user=user, tail=200)
    parts = await reader.replayed()
    assert texts(parts) == ["hush-own", *LONG]
    kinds = [event["kind"] for part in parts for event in part["events"]]
    assert kinds == ["message"] * 41 + ["merged"]
    assert parts[-1]["events"][-1]["count"] == len(LONG)


@pytest.mark.parametrize("steps", range(1, len(STEPS)))
@pytest.mark.parametrize("by", ["its user", "another user", "no user", "the sweep"])
async def test_a_carry_stopped_after_any_step_is_finished(
    acme: MakeAcme, link: Link, steps: int, by: str
) -> None:
    """Whoever comes with the token next, or the sweep, finishes it; everything is there once."""
    org, user = await acme(), {"user_id": new_user()}
    owner = await org.join(user=user)
    await owner.say("hush-own")
    visitor = await org.join()
    for text in LONG:
        await visitor.say(text)
    token = visitor.ready["visitor"]
    organization = await stop_after(link, org, steps, visitor.thread, owner.thread)
    assert await visitor.closed() == 4409
    if by == "the sweep":

        async def organizations() -> list[Organization]:
            return [organization]

        await Sweep(Carries(link), organizations).run()
    else:
        users = {"its user": {"user": user}, "another user": {"user": {"user_id": new_user()}}, "no user": {}}
        later = await org.join(visitor=token, **users[by])
        assert later.ready.get("carried_from", []) == ([visitor.thread] if by == "its user" else [])
    await whole(org, user)
    assert await Carries(link).unfinished(organization.org, 0) == []


async def test_a_deletion_that_is_not_carried_yet_may_be_sent_again(acme: MakeAcme, link: Link) -> None:
    """The message is there as deleted, its deletion is in a later run: a repeat is acked with numbers that
    stay."""
    org, user = await acme(), {"user_id": new_user()}
    owner, visitor = await org.join(user=user), await org.join()
    said = await visitor.say("hush-said")
    for text in LONG:
        await visitor.say(text)
    delete = {"t": "delete", "cid": "d", "target": 1, "target_id": said["id"]}
    assert (await visitor.ask(delete, "ack"))["seq"] == len(LONG) + 2
    await stop_after(link, org, 2, visitor.thread, owner.thread)
    ack = await owner.ask({**delete, "cid": "again"}, "ack")
    home = await org.come(user=user, visitor=visitor.ready["visitor"], tail=200)
    events = {event["seq"]: event for part in await home.replayed() for event in part["events"]}
    assert (events[1]["id"], events[1]["deleted"], events[1]["rev"]) == (said["id"], True, ack["seq"])
    assert (events[ack["seq"]]["kind"], events[ack["seq"]]["id"]) == ("deleted", ack["id"])
    assert home.ready["unread"] == 0
    for cid in ("again", "d", "third"):
        repeat = await home.ask({**delete, "cid": cid}, "ack")
        assert (repeat["seq"] == ack["seq"] or cid == "d", repeat["dup"]) == (True, True)


async def test_kill_9_in_the_middle_is_made_good_after_the_restart(
    make_server: Callable[..., Awaitable[Running]],
) -> None:
    """A server killed while it carries leaves nothing lost and nothing twice once the token comes again."""
    server, user_id = await make_server(), new_user()
    visitor = await Customer.join(server.url)
    for text in LONG:
        await visitor.say(text)
    token = visitor.ready["visitor"]
    carrying = await Customer.dial(server.url)
    await carrying.init(user={"user_id": user_id}, visitor=token)
    await server.kill()
    await server.start()
    async with await Customer.join(server.url, user_id, visitor=token, tail=200) as home:
        assert texts([frame for frame in home.frames if frame["t"] == "replay"]) == LONG
        assert home.ready["carried_from"] == [visitor.thread]
    for customer in (visitor, carrying):
        await customer.close()
