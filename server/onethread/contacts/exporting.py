"""Exports an organization's contacts as CSV, in bounded memory."""

import codecs
from collections.abc import AsyncIterator
from typing import Final

from onethread.contacts.csv.export import Survey
from onethread.contacts.listing import ContactIndex
from onethread.contacts.profile import Contact

READ: Final = 200
"""Contacts read at once: some 100 kB of them, most of the time."""


async def export(index: ContactIndex, org: str, shards: int, *, excel: bool = False) -> AsyncIterator[bytes]:
    """Give the file in pieces: every authenticated contact, newest first within each shard.

    All are read twice, first for the columns of their custom_data; what is new after that is not in it.
    `excel`: with the mark by which Excel knows UTF-8. Raises StoreFailure.
    """
    survey = Survey()
    async for people in _everybody(index, org, shards):
        survey.see(people)
    sheet = survey.sheet()
    yield (codecs.BOM_UTF8 if excel else b"") + sheet.header()
    async for people in _everybody(index, org, shards):
        yield sheet.rows(people)


async def _everybody(index: ContactIndex, org: str, shards: int) -> AsyncIterator[list[Contact]]:
    for shard in range(shards):
        below: int | None = None
        while True:
            found = await index.find(org, shard, (), below, READ)
            profiles = await index.profiles(org, shard, [contact for contact, _ in found.contacts])
            contacts = [profile.contact for profile in profiles if profile is not None]
            yield [contact for contact in contacts if contact.authenticated]
            if found.more is None:
                break
            below = found.more
