"""Changing a contact as it is stored, whoever else changes it meanwhile."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

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


class Change(msgspec.Struct, frozen=True):
    """What becomes of a contact, whose admissions end with it (ending.py), and what is told in the thread."""

    contact: Contact
    ends: Sequence[str] = ()
    events: Sequence[Entry] = ()


Decide: TypeAlias = Callable[[Contact | None], Change]
"""Given what is stored (None: nothing), what is to be; it may be asked again."""


async def rewrite(
    store: ThreadStore,
    organization: Organization,
    keys: ThreadKeys,
    epoch: str,
    change: Callable[[Contact | None], Contact],
    teller: str,
) -> tuple[int, Contact] | Moved:
    """Return the contact's version and the contact after `change`; or where the thread has moved.

    A visitor who becomes authenticated is told of in the thread. Otherwise as `write_over`.
    """

    def decide(before: Contact | None) -> Change:
        after = change(before)
        became = after.authenticated and not (before is not None and before.authenticated)
        return Change(after, events=[identified(organization, after)] if became else ())

    return await write_over(store, keys, epoch, decide, teller)


async def write_over(
    store: ThreadStore, keys: ThreadKeys, epoch: str, decide: Decide, teller: str
) -> tuple[int, Contact] | Moved:
    """Write what `decide` says over what is stored, and return the contact's version and the contact.

    What is as it was is not written again. `epoch` is a new thread's. Everybody but the session `teller` is
    told. Raises what `decide` raises, and StoreFailure.
    """
    for _ in range(ATTEMPTS):
        found = await store.look_up(keys.org, shard_of(keys.thread), thread=keys.thread)
        before = found.contact if found else None
        version = found.version if found else 0
        change = decide(before)
        if version and change == Change(change.contact) and change.contact == before:
            return version, before
        writing = Writing(
            version=version,
            before=before,
            contact=change.contact,
            epoch=epoch,
            ends=change.ends,
            events=[(new_event_id(), entry) for entry in change.events],
            teller=teller,
        )
        written = await store.write(keys, writing)
        if isinstance(written, Moved):
            return written
        if written is not None:
            return written.version, change.contact
    raise StoreFailure(f"the contact was changed by others {ATTEMPTS} times in a row")
