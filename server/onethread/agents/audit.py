"""The audit log: what administrators changed. Ids and names of fields only, never what was in them."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec

KEPT: Final = 10_000
"""Acts that are kept of an organization, the newest; some 2 MB."""

By: TypeAlias = Literal["command", "server", "agent", "api_key"]


class Actor(msgspec.Struct, frozen=True):
    """Who did it: the command line, the server itself, or the agent or API key with this id."""

    type: By
    id: str = ""


COMMAND: Final = Actor("command")
SERVER: Final = Actor("server")


class Change(msgspec.Struct, frozen=True):
    """Something was added, changed or removed: `action` is as `agent.added`, `subject` the thing's id.

    `fields` names what is another than before.
    """

    action: str
    subject: str
    fields: tuple[str, ...] = ()


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """A change, when it was made (milliseconds) and by whom, as it is kept."""

    at: int
    by: Actor
    action: str
    subject: str
    fields: tuple[str, ...] = ()


def act(change: Change, by: Actor, at: int) -> Act:
    """Return the change as it is kept."""
    return Act(at=at, by=by, action=change.action, subject=change.subject, fields=change.fields)


def differences(kind: str, before: Mapping[str, object], after: Mapping[str, object]) -> list[Change]:
    """Return what became of the things of one kind, by id: comparing leaves out no way of changing them."""
    changes = [Change(f"{kind}.removed", id_) for id_ in before if id_ not in after]
    for id_, thing in after.items():
        if id_ not in before:
            changes.append(Change(f"{kind}.added", id_))
        elif thing != before[id_]:
            changes.append(Change(f"{kind}.changed", id_, changed_fields(before[id_], thing)))
    return changes


def changed_fields(before: object, after: object) -> tuple[str, ...]:
    """Return the fields in which two structs differ; of other things there are none to name."""
    if not isinstance(after, msgspec.Struct):
        return ()
    names = (field.name for field in msgspec.structs.fields(after))
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))
