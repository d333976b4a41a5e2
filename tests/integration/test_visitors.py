"""WIRE.md section 8, Visitors and Visitor tokens, on the wire."""

import re

import pytest

from tests.integration.acme import MakeAcme, new_user, user_hash
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.team import MakeTeam
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import texts

FORM = {"t": "prechat", "name": "Mia", "email": "mia@acme.test"}


async def test_page_views_leave_nothing_in_the_store(acme: MakeAcme) -> None:
    """A visitor that only looks has a token, a thread and a name, kept by the token, and no key."""
    org = await acme()
    visitor = await org.join(page={"url": "/", "title": "Home"})
    await visitor.send({"t": "page", "url": "/prices"})
    await visitor.send({"t": "track", "name": "looked"})
    await visitor.send({"t": "typing", "on": True})
    await visitor.settled()
    again = await org.join(visitor=visitor.ready["visitor"])
    for field in ("thread", "contact", "epoch"):
        assert again.ready[field] == visitor.ready[field]
    assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+ \(anonym\)", visitor.ready["contact"]["name"])
    assert await org.keys() == set()


@pytest.mark.parametrize("form_first", [True, False])
async def test_form_and_first_message_make_a_contact(acme: MakeAcme, form_first: bool) -> None:
    """In both orders: a visitor before, an authenticated contact after, and one `identified` event."""
    org = await acme()
    visitor = await org.join()
    assert [field["required"] for field in visitor.ready["prechat"]["fields"]] == [True, True]
    for given in (form_first, not form_first):
        if given:
            assert (await visitor.ask(FORM, "profile"))["prechat"] is None
        else:
            await visitor.say("hush-hello")
    event = await visitor.event(lambda event: event["kind"] == "identified")
    assert event["contact"]["authenticated"] is True
    again = await org.join(visitor=visitor.ready["visitor"])
    assert (again.ready["role"], again.ready["prechat"]) == ("contact", None)
    kinds = [e["kind"] for f in again.frames if f["t"] == "replay" for e in f["events"]]
    assert kinds == ["message", "identified"]


async def test_a_form_alone_lets_agents_see_the_device(team: MakeTeam) -> None:
    """What stores the thread, be it the form, notes who is in it; the first message finds it noted."""
    org = await team("ana")
    visitor = await org.join(device="phone")
    await visitor.ask(FORM, "profile")
    agent = await org.console("ana")
    opened = await agent.open(visitor.thread)
    if [device["id"] for device in opened["devices"]] != ["phone"]:
        await agent.next("presence", lambda frame: [one["id"] for one in frame["devices"]] == ["phone"])
    await visitor.say("hush-hello")
    again = await (await org.console("ana")).open(visitor.thread)
    assert [(device["id"], device["online"]) for device in again["devices"]] == [("phone", True)]


async def test_a_form_without_a_required_field_is_400(acme: MakeAcme) -> None:
    """The message names the field; what init gave counts as given."""
    org = await acme()
    visitor = await org.join()
    error = await visitor.ask({"t": "prechat", "name": "Mia"}, "profile")
    assert (error["reason"], "`email`" in error["message"]) == ("bad_field", True)
    known = await org.join(user={"email": "mia@acme.test"})
    assert known.ready["prechat"]["values"] == {"email": "mia@acme.test"}
    assert (await known.ask({"t": "prechat", "name": "Mia"}, "profile"))["contact"]["name"] == "Mia"


async def test_a_token_that_is_not_right_makes_a_new_visitor(acme: MakeAcme) -> None:
    """Forged, cut, another organization's, and one that is no token at all."""
    org, other = await acme(), await acme()
    visitor = await org.join()
    await visitor.say("hush-mine")
    token = visitor.ready["visitor"]
    foreign = (await other.join()).ready["visitor"]
    swapped = ("A" if token[8] != "A" else "B").join((token[:8], token[9:]))
    for wrong in (swapped, token[:-1], token + "A", foreign, "nonsense", visitor.thread):
        stranger = await org.join(visitor=wrong)
        assert stranger.thread != visitor.thread
        assert stranger.ready["head"] == 0


async def test_logout_ends_the_device_and_every_token(acme: MakeAcme) -> None:
    """`bye`, close 1000, for each connection of the device and no other; no token of the thread opens it."""
    org = await acme()
    first = await org.join(device="phone")
    await first.say("hush-hello")
    tokens = [first.ready["visitor"]]
    tab = await org.join(device="phone", visitor=tokens[0])
    laptop = await org.join(device="laptop", visitor=tokens[0])
    tokens.append(laptop.ready["visitor"])
    await first.send({"t": "logout", "ref": "out"})
    assert (await first.next("bye")) == {
        "t": "bye", "reason": "logout", "reconnect": False, "after_ms": 0, "ref": "out",
    }  # fmt: skip
    assert [await customer.closed() for customer in (first, tab)] == [1000, 1000]
    assert (await laptop.say("hush-still here"))["dup"] is False
    for token in tokens:
        assert (await org.join(visitor=token)).thread != first.thread


async def test_p5_nobody_else_sees_the_thread(acme: MakeAcme) -> None:
    """Another user, the same user_id in another organization and a refused one get nothing of it."""
    org, other, user_id = await acme(), await acme(), new_user()
    owner = await org.join(user={"user_id": user_id, "security_hash": "hush-mine", "name": "Owner"})
    strangers = [
        await org.join(user={"user_id": new_user()}),
        await other.join(user={"user_id": user_id}),
        await org.join(user={"user_id": user_id}),
        await org.join(user={"user_id": user_id, "user_hash": user_hash("else")}),
    ]
    await owner.say("hush-private")
    for stranger in strangers:
        seen = str([*stranger.frames, *await stranger.settled()])
        for private in ("hush-private", "Owner", owner.thread, owner.ready["contact"]["id"]):
            assert private not in seen
        error = await stranger.ask(
            {"t": "history", "before": 9, "limit": 9, "thread": owner.thread}, "history"
        )
        assert (error["code"], error["reason"]) == (403, "not_admitted")
    assert texts(await (await org.come(user={"user_id": user_id, "security_hash": "hush-mine"})).replayed())
