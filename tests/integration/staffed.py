"""An organization with agents and a backend, and contacts who talk."""

import secrets
from typing import Any

from tests.integration.backend import Backend, key_of
from tests.integration.team import MakeTeam, Team
from tests.integration.wire import Customer


async def staffed(team: MakeTeam, **settings: Any) -> tuple[Team, Backend]:
    """An organization with Ana, an admin, and Ben, an agent; and its backend."""
    org = await team(**settings)
    await org.hire("ana", role="admin")
    await org.hire("ben")
    return org, Backend(org.server, await key_of(org.server, org.org), org.org)


async def session_of(org: Team, name: str) -> Backend:
    """An agent over HTTP."""
    return Backend(org.server, await org.token(name), org.org)


async def talking(org: Team, user: str = "", *texts: str) -> Customer:
    """A contact who has said something."""
    customer = await org.join(user={"user_id": user or secrets.token_hex(8), "name": user or "Zoe"})
    for text in texts or ("hello",):
        await customer.say(text)
    return customer
