"""Changing a contact as it is stored, whoever else changes it meanwhile."""

from collections.abc import Callable

import msgspec

from onethread.contacts.profile import Contact, view
from onethread.hub.clock import now_ms
from onethread.hub.entry import Entry
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import ATTEMPTS, Moved, StoreFailure, ThreadStore, Writing
from onethread.identity.ids import new_event_id, shard_of
from onethread.identity.organization import Organization


def system_entry(organization: Organization, kind: str, extra: object = "") -> Entry:
    """Return an event by the system: it goes by the organization's name."""
    return Entry(now_ms(), kind, "system", "system", organization.name, extra=extra)


def identified(organization: Organization, contact: Contact) -> Entry:
    """Return the event of a visitor who became this contact."""
    return system_entry(organization, "identified", msgspec.to_builtins(view(contact)))


async def rewrite(
    store: ThreadStore,
    organization: Organization,
    keys: ThreadKeys,
    epoch: str,
    change: Callable[[Contact | None], Contact],
    teller: str,
) -> tuple[int, Contact] | Moved:
    """Return the contact's version and the contact after `change`, which is given what is stored (None:
    nothing) and may be called again; or where the thread has moved.

    Everybody but the session `teller` is told. Raises what `change` raises, and StoreFailure.
    """
    for _ in range(ATTEMPTS):
        found = await store.look_up(keys.org, shard_of(keys.thread), thread=keys.thread)
        before = found.contact if found else None
        version = found.version if found else 0
        after = change(before)
        if after == before and version:
            return version, after
        became = after.authenticated and not (before is not None and before.authenticated)
        events = [(new_event_id(), identified(organization, after))] if became else []
        writing = Writing(
            version=version, before=before, contact=after, epoch=epoch, events=events, teller=teller
        )
        written = await store.write(keys, writing)
        if isinstance(written, Moved):
            return written
        if written is not None:
            return written.version, after
    raise StoreFailure(f"the contact was changed by others {ATTEMPTS} times in a row")
