"""The demo organization: the same everywhere, so that pages and commands can be tried without setting up."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Final

import msgspec

from onethread.agents.account import Account, new_agent_id
from onethread.agents.passwords import Passwords
from onethread.agents.roster import Roster, put
from onethread.hub.clock import now_ms
from onethread.identity.credentials import LOOPBACK
from onethread.identity.organization import App, Organization
from onethread.identity.record import Exists, Record
from onethread.store.accounts import Accounts
from onethread.store.organizations import Organizations
from onethread_protocol.bounds import AgentRole

ORG: Final = "demo"
APP: Final = App(app_id=1, secret="demo-secret", name="Demo", origins=(LOOPBACK,))  # noqa: S106 - public
KID: Final = "1"
IDENTITY_KEY: Final = "demo-identity-key-of-32-bytes-or-more"
API_KEY: Final = "demo-api-key"
PASSWORD: Final = "demo-password"  # noqa: S105 - public
AGENTS: Final[tuple[tuple[str, str, AgentRole], ...]] = (
    ("ana@demo.test", "Ana", "admin"),
    ("ben@demo.test", "Ben", "agent"),
)


async def ensure(organizations: Organizations, accounts: Accounts) -> None:
    """Make the demo organization, every setting at its default, if it is not there.

    If it is, its credentials are put back and what an administrator set stays. Any number of hubs may do so
    at once. Raises StoreError.
    """
    with suppress(Exists):
        await organizations.add(Organization(org=ORG, name="Demo"))
    await organizations.edit(ORG, _with_credentials)
    with suppress(Exists):
        await organizations.add_api_key(ORG, "demo", API_KEY, scope="admin")
    await _ensure_agents(accounts)


async def _ensure_agents(accounts: Accounts) -> None:
    passwords, roster = Passwords(), await accounts.roster(ORG)
    for email, name, role in AGENTS:
        known = roster.by_email(email)
        if known is not None and await passwords.matches(PASSWORD, known.password):
            continue
        account = Account(
            id=known.id if known else new_agent_id(),
            name=known.name if known else name,
            email=email,
            role=known.role if known else role,
            password=await passwords.hash(PASSWORD),
            created_at=known.created_at if known else now_ms(),
            generation=known.generation + 1 if known else 0,
        )
        await accounts.edit(ORG, partial(_with_agent, account))


def _with_agent(account: Account, roster: Roster) -> Roster:
    """Put an agent in, unless another hub has just done so."""
    other = roster.by_email(account.email)
    return roster if other and other.id != account.id else put(roster, account)


def _with_credentials(record: Record) -> Record:
    demo = record.organization
    app = msgspec.structs.replace(demo.apps.get(APP.app_id, APP), secret=APP.secret)
    # Beside the demo's own key one more may be valid: the newest.
    others = {kid: key for kid, key in demo.identity_keys.items() if kid != KID}
    newest = dict(list(others.items())[-1:])
    return msgspec.structs.replace(
        record,
        organization=msgspec.structs.replace(
            demo, apps={**demo.apps, APP.app_id: app}, identity_keys={KID: IDENTITY_KEY, **newest}
        ),
    )
