"""WIRE.md sections 2 and 8: what `logout` ends, and that a clean chat is one refused person's only."""

import pytest

from tests.integration.acme import Acme, MakeAcme, new_user, refused, secret
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.hubs import Hubs
from tests.integration.wire import Customer, Frame, texts

BYE = {"t": "bye", "reason": "logout", "reconnect": False, "after_ms": 0}


async def log_out(customer: Customer) -> None:
    """Log out; the connection ends."""
    await customer.send({"t": "logout"})
    assert await customer.closed() == 1000


async def pinned(org: Acme) -> Frame:
    """A user whose security hash is pinned, so that without it everybody is refused."""
    user = {"user_id": new_user(), "security_hash": secret()}
    await org.join(user=user)
    return user


async def refused_as(org: Acme, user: Frame, **init: str) -> Customer:
    """Come without the hash; the clean chat."""
    customer = await org.join(user={"user_id": user["user_id"]}, **init)
    assert refused(customer)
    return customer


@pytest.mark.parametrize("known", [True, False])
async def test_logout_ends_the_device_on_every_hub(acme: MakeAcme, two_hubs: Hubs, known: bool) -> None:
    """Contact or visitor: each connection of the device gets `bye` and 1000, on each hub; others stay."""
    one, two = two_hubs
    org = await acme(one)
    init: Frame = {"user": {"user_id": new_user()}} if known else {}
    phone = await org.join(device="phone", **init)
    await phone.say("hush-hello")
    if not known:
        init = {"visitor": phone.ready["visitor"]}
    others = [await org.join(hub.url, device="phone", **init) for hub in (one, two, two)]
    laptops = [await org.join(hub.url, device="laptop", **init) for hub in two_hubs]
    assert {customer.thread for customer in (*others, *laptops)} == {phone.thread}
    await log_out(phone)
    for customer in others:
        assert await customer.closed() == 1000
        assert customer.frames[-1] == BYE
    for laptop in laptops:
        assert (await laptop.say("hush-still here"))["dup"] is False


@pytest.mark.parametrize("stored", [True, False])
async def test_logout_ends_the_tokens_given_at_a_refused_init(acme: MakeAcme, stored: bool) -> None:
    """The clean chat's token and the visitor token beside it open nothing any more; stored or not."""
    org = await acme()
    user, visitor = await pinned(org), await org.join()
    token = visitor.ready["visitor"]
    first = await refused_as(org, user)
    if stored:
        await visitor.say("hush-visitor")
        await first.say("hush-clean")
    clean = await refused_as(org, user, visitor=token, clean=first.ready["clean"])
    assert clean.thread == first.thread
    await log_out(clean)
    for opened in (first, clean):
        assert (await refused_as(org, user, clean=opened.ready["clean"])).thread != first.thread
    assert (await org.join(visitor=token)).thread != visitor.thread


@pytest.mark.parametrize("stored", [True, False])
async def test_logout_of_a_contact_ends_the_tokens_given_at_its_init(acme: MakeAcme, stored: bool) -> None:
    """The clean token that was held beside the `user_id` is over; the contact finds its own thread again."""
    org = await acme()
    user = await pinned(org)
    before = await refused_as(org, user)
    if stored:
        await before.say("hush-clean")
    home = await org.join(user=user, clean=before.ready["clean"])
    await home.say("hush-own")
    await log_out(home)
    after = await refused_as(org, user, clean=before.ready["clean"])
    assert (after.thread != before.thread, after.ready["head"]) == (True, 0)
    again = await org.come(user=user)
    assert texts(await again.replayed()) == ["hush-own"]
    assert again.thread == home.thread


async def test_logout_leaves_tokens_that_were_not_given(acme: MakeAcme) -> None:
    """Another visitor's token and another clean chat's go on."""
    org = await acme()
    user, visitor = await pinned(org), await org.join()
    await visitor.say("hush-visitor")
    clean = await refused_as(org, user)
    await clean.say("hush-clean")
    await log_out(await org.join(user=user))
    await log_out(await org.join())
    assert (await org.join(visitor=visitor.ready["visitor"])).thread == visitor.thread
    assert (await refused_as(org, user, clean=clean.ready["clean"])).thread == clean.thread


async def test_a_clean_token_opens_nothing_beside_another_refused_user(acme: MakeAcme) -> None:
    """Nor without a `user_id`, nor as a visitor token: each time the chat is a new one; nothing is lost."""
    org = await acme()
    user, other = await pinned(org), await pinned(org)
    first = await refused_as(org, user)
    await first.say("hush-clean")
    token = first.ready["clean"]
    strangers = [
        await refused_as(org, other, clean=token),
        await refused_as(org, other, visitor=token),
        await org.join(clean=token),
        await org.join(visitor=token),
    ]
    for stranger in strangers:
        assert stranger.thread != first.thread
        assert stranger.ready["head"] == 0
        assert "carried_from" not in stranger.ready
    owner = await org.join(user=other, visitor=token, clean=token)
    assert texts([frame for frame in owner.frames if frame["t"] == "replay"]) == []
    assert "carried_from" not in owner.ready
    again = await org.come(user={"user_id": user["user_id"]}, clean=token)
    assert texts(await again.replayed()) == ["hush-clean"]
