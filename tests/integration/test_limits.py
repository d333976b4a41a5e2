"""WIRE.md section 1 and the limits of sections 7 and 8, each as its peer sees it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.integration.acme import MakeAcme, new_user
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.serving import Running
from tests.integration.wire import Customer, new_cid, texts

MakeServer = Callable[..., Awaitable[Running]]
SEND = {"t": "send", "cid": "c", "text": "hush"}
PROFILE = {"t": "profile"}
NOTE = {"t": "note", "thread": "th", "cid": "c", "text": "hush"}
BAD: list[tuple[str, dict[str, Any]]] = [
    ("text", {**SEND, "text": "x" * 10_001}),
    ("text", {**SEND, "text": ""}),
    ("cid", {**SEND, "cid": "x" * 65}),
    ("cid", {**SEND, "cid": ""}),
    ("ref", {**SEND, "ref": "x" * 65}),
    ("user.name", {**PROFILE, "user": {"name": "x" * 256}}),
    ("user.company", {**PROFILE, "user": {"company": "x" * 256}}),
    ("user.email", {**PROFILE, "user": {"email": "x" * 321}}),
    ("user.phone", {**PROFILE, "user": {"phone": "1" * 65}}),
    ("user.custom_data", {**PROFILE, "user": {"custom_data": {f"k{i}": i for i in range(101)}}}),
    ("user.custom_data", {**PROFILE, "user": {"custom_data": {"k" * 65: 1}}}),
    ("user.custom_data", {**PROFILE, "user": {"custom_data": {f"k{i}": "x" * 1_000 for i in range(40)}}}),
    ("user.custom_data.k", {**PROFILE, "user": {"custom_data": {"k": "x" * 1_001}}}),
    ("user.custom_data.k", {**PROFILE, "user": {"custom_data": {"k": [1]}}}),
    ("url", {"t": "page", "url": "x" * 2_049}),
    ("title", {"t": "page", "url": "/", "title": "x" * 256}),
    ("token", {"t": "auth", "token": "x" * 8_193}),
    ("limit", {"t": "history", "before": 1, "limit": 201}),
    ("limit", {"t": "history", "before": 1, "limit": 0}),
    ("seq", {"t": "read", "seq": -1}),
    ("seq", {"t": "read", "seq": 2**53}),
    ("data", {"t": "track", "name": "bought", "data": {f"k{i}": i for i in range(101)}}),
    ("name", {"t": "track", "name": ""}),
    ("name", {"t": "prechat", "name": "x" * 256}),
    ("name", {"t": "prechat", "name": "x\0"}),
    ("user.name", {"t": "profile", "user": {"name": "x\0"}}),
    ("user.custom_data.plan", {"t": "profile", "user": {"custom_data": {"plan": "x\0"}}}),
]


@pytest.mark.parametrize("codec", ["json", "msgpack"])
async def test_what_is_outside_a_limit_is_400_and_nothing_is_stored(acme: MakeAcme, codec: str) -> None:
    """The message names the field; the visitor that sent nothing else has left nothing in the store."""
    org = await acme()
    for at in range(0, len(BAD), 15):  # 20 in a minute would close it
        customer = await org.dial(codec=codec)
        await customer.init(credentials=org.credentials)
        for field, frame in BAD[at : at + 15]:
            await customer.send(frame)
            error = await customer.next("error")
            assert (error["code"], error["reason"]) == (400, "bad_field"), field
            assert f"`{field}`" in error["message"]
            assert len(error["message"]) < 300
            assert "hush" not in error["message"]
    assert await org.keys() == set()


async def test_the_longest_of_everything_is_taken(acme: MakeAcme) -> None:
    """What is just within a limit counts in code points and is kept whole."""
    org, text = await acme(), "🙂" * 10_000
    customer = await org.join(device="d" * 64, user={"user_id": "ü" * 255, "name": "ü" * 255})
    assert (await customer.say(text, "c" * 64, ref="r" * 64))["ref"] == "r" * 64
    again = await org.come(user={"user_id": "ü" * 255})
    assert texts(await again.replayed()) == [text]


async def test_a_frame_beyond_256_kib_is_closed_1009(acme: MakeAcme) -> None:
    """Up to the limit a frame is answered; one byte more ends the connection."""
    org = await acme()
    for size, taken in ((256 * 1024, True), (256 * 1024 + 1, False)):
        customer = await org.join()
        frame = '{"t":"ping","ref":"r","unknown":"%s"}'
        await customer.socket.send(frame % ("x" * (size - len(frame) + 2)))
        if taken:
            assert (await customer.next("pong"))["ref"] == "r"
        else:
            assert await customer.closed() == 1009


async def test_20_bad_frames_are_closed_4400_and_19_are_not(acme: MakeAcme) -> None:
    """Each is answered, the 20th too."""
    customer = await (await acme()).join()
    for _ in range(19):
        await customer.send({"t": "nonsense"})
    assert len([f for f in await customer.settled() if f.get("reason") == "unknown_frame"]) == 19
    await customer.send({"t": "nonsense"})
    assert await customer.closed() == 4400


@pytest.mark.parametrize("first", [SEND, {"t": "ping"}, NOTE, {"t": "nonsense"}])
async def test_a_first_frame_that_is_no_init_is_closed_4400(acme: MakeAcme, first: dict[str, Any]) -> None:
    """400 `unknown_frame`, then the close."""
    customer = await (await acme()).dial()
    await customer.send(first)
    assert (await customer.next("error"))["reason"] == "unknown_frame"
    assert await customer.closed() == 4400


async def test_sends_beyond_the_rate_are_429_and_repeated_in_order(make_server: MakeServer) -> None:
    """A burst is taken, the rest is refused with `retry_after_ms`, and what is repeated keeps its order."""
    server = await make_server(ONETHREAD_SENDS_PER_SECOND="20", ONETHREAD_SEND_BURST="5")
    user_id = new_user()
    async with await Customer.join(server.url, user_id) as customer:
        waiting = [{"t": "send", "cid": new_cid(), "text": f"hush-{i}"} for i in range(12)]
        said = [frame["text"] for frame in waiting]
        for _ in range(12):
            if not waiting:
                break
            for frame in waiting:
                await customer.send(frame)
            refused = []
            for frame in waiting:
                found = await customer.next(("ack", "error"), lambda f, c=frame["cid"]: f.get("cid") == c)
                if found["t"] == "error":
                    assert (found["code"], found["reason"]) == (429, "rate_limited")
                    assert found["retry_after_ms"] > 0
                    refused.append((frame, found["retry_after_ms"]))
            waiting = [frame for frame, _ in refused]
            if refused:
                await asyncio.sleep(max(wait for _, wait in refused) / 1000)
        assert waiting == []
        async with await Customer.join(server.url, user_id) as again:
            assert texts([f for f in again.frames if f["t"] == "replay"]) == said


async def test_an_address_has_so_many_inits_refusals_and_connections(make_server: MakeServer) -> None:
    """One init, refusal or connection more is 429 (the first two) and closed 4429."""
    server = await make_server(
        ONETHREAD_INITS_PER_MINUTE="6",
        ONETHREAD_REFUSALS_PER_MINUTE="1",
        ONETHREAD_CONNECTIONS_PER_ADDRESS="3",
    )
    org = await server.organize("acme", identity="signed")
    credentials = {"org": org.org, "app_id": 1, "app_secret": "secret"}
    user = {"user_id": new_user()}
    async with await Customer.join(server.url, credentials=credentials, user=user) as first:
        assert first.ready["refused"] is True
        async with await Customer.dial(server.url) as second:
            await second.init(credentials=credentials, user=user)
            error = await second.next("error")
            assert (error["code"], error["reason"]) == (429, "rate_limited")
            assert error["retry_after_ms"] > 0
            assert await second.closed() == 4429
        held = [await Customer.dial(server.url) for _ in range(2)]
        async with await Customer.dial(server.url) as more:
            assert await more.closed() == 4429
        for customer in held:
            await customer.close()
    for _ in range(4):
        async with await Customer.join(server.url, credentials=credentials):
            pass
    async with await Customer.dial(server.url) as last:
        await last.init(credentials=credentials)
        assert (await last.next("error"))["reason"] == "rate_limited"
        assert await last.closed() == 4429


async def test_without_an_init_a_connection_is_closed_4408(make_server: MakeServer) -> None:
    """What is no readable init does not prolong the time."""
    server = await make_server(ONETHREAD_INIT_TIMEOUT="1")
    async with await Customer.dial(server.url) as customer:
        await customer.socket.send("no frame")
        assert (await customer.next("error"))["reason"] == "bad_frame"
        assert await customer.closed() == 4408


async def test_refused_auths_count_as_refusals(make_server: MakeServer, user_id: str) -> None:
    """A token that proves nothing is 403; more of them than an address may try are 429 and close 4429."""
    server = await make_server(ONETHREAD_REFUSALS_PER_MINUTE="3")
    async with await Customer.join(server.url, user_id) as customer:
        answers = [await customer.ask({"t": "auth", "token": "x"}, "authed") for _ in range(4)]
        assert [answer["reason"] for answer in answers] == ["identity_refused"] * 3 + ["rate_limited"]
        assert await customer.closed() == 4429
