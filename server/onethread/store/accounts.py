"""The agents of organizations, as administrators change them: a Roster as JSON at `{ORG}:agents`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec
from redis.asyncio import Redis

from onethread.agents.audit import COMMAND, Act, Actor, Change, differences
from onethread.agents.roster import Roster
from onethread.identity.record import Missing
from onethread.store.documents import (
    ROSTER_CHANGED,
    Documents,
    is_slug,
    organization_key,
    roster_key,
)

Edit: TypeAlias = Callable[[Roster], Roster]


def decode_roster(stored: bytes | None) -> Roster:
    """Return the roster of a document; nobody if there is none."""
    return Roster() if not stored else msgspec.json.decode(stored, type=Roster)


class Accounts:
    """The store of agents' accounts; `by` is who changes them. Everything raises StoreError as well."""

    def __init__(self, client: Redis, by: Actor = COMMAND) -> None:
        self._documents = Documents(client, by)

    async def roster(self, org: str) -> Roster:
        """Return the agents of an organization. Missing: there is none of this name."""
        await self._check(org)
        return decode_roster(await self._documents.read(roster_key(org)))

    async def edit(self, org: str, edit: Edit) -> Roster:
        """Change the roster as one step, tell the hubs, and return what it is now.

        `edit` may run again on what others made of it. Missing, and what `edit` raises: nothing is changed.
        """
        await self._check(org)

        def change(stored: bytes | None) -> tuple[Roster, bytes, list[Change]]:
            before = decode_roster(stored)
            after = edit(before)
            return after, msgspec.json.encode(after), differences("agent", before.accounts, after.accounts)

        return await self._documents.edit(org, roster_key(org), change, ROSTER_CHANGED)

    async def note(self, org: str, change: Change) -> None:
        """Note a change of what is no document in the audit log."""
        await self._documents.note(org, [change])

    async def acts(self, org: str, limit: int) -> list[Act]:
        """Return the newest acts of administrators, newest first. Missing."""
        await self._check(org)
        return await self._documents.acts(org, limit)

    async def _check(self, org: str) -> None:
        if not is_slug(org) or await self._documents.read(organization_key(org)) is None:
            raise Missing(f"there is no organization {org!r}")
