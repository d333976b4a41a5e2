"""`/v1/agents`: the members of an organization who answer, as administrators manage them."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType
from starlette.responses import Response

from onethread.agents.account import Account, AccountError, check_email, check_name, new_agent_id
from onethread.agents.passwords import LONGEST, SHORTEST, Busy, Passwords
from onethread.agents.roster import MOST, Roster, put, remove
from onethread.api.administration import RostersOf, actor_of
from onethread.api.operation import Call, Contract, Noun, answered, done
from onethread.api.problems import Problem
from onethread.hub.clock import now_ms
from onethread_protocol.bounds import AgentRole, Email, Millis, Name
from onethread_protocol.people import AgentView
from onethread_protocol.shape import Misfit, Shape
from onethread_protocol.wording import shown

BUSY_MS: Final = 1_000
"""When to come back if too many passwords are being hashed."""
Password = Annotated[str, Meta(min_length=SHORTEST, max_length=LONGEST)]


class AgentRecord(AgentView, frozen=True, kw_only=True):
    """An agent."""

    created_at: Millis


class AgentPage(Shape, frozen=True, kw_only=True):
    """All agents, in the order made."""

    items: list[AgentRecord]


class NewAgent(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who answers, and what it logs in with; without a name it goes by what stands before the @."""

    email: Email
    password: Password
    name: Name | UnsetType = UNSET
    role: AgentRole = "agent"

    def __post_init__(self) -> None:
        for field, check in (("email", check_email), ("name", check_name)):
            given = getattr(self, field)
            try:
                if given is not UNSET:
                    check(given)
            except AccountError as error:
                raise Misfit(field, str(error)) from None


class AgentOperations(Noun):
    """The rows of the table, and what they do."""

    def __init__(self, rosters: RostersOf, passwords: Passwords) -> None:
        self._rosters = rosters
        self._passwords = passwords

    @Contract(
        method="GET",
        path="/v1/agents",
        summary="List the agents.",
        scope="admin",
        answers={200: AgentPage},
    )
    async def _list(self, call: Call) -> Response:
        roster = await self._rosters(actor_of(call.caller)).roster(call.organization.org)
        return answered(AgentPage(items=[_view(account) for account in roster.accounts.values()]))

    @Contract(
        method="POST",
        path="/v1/agents",
        summary="Add an agent. `exists` names the one that has this e-mail.",
        scope="admin",
        body=NewAgent,
        answers={201: AgentRecord},
        reasons=("exists", "full"),
    )
    async def _add(self, call: Call) -> Response:
        given: NewAgent = call.body
        email = check_email(given.email)
        account = Account(
            id=new_agent_id(),
            name=email.partition("@")[0] if given.name is UNSET else given.name,
            email=email,
            role=given.role,
            password=await self._hashed(given.password),
            created_at=now_ms(),
        )

        def edit(roster: Roster) -> Roster:
            known = roster.by_email(email)
            if known is not None:
                detail = f"An agent has this e-mail already: {known.id}."
                raise Problem("exists", detail, field="email", id=known.id)
            if len(roster.accounts) >= MOST:
                raise Problem("full", f"An organization has at most {MOST} agents.")
            return put(roster, account)

        await self._rosters(actor_of(call.caller)).edit(call.organization.org, edit)
        return answered(_view(account), 201)

    @Contract(
        method="DELETE",
        path="/v1/agents/{id}",
        summary="Remove an agent: its sessions end and its consoles are closed at once.",
        scope="admin",
        answers={204: None},
        reasons=("unknown_agent",),
    )
    async def _remove(self, call: Call) -> Response:
        agent = call.path["id"]

        def edit(roster: Roster) -> Roster:
            if agent not in roster.accounts:
                raise Problem("unknown_agent", f'There is no agent "{shown(agent)}".')
            return remove(roster, agent)

        await self._rosters(actor_of(call.caller)).edit(call.organization.org, edit)
        return done()

    async def _hashed(self, password: str) -> str:
        try:
            return await self._passwords.hash(password)
        except Busy:
            raise Problem("rate_limited", "Too many passwords at once.", retry_after_ms=BUSY_MS) from None


def _view(account: Account) -> AgentRecord:
    return AgentRecord(
        id=account.id,
        name=account.name,
        email=account.email,
        role=account.role,
        created_at=account.created_at,
    )
