"""An organization with agents: their consoles are clients that know nothing of the server's code either."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from websockets import ConnectionClosed

from onethread.agents.account import Account
from onethread.agents.roster import Roster, put, remove
from onethread.agents.session import begin
from onethread.hub.clock import now_ms
from onethread.server_key import server_key
from onethread.settings import load
from onethread.store.accounts import Accounts
from onethread.store.sessions import Sessions
from tests.agents.test_roster import account
from tests.integration.acme import Acme, new_user
from tests.integration.serving import Running
from tests.integration.wire import Customer, Frame, new_cid


class Agent(Customer):
    """An agent's connection."""

    async def begin(self, org: str, token: str | None, *, device: str | None = None, **fields: Any) -> None:
        """Send an agent_init frame."""
        named = {"id": device or secrets.token_hex(8), "kind": "web"}
        opened = {"token": token} if token else {}
        await self.send({"t": "agent_init", "org": org, "device": named, **opened, **fields})

    async def open(self, thread: str, **fields: Any) -> Frame:
        """Open a thread and read its replay; the `opened` frame, with the replay's parts as `parts`."""
        opened = await self.ask({"t": "open", "thread": thread, **fields}, "opened")
        if opened["t"] == "error":
            return opened
        parts = [await self.next("replay", lambda frame: frame["thread"] == thread)]
        while not parts[-1]["done"]:
            parts.append(await self.next("replay", lambda frame: frame["thread"] == thread))
        return {**opened, "parts": parts, "events": [event for part in parts for event in part["events"]]}

    async def do(self, kind: str, thread: str, *, cid: str | None = None, **fields: Any) -> Frame:
        """Send a command; its ack, or the error in its place."""
        return await self.ask({"t": kind, "thread": thread, "cid": cid or new_cid(), **fields}, "ack")

    async def state(self, state: str) -> Frame:
        """Say that one is online or away; who is there."""
        return await self.ask({"t": "presence", "state": state}, "presence")

    async def there(self, *expected: tuple[str, str]) -> None:
        """Return when these agents, and no others, are there in these states, as told."""
        wanted = sorted(expected)

        def tells(frame: Frame) -> bool:
            return sorted((one["id"], one["state"]) for one in frame.get("agents", ())) == wanted

        await self.next("presence", tells)


class Team(Acme):
    """An organization whose agents are `ag_<name>`."""

    @property
    def org(self) -> str:
        """Its slug."""
        return str(self.credentials["org"])

    async def hire(self, *names: str, **fields: Any) -> None:
        """Add agents."""
        for name in names:
            await self.edit(lambda roster, name=name: put(roster, account(name, **fields)))  # type: ignore[misc]

    async def change(self, who: str, **fields: Any) -> None:
        """Change an agent's account."""

        def changed(roster: Roster) -> Roster:
            return put(roster, msgspec.structs.replace(roster.find(f"ag_{who}"), **fields))

        await self.edit(changed)

    async def dismiss(self, name: str) -> None:
        """Remove an agent."""
        await self.edit(lambda roster: remove(roster, f"ag_{name}"))

    async def edit(self, edit: Callable[[Roster], Roster]) -> Roster:
        """Change the roster as the command line does."""
        async with self.server.redis() as client:
            return await Accounts(client).edit(self.org, edit)

    async def token(self, name: str, *, lives_ms: int | None = None, org: str = "") -> str:
        """A session of the agent, as a login opens it."""
        async with self.server.redis() as client:
            roster = await Accounts(client).roster(org or self.org)
            found: Account = roster.find(f"ag_{name}")
            session = begin(found, now_ms())
            if lives_ms is not None:
                session = msgspec.structs.replace(session, expires_at=now_ms() + lives_ms)
            return await self._sessions(client).open(org or self.org, session)

    async def end(self, token: str) -> None:
        """End a session as a logout does."""
        async with self.server.redis() as client:
            assert await self._sessions(client).close(token)

    async def dial_agent(self, url: str = "", **options: Any) -> Agent:
        """Connect without an init."""
        agent = await Agent.dial(url or self.server.url, **options)
        self._opened.append(agent)
        return agent

    async def console(
        self, name: str, url: str = "", *, token: str | None = None, codec: str = "json", **init: Any
    ) -> Agent:
        """Log the agent in and connect; `ready` has the ready frame, or stays empty if it is closed."""
        agent = await self.dial_agent(url, codec=codec)
        await agent.begin(self.org, token or await self.token(name), **init)
        with suppress(ConnectionClosed):
            agent.ready = await agent.next("ready")
        return agent

    def _sessions(self, client: Any) -> Sessions:
        return Sessions(client, server_key(load(self.server.environ)))


MakeTeam = Callable[..., Awaitable[Team]]


@pytest.fixture(name="team")
async def team_fixture(shared_server: Running) -> AsyncIterator[MakeTeam]:
    """Make organizations with these agents; what was connected to them is closed with the test."""
    made: list[Team] = []

    async def make(*names: str, server: Running = shared_server, **settings: Any) -> Team:
        organization = await server.organize(f"team-{secrets.token_hex(8)}", **settings)
        made.append(Team(server, {"org": organization.org, "app_id": 1, "app_secret": "secret"}))
        await made[-1].hire(*names)
        return made[-1]

    yield make
    await asyncio.gather(*(one.close() for one in made))


async def with_customer(team: Team, url: str = "", **user: Any) -> Customer:
    """A customer of the organization, in its thread."""
    return await team.join(url, user={"user_id": new_user(), **user})
