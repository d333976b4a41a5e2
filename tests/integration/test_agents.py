"""WIRE.md sections 3 and 9: agents come in by their sessions, and are out when these have ended."""

import asyncio

import pytest

from tests.integration.http import origin, request
from tests.integration.hubs import Hubs, until
from tests.integration.serving import Running
from tests.integration.team import Agent, MakeTeam
from tests.integration.team import team_fixture as team_fixture


@pytest.mark.parametrize("codec", ["json", "msgpack"])
async def test_an_agent_comes_in_with_its_session(team: MakeTeam, codec: str) -> None:
    """`ready` says who it is in place of a thread, and the next frame which agents are there."""
    acme = await team("ana", "ben")
    ana = await acme.console("ana", codec=codec, ref="r")
    assert {**ana.ready, "session": ""} == {
        "t": "ready", "session": "", "org": acme.org, "role": "agent", "agents_online": 1, "ref": "r",
        "heartbeat_ms": 25_000,
        "agent": {"id": "ag_ana", "name": "ana", "email": "ana@acme.test", "role": "agent"},
    }  # fmt: skip
    assert (await ana.next("presence"))["agents"] == [{"id": "ag_ana", "name": "ana", "state": "online"}]
    assert (await ana.ask({"t": "ping"}, "pong"))["at"] > 0


async def test_the_demos_agent_logs_in_and_connects(shared_server: Running) -> None:
    """As a console does it: e-mail and password for a token, the token for a connection."""
    login = {"org": "demo", "email": "ana@demo.test", "password": "demo-password"}
    answer = await request(shared_server, "POST", "/v1/sessions", login)
    async with await Agent.dial(shared_server.url) as agent:
        await agent.begin("demo", answer.json["token"])
        ready = await agent.next("ready")
        assert ready["agent"] == answer.json["agent"]
        assert ready["agent"]["role"] == "admin"


async def test_the_cookie_counts_with_the_servers_own_origin(shared_server: Running) -> None:
    """No token in the frame then; from another site's page, and without an Origin, it opens nothing."""
    login = {"org": "demo", "email": "ben@demo.test", "password": "demo-password", "cookie": True}
    answer = await request(shared_server, "POST", "/v1/sessions", login, origin(shared_server))
    cookie = {"Cookie": answer.headers["set-cookie"].partition(";")[0]}
    own = origin(shared_server)["Origin"]
    for page, taken in ((own, True), ("https://evil.example", False), (None, False)):
        options = {"origin": page} if page else {}
        async with await Agent.dial(shared_server.url, additional_headers=cookie, **options) as agent:
            await agent.begin("demo", None)
            if taken:
                assert (await agent.next("ready"))["agent"]["name"] == "Ben"
            else:
                assert (await agent.next("error"))["reason"] == "bad_credentials"
                assert await agent.closed() == 4401


async def test_what_is_no_session_of_the_organization_is_401_and_closed_4401(team: MakeTeam) -> None:
    """Invented, ended, another organization's, a removed agent's, one from before a new password, none."""
    acme, other = await team("ana", "ben", "cy"), await team("ana")
    ended, removed, old = await acme.token("ana"), await acme.token("ben"), await acme.token("cy")
    await acme.end(ended)
    await acme.dismiss("ben")
    await acme.change("cy", generation=1)
    good = await acme.token("ana")
    for token in (
        "nonsense",
        good[:-1] + "x",
        "A" + good,
        good.replace("ots_", "ots_A"),
        ended,
        removed,
        old,
        await other.token("ana"),
        None,
    ):
        agent = await acme.dial_agent()
        await agent.begin(acme.org, token, ref="r")
        error = await agent.next("error")
        assert (error["code"], error["reason"], error["ref"]) == (401, "bad_credentials", "r")
        assert await agent.closed() == 4401
    for org in (other.org, "nobody", "no slug!"):
        agent = await acme.dial_agent()
        await agent.begin(org, good)
        assert (await agent.next("error"))["reason"] == "bad_credentials"
        assert await agent.closed() == 4401
    assert (await acme.console("ana", token=good)).ready


async def test_refused_agents_count_as_refused_identities(make_server, team: MakeTeam) -> None:
    """More of them than an address may try are 429 and closed 4429; agents' inits count as inits."""
    server = await make_server(ONETHREAD_REFUSALS_PER_MINUTE="2", ONETHREAD_INITS_PER_MINUTE="5")
    acme = await team("ana", server=server)
    for reason, code in (("bad_credentials", 4401), ("bad_credentials", 4401), ("rate_limited", 4429)):
        agent = await acme.dial_agent()
        await agent.begin(acme.org, "nonsense")
        assert (await agent.next("error"))["reason"] == reason
        assert await agent.closed() == code
    for _ in range(2):
        assert (await acme.console("ana")).ready["role"] == "agent"
    agent = await acme.dial_agent()
    await agent.begin(acme.org, await acme.token("ana"))
    assert (await agent.next("error"))["reason"] == "rate_limited"
    assert await agent.closed() == 4429


async def test_frames_of_the_other_side_are_unknown(team: MakeTeam) -> None:
    """Customers' from an agent and agents' from a customer; a second init is `already_initialized`."""
    acme = await team("ana")
    ana, customer = await acme.console("ana"), await acme.join(user={"user_id": "u"})
    device = {"id": "d", "kind": "web"}
    for frame in ({"t": "prechat"}, {"t": "page", "url": "/"}, {"t": "logout"}, {"t": "init", "org": "x"}):
        assert (await ana.ask(frame, "none"))["reason"] == "unknown_frame"
    for frame in (
        {"t": "inbox", "view": "all", "limit": 1},
        {"t": "note", "thread": customer.thread, "cid": "c", "text": "x"},
        {"t": "agent_init", "org": acme.org, "device": device},
    ):
        assert (await customer.ask(frame, "none"))["reason"] == "unknown_frame"
    again = await ana.ask({"t": "agent_init", "org": acme.org, "device": device}, "ready")
    assert (again["code"], again["reason"]) == (409, "already_initialized")


async def test_a_removed_agent_is_closed_4403_on_every_hub_at_once(two_hubs: Hubs, team: MakeTeam) -> None:
    """All of its consoles and nobody else's."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    gone = [await acme.console("ben", hub.url) for hub in (one, two, two)]
    ana = await acme.console("ana", two.url)
    await acme.dismiss("ben")
    assert [await agent.closed() for agent in gone] == [4403] * 3
    assert (await ana.ask({"t": "ping"}, "pong"))["at"] > 0


async def test_a_session_that_ends_is_closed_4401_at_once(two_hubs: Hubs, team: MakeTeam) -> None:
    """A logout ends its own session's consoles, a new password all of the agent's."""
    one, two = two_hubs
    acme = await team("ana", server=one)
    token = await acme.token("ana")
    mine = [await acme.console("ana", hub.url, token=token) for hub in (one, two)]
    other = await acme.console("ana", two.url)
    await acme.end(token)
    for agent in mine:
        assert await agent.closed() == 4401
        assert agent.frames[-1]["reason"] == "bad_credentials"
    assert (await other.ask({"t": "ping"}, "pong"))["at"] > 0
    await acme.change("ana", generation=1)
    assert await other.closed() == 4401


@pytest.mark.parametrize("what", ["agent", "session"])
async def test_a_lost_word_leaves_no_door_open(two_hubs: Hubs, team: MakeTeam, what: str) -> None:
    """The store changed and no hub was told: the next comparison closes all the same."""
    one, two = two_hubs
    acme = await team("ana", server=one)
    token = await acme.token("ana")
    consoles = [await acme.console("ana", hub.url, token=token) for hub in (one, two)]
    async with one.redis() as client:
        if what == "agent":
            await client.set(f"{{{acme.org}}}:agents", b'{"accounts":{},"former":{"ag_ana":"ana"}}')
        else:
            [key] = [key async for key in client.scan_iter(f"{{{acme.org}}}:session:*")]
            await client.delete(key)
    assert [await agent.closed() for agent in consoles] == [4403 if what == "agent" else 4401] * 2


async def test_a_session_that_expires_is_closed_4401(team: MakeTeam) -> None:
    """In the middle of everything, with a word why."""
    acme = await team("ana")
    token = await acme.token("ana", lives_ms=1_500)
    ana = await acme.console("ana", token=token)
    assert ana.ready["role"] == "agent"
    assert await ana.closed() == 4401
    assert ana.frames[-1]["code"] == 401
    again = await acme.dial_agent()
    await again.begin(acme.org, token)
    assert await again.closed() == 4401


async def test_a_removed_organization_closes_its_consoles(make_server, team: MakeTeam) -> None:
    """Nobody is left whose agent one could be."""
    server = await make_server()
    acme = await team("ana", server=server)
    ana = await acme.console("ana")
    async with server.redis() as client:
        await client.delete(*[key async for key in client.scan_iter(f"{{{acme.org}}}:*")])
    assert await ana.closed() == 4403


async def test_the_store_goes_away_and_agents_stay(make_server, team: MakeTeam, valkey) -> None:
    """P8: consoles stay, what needs the store is 503, and it goes on by itself when it is back."""
    server = await make_server(store_url=valkey.url)
    acme = await team("ana", "ben", server=server)
    ana, token = await acme.console("ana"), await acme.token("ben")
    valkey.kill()
    error = await ana.ask({"t": "presence", "state": "away"}, "presence")
    assert (error["code"], error["reason"]) == (503, "store_unavailable")
    late = await acme.dial_agent()
    await late.begin(acme.org, token)
    assert (await late.next("error"))["code"] == 503
    valkey.start()

    async def back() -> bool:
        return (await ana.ask({"t": "presence", "state": "away"}, "presence"))["t"] == "presence"

    await until(back)
    await late.begin(acme.org, token)
    assert (await late.next("ready"))["role"] == "agent"
    await ana.there(("ag_ana", "away"), ("ag_ben", "online"))


async def test_draining_tells_agents_to_come_back(make_server, team: MakeTeam) -> None:
    """`bye`, then 1012, as to customers."""
    server = await make_server()
    acme = await team("ana", server=server)
    ana = await acme.console("ana")
    stopped = asyncio.ensure_future(server.stop())
    assert await ana.closed() == 1012
    assert (ana.frames[-1]["t"], ana.frames[-1]["reason"]) == ("bye", "restart")
    assert await stopped == 0
