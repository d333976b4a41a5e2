"""Who is first, and who is let go: pins and signed marks, on one hub and on another."""

from collections.abc import Awaitable, Callable

from tests.integration.acme import MakeAcme, new_user, quiet, refused, secret, user_hash
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.serving import Running
from tests.integration.wire import texts

DEVICES = 30


async def test_of_30_devices_with_different_hashes_one_wins(acme: MakeAcme) -> None:
    """A new user_id is pinned by exactly one of 30 that come at once; all others are refused."""
    org, user_id = await acme(), new_user()
    users = [{"user_id": user_id, "security_hash": secret()} for _ in range(DEVICES)]
    early = [{"user_id": user_id}] * 5  # these may get in as open, and must not stay
    customers = await org.race([{"user": user} for user in (*early, *users)])
    for customer in customers[: len(early)]:
        assert refused(customer) or await customer.closed() == 4403
    customers = customers[len(early) :]
    winners = [user for user, c in zip(users, customers, strict=True) if c.ready["identity"] == "pinned"]
    assert len(winners) == 1
    losers = [c for c in customers if c.ready["identity"] != "pinned"]
    assert all(refused(c) for c in losers)
    threads = {c.ready["thread"] for c in customers}
    assert len(threads) == DEVICES  # everybody else has a clean chat of its own
    again = await org.come(user=winners[0])
    assert again.ready["identity"] == "pinned"


async def test_of_30_devices_with_the_same_hash_all_are_let_in(acme: MakeAcme) -> None:
    """A person whose devices all come at once has one thread, and it is pinned once."""
    org, user_id = await acme(), new_user()
    users = [{"user_id": user_id, "security_hash": "hush-mine"}] * DEVICES
    customers = await org.race([{"user": user} for user in users])
    assert {c.ready["identity"] for c in customers} == {"pinned"}
    assert len({c.ready["thread"] for c in customers}) == 1
    assert {c.ready["head"] for c in customers} == {1}  # one `pinned`, hidden from customers


async def test_30_devices_with_different_fields_all_get_in(acme: MakeAcme) -> None:
    """Writing one profile at once costs nobody its init, and every key is kept."""
    org, user_id = await acme(), new_user()
    users = [{"user_id": user_id, "custom_data": {f"key{i}": i}} for i in range(DEVICES)]
    customers = await org.race([{"user": user} for user in users])
    assert {c.ready["identity"] for c in customers} == {"open"}
    assert len({c.ready["thread"] for c in customers}) == 1
    full = {f"more{i}": i for i in range(100 - DEVICES)}
    edit = {"t": "profile", "user": {"custom_data": full}}
    assert (await customers[0].ask(edit, "profile"))["t"] == "profile"
    edit = {"t": "profile", "user": {"custom_data": {"one more": 1}}}
    assert (await customers[0].ask(edit, "profile"))["reason"] == "bad_field"


async def test_a_race_to_be_signed_lets_in_who_is_signed_and_nobody_else(acme: MakeAcme) -> None:
    """Under `sticky`, of signed and unsigned devices at once the signed stay, and no other stays."""
    org, user_id = await acme(), new_user()
    signed = {"user_id": user_id, "user_hash": user_hash(user_id)}
    users = [signed if i % 3 == 0 else {"user_id": user_id} for i in range(DEVICES)]
    customers = await org.race([{"user": user} for user in users])
    for user, customer in zip(users, customers, strict=True):
        if user is signed:
            assert customer.ready["identity"] == "signed"
            await customer.settled()
        elif not refused(customer):
            assert await customer.closed() == 4403


async def test_a_pin_closes_who_was_admitted_as_open(acme: MakeAcme) -> None:
    """The first hash ends the connections that came with none, 4403; the one who gave it stays."""
    org, user_id = await acme(), new_user()
    without = [await org.come(user={"user_id": user_id}) for _ in range(3)]
    await without[0].say("hush-said without a hash")
    user = {"user_id": user_id, "security_hash": secret()}
    owner = await org.come(user=user)
    assert (owner.ready["identity"], owner.ready["thread"]) == ("pinned", without[0].thread)
    assert [await customer.closed() for customer in without] == [4403] * 3
    again = await org.come(user=user)
    assert again.ready["thread"] == owner.thread
    await owner.settled()
    stranger = await org.come(user={"user_id": user_id})
    assert refused(stranger)


async def test_the_pinned_event_is_hidden_from_customers(acme: MakeAcme) -> None:
    """A pin appends an event that agents see: the head counts it, and no customer is shown it."""
    org, user_id = await acme(), new_user()
    user = {"user_id": user_id, "security_hash": secret()}
    customer = await org.come(user=user)
    assert customer.ready["head"] == 1
    [part] = await customer.replayed()
    assert (part["events"], part["at"]["seq"]) == ([], 1)
    ack = await customer.say("hush-hello")
    assert ack["seq"] == 2
    page = await customer.ask({"t": "history", "before": 2, "limit": 10}, "history")
    assert (page["events"], page["more"]) == ([], False)
    kinds = [frame["event"]["kind"] for frame in customer.frames if frame["t"] == "event"]
    assert "pinned" not in kinds


async def test_the_first_signed_admission_closes_all_others_under_sticky(acme: MakeAcme) -> None:
    """Under `sticky` it ends what was admitted as open or pinned, 4403; a second signed one ends nobody."""
    org, user_id = await acme(), new_user()
    pinned = await org.come(user={"user_id": user_id, "security_hash": "hush-mine"})
    signed = {"user_id": user_id, "user_hash": user_hash(user_id)}
    first = await org.come(user=signed)
    assert await pinned.closed() == 4403
    second = await org.come(user=signed)
    await first.settled()
    await second.settled()


async def test_the_first_signed_admission_closes_nobody_under_open(acme: MakeAcme) -> None:
    """Under `open` a signed device and one without a proof are in the thread together."""
    org, user_id = await acme(identity="open"), new_user()
    unproven = await org.come(user={"user_id": user_id})
    signed = {"user_id": user_id, "user_hash": user_hash(user_id)}
    proven = await org.come(user=signed)
    await proven.say("hush-both hear it")
    assert (await unproven.event())["text"] == "hush-both hear it"


async def test_a_signed_admission_neither_checks_nor_sets_a_pin(acme: MakeAcme) -> None:
    """With a proof, another hash than the pinned one is no trouble, and none is pinned."""
    org, user_id = await acme(identity="open"), new_user()
    proof = {"user_id": user_id, "user_hash": user_hash(user_id)}
    for user, identity in (
        ({**proof, "security_hash": "hush-beside the proof"}, "signed"),
        ({"user_id": user_id, "security_hash": "hush-mine"}, "pinned"),
        ({**proof, "security_hash": "hush-another"}, "signed"),
        ({"user_id": user_id, "security_hash": "hush-mine"}, "pinned"),
    ):
        customer = await org.come(user=user)
        assert customer.ready["identity"] == identity


async def test_pins_and_signed_marks_reach_the_other_hub(
    make_server: Callable[..., Awaitable[Running]], acme: MakeAcme
) -> None:
    """What is pinned or signed on one hub closes another's connections, and a restart forgets nothing."""
    first = await make_server(ONETHREAD_SECRET_KEY="hush-a-key-that-is-long-enough-for-two-hubs")
    second = await make_server(
        store_url=first.store_url, ONETHREAD_SECRET_KEY=first.settings["ONETHREAD_SECRET_KEY"]
    )
    with quiet(first), quiet(second):
        org, user_id = await acme(first), new_user()
        there = await org.come(second.url, user={"user_id": user_id})
        user = {"user_id": user_id, "security_hash": "hush-mine"}
        here = await org.come(first.url, user=user)
        assert await there.closed() == 4403
        signed = {"user_id": user_id, "user_hash": user_hash(user_id)}
        there = await org.come(second.url, user=signed)
        assert (there.ready["identity"], there.thread) == ("signed", here.thread)
        assert await here.closed() == 4403
        await there.close()
        await second.stop()
        await first.stop()
        await first.start()
        assert refused(await org.come(first.url, user=user))


async def test_a_closed_connection_gets_nothing_any_more(acme: MakeAcme) -> None:
    """P5: what is sent from a connection that a pin has ended is not stored, and it hears nothing after."""
    org, user_id = await acme(), new_user()
    loser = await org.come(user={"user_id": user_id})
    user = {"user_id": user_id, "security_hash": secret()}
    owner = await org.come(user=user)
    await owner.say("hush-for the owner alone")
    assert await loser.closed() == 4403
    assert [frame for frame in loser.frames if frame["t"] == "event"] == []
    again = await org.come(user=user)
    assert texts(await again.replayed()) == ["hush-for the owner alone"]
