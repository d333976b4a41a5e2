"""WIRE.md sections 3 and 9: which agents are there, as agents and customers are told."""

from tests.integration.hubs import KEY, Hubs
from tests.integration.team import MakeTeam
from tests.integration.team import team_fixture as team_fixture


async def test_who_is_there_over_consoles_and_hubs(two_hubs: Hubs, team: MakeTeam) -> None:
    """An agent is there from its first console to its last, whichever hubs they are on."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    ana = await acme.console("ana", one.url)
    await ana.there(("ag_ana", "online"))
    first = await acme.console("ben", one.url)
    second = await acme.console("ben", two.url)
    assert second.ready["agents_online"] == 2
    for agent in (ana, first, second):
        await agent.there(("ag_ana", "online"), ("ag_ben", "online"))
    await first.close()
    third = await acme.console("ben", one.url)
    await second.close()
    await third.settled()
    await third.close()
    await ana.there(("ag_ana", "online"))


async def test_a_state_is_the_agents_on_all_of_its_consoles(two_hubs: Hubs, team: MakeTeam) -> None:
    """Set on one console it is told to all agents; who comes back soon is still away."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    ana = await acme.console("ana", one.url)
    ben, tab = await acme.console("ben", one.url), await acme.console("ben", two.url)
    answer = await ben.state("away")
    assert [(agent["id"], agent["state"]) for agent in answer["agents"]] == [
        ("ag_ana", "online"), ("ag_ben", "away"),
    ]  # fmt: skip
    for agent in (ana, tab):
        await agent.there(("ag_ana", "online"), ("ag_ben", "away"))
    assert (await acme.console("ana", two.url)).ready["agents_online"] == 1
    for agent in (ben, tab):
        await agent.close()
    await ana.there(("ag_ana", "online"))
    back = await acme.console("ben", two.url)
    await ana.there(("ag_ana", "online"), ("ag_ben", "away"))
    await back.state("online")
    await ana.there(("ag_ana", "online"), ("ag_ben", "online"))


async def test_a_new_name_is_told(team: MakeTeam) -> None:
    """Whoever is there hears of it, and the next `ready` has it."""
    acme = await team("ana", "ben")
    ana = await acme.console("ana")
    await acme.change("ana", name="Anna", role="admin")
    await ana.next("presence", lambda frame: frame["agents"][0]["name"] == "Anna")
    assert (await acme.console("ana")).ready["agent"]["role"] == "admin"


async def test_customers_hear_how_many_agents_are_online(two_hubs: Hubs, team: MakeTeam) -> None:
    """In `ready`, and when it changes, on any hub; who is away doesn't count, and no name is told."""
    one, two = two_hubs
    acme = await team("ana", "ben", server=one)
    before = await acme.join(two.url, user={"user_id": "before"})
    assert before.ready["agents_online"] == 0
    ana, ben = await acme.console("ana", one.url), await acme.console("ben", one.url)
    await before.next("presence", lambda frame: frame.get("agents_online") == 2)
    during = await acme.join(one.url, user={"user_id": "during"})
    assert during.ready["agents_online"] in (0, 2)  # a few seconds old
    await ben.state("away")
    await before.next("presence", lambda frame: frame.get("agents_online") == 1)
    await ana.close()
    await before.next("presence", lambda frame: frame.get("agents_online") == 0)
    assert "ag_" not in str(before.frames)


async def test_a_killed_hubs_agents_fade(two_hubs: Hubs, make_server, team: MakeTeam) -> None:
    """Nobody speaks for them any more: once their time has come, agents and customers elsewhere are told."""
    one, _ = two_hubs
    dying = await make_server(store_url=one.store_url, **KEY)
    acme = await team("ana", "ben", server=one)
    ana = await acme.console("ana", one.url)
    ben = await acme.console("ben", dying.url)
    customer = await acme.join(one.url, user={"user_id": "u"})
    await ana.there(("ag_ana", "online"), ("ag_ben", "online"))
    await dying.kill()
    assert await ben.closed() == 1006
    async with one.redis() as client:
        consoles = f"{{{acme.org}}}:consoles"
        members = await client.zrange(consoles, 0, -1)
        [member] = [member for member in members if member.endswith(b" ag_ben")]
        await client.zadd(consoles, {member: 1})  # 40 s later
    await ana.there(("ag_ana", "online"))
    await customer.next("presence", lambda frame: frame.get("agents_online") == 1)


async def test_agents_of_other_organizations_are_not_there(team: MakeTeam) -> None:
    """Neither in `ready` nor later."""
    acme, other = await team("ana"), await team("zoe")
    ana = await acme.console("ana")
    zoe = await other.console("zoe")
    await zoe.state("away")
    assert zoe.ready["agents_online"] == 1
    assert "zoe" not in str([*ana.frames, *await ana.settled()])
