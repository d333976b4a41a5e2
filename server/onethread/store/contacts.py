"""The organization's contacts as they are listed and found: contacts/listing.py's ContactIndex."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from onethread.contacts.listing import Found, Profile
from onethread.contacts.profile import Contact
from onethread.hub.clock import now_ms
from onethread.hub.keys import prefix_of
from onethread.hub.log import DeviceState
from onethread.hub.signals import presences
from onethread.store.link import Link
from onethread.store.scripts import load

BLOCKS: Final = 64
"""Blocks of contacts looked through by one script: some milliseconds, so that sends don't wait long."""
READ: Final = 50
"""Profiles read by one script, likewise."""

_FIND, _PROFILES, _EMAILS = load("find"), load("profiles"), load("emails")
_contact = msgspec.msgpack.Decoder(Contact)
_devices = msgspec.msgpack.Decoder(list[DeviceState])


class Contacts:
    """Contacts over one link. Raises the StoreError tree only."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def find(
        self, org: str, shard: int, prefixes: Sequence[str], below: int | None, limit: int
    ) -> Found:
        """Return contacts filed under a term that begins so; see ContactIndex."""
        begin = "" if below is None else str(below)
        args: tuple[str | int, ...] = (begin, limit, BLOCKS, *prefixes)
        more, *found = await self._link.run(_FIND, (_listed(org, shard),), args)
        contacts = [(id_.decode(), order) for id_, order in zip(found[::2], found[1::2], strict=True)]
        return Found(contacts, int(more) if more else None)

    async def profiles(self, org: str, shard: int, contacts: Sequence[str]) -> list[Profile | None]:
        """Return what is stored of these contacts; see ContactIndex."""
        found: list[Profile | None] = []
        for i in range(0, len(contacts), READ):
            suffixes = [contact.removeprefix("ct_") for contact in contacts[i : i + READ]]
            replies = await self._link.run(_PROFILES, (prefix_of(org, shard),), (now_ms(), *suffixes))
            found += map(_profile, replies)
        return found

    async def by_emails(self, org: str, shard: int, terms: Sequence[str], limit: int) -> list[list[str]]:
        """Return the newest contacts that have these e-mails; see ContactIndex."""
        found = await self._link.run(_EMAILS, (_listed(org, shard),), (limit, *terms))
        return [[id_.decode() for id_ in ids] for ids in found]


def _listed(org: str, shard: int) -> str:
    return f"{prefix_of(org, shard)}contacts"


def _profile(reply: Any) -> Profile | None:
    if not reply:
        return None
    version, blob, seen, devices = reply
    return Profile(
        version=version,
        contact=_contact.decode(blob),
        seen_at=int(seen) if seen else 0,
        devices=presences(_devices.decode(devices)),
        size=len(blob),
    )
