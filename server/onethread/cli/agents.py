"""`onethread agents`: the people of an organization who answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, get_args

import click
import msgspec

from onethread.agents.account import Account, AccountError, check_email, check_name, new_agent_id
from onethread.agents.passwords import Passwords
from onethread.agents.roster import put
from onethread.agents.roster import remove as removed
from onethread.cli.administration import administer_agents
from onethread.cli.options import json_option, org_option, show, with_settings
from onethread.cli.password import read_password
from onethread.hub.clock import now_ms
from onethread.settings import Settings
from onethread.values import quoted
from onethread_protocol.bounds import AgentRole


def _checked(check: Callable[[str], str]) -> Callable[[click.Context, click.Parameter, str | None], Any]:
    def callback(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
        try:
            return None if given is None else check(given)
        except AccountError as error:
            raise click.BadParameter(f"{quoted(given or '')} {error}") from None

    return callback


agent_argument = click.argument("agent")
name_option = click.option(
    "--name", callback=_checked(check_name), help="Its name, which customers see; what stands before the @."
)
role_option = click.option(
    "--role",
    type=click.Choice(get_args(AgentRole)),
    help="agent (the default) answers; admin also manages agents, apps, keys and webhooks over HTTP.",
)


@click.group()
def agents() -> None:
    """Agents: the members of an organization who answer.

    A password is never given on the command line: it is asked for, or read from the environment variable
    ONETHREAD_AGENT_PASSWORD, or from standard input when that is no terminal.
    """


@agents.command("add")
@click.argument("email", callback=_checked(check_email))
@org_option
@name_option
@role_option
@with_settings
def add(settings: Settings, email: str, org: str, name: str | None, role: AgentRole | None) -> None:
    """Add an agent who logs in with EMAIL and a password."""
    account = Account(
        id=new_agent_id(),
        name=name or email.partition("@")[0],
        email=email,
        role=role or "agent",
        password=_hashed(read_password()),
        created_at=now_ms(),
    )
    administer_agents(settings, lambda accounts: accounts.edit(org, lambda roster: put(roster, account)))
    click.echo(f"agent {account.id!r} added to organization {org!r}")


@agents.command("list")
@org_option
@json_option
@with_settings
def list_(settings: Settings, org: str, as_json: bool) -> None:
    """List the agents of an organization."""
    roster = administer_agents(settings, lambda accounts: accounts.roster(org))
    rows = [
        {"id": one.id, "email": one.email, "name": one.name, "role": one.role}
        for one in roster.accounts.values()
    ]
    show(rows, ("id", "email", "name", "role"), as_json)


@agents.command("set")
@agent_argument
@org_option
@click.option("--email", callback=_checked(check_email), help="Another e-mail to log in with.")
@name_option
@role_option
@click.option("--password", is_flag=True, help="A new password, asked for; ends the agent's sessions.")
@with_settings
def set_(settings: Settings, agent: str, org: str, password: bool, **options: Any) -> None:
    """Change an agent, by the id or e-mail that `agents list` shows."""
    given = {name: value for name, value in options.items() if value is not None}
    if not given and not password:
        raise click.UsageError(
            "nothing to set; give one of --email, --name, --role, --password", click.get_current_context()
        )
    if password:
        given["password"] = _hashed(read_password())

    def change(account: Account) -> Account:
        generation = account.generation + password
        return msgspec.structs.replace(account, **given, generation=generation)

    administer_agents(
        settings,
        lambda accounts: accounts.edit(org, lambda roster: put(roster, change(roster.find(agent)))),
    )
    click.echo(f"agent {agent!r} of organization {org!r} changed")


@agents.command("remove")
@agent_argument
@org_option
@with_settings
def remove(settings: Settings, agent: str, org: str) -> None:
    """Remove an agent, by id or e-mail: its consoles are closed at once, what it wrote stays."""
    administer_agents(settings, lambda accounts: accounts.edit(org, lambda roster: removed(roster, agent)))
    click.echo(f"agent {agent!r} of organization {org!r} removed")


def _hashed(password: str) -> str:
    async def hashed() -> str:
        return await Passwords().hash(password)

    return asyncio.run(hashed())
