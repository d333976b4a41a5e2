"""What the routes for administrators share: whose doing it is, and how their refusals are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeAlias

from onethread.agents.audit import Actor, Change
from onethread.agents.roster import Roster
from onethread.api.callers import Caller
from onethread.api.problems import Problem
from onethread.identity.organization import Scope
from onethread.identity.record import ApiKey, Edit, Exists, Full, Missing, Record


class Records(Protocol):
    """Organizations, as one administrator changes them. Raises StoreFailure, and what edits raise."""

    async def get(self, org: str) -> Record:
        """Return all that is kept of an organization."""

    async def edit(self, org: str, edit: Edit) -> Record:
        """Change it as one step; `edit` may be asked again."""

    async def add_api_key(
        self, org: str, name: str, key: str | None = None, *, scope: Scope = "write"
    ) -> tuple[ApiKey, str]:
        """Make an API key, and return it: it is kept nowhere."""

    async def remove_api_key(self, org: str, key_id: str) -> None:
        """Make an API key invalid at once. Raises Missing."""


class Rosters(Protocol):
    """The agents of organizations, as one administrator changes them. Raises StoreFailure."""

    async def roster(self, org: str) -> Roster:
        """Return an organization's agents."""

    async def edit(self, org: str, edit: Callable[[Roster], Roster]) -> Roster:
        """Change them as one step; `edit` may be asked again. Raises what it raises."""


class Log(Protocol):
    """The audit log, as one administrator writes it. Raises StoreFailure."""

    async def note(self, org: str, change: Change) -> None:
        """Note what was done."""


LogOf: TypeAlias = Callable[[Actor], Log]
RecordsOf: TypeAlias = Callable[[Actor], Records]
RostersOf: TypeAlias = Callable[[Actor], Rosters]


def actor_of(caller: Caller) -> Actor:
    """Return who a caller is in the audit log."""
    return Actor("api_key" if caller.agent is None else "agent", caller.id)


@contextmanager
def refusals(unknown: str) -> Iterator[None]:
    """Tell what an edit refuses as a problem; `unknown` is the reason of a thing that is not there."""
    try:
        yield
    except Missing as missing:
        raise Problem(unknown, _sentence(missing)) from None
    except Exists as exists:
        raise Problem("exists", _sentence(exists), id=exists.subject or None) from None
    except Full as full:
        raise Problem("full", _sentence(full)) from None


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
