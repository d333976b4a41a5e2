"""The desks of this hub, by organization: kept while agents have consoles here."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from typing import Final

from onethread.hub.desk import Desk, channel_of
from onethread.hub.log import StoreFailure
from onethread.hub.office import Office
from onethread.identity.organization import Organization

INBOX: Final = ":inbox"
"""What the names of inbox channels end with."""


class Desks:
    """Desks by channel, each subscribed, then read: never the other way round."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._desks: dict[str, Desk] = {}
        self._arriving: dict[str, asyncio.Future[None]] = {}
        self._joining: dict[str, int] = {}

    @asynccontextmanager
    async def host(self, organization: Organization) -> AsyncIterator[Desk]:
        """Give the organization's desk; it is kept at least as long as the block lasts. StoreFailure: it
        can't be."""
        channel = channel_of(organization.org)
        desk = self._desks.get(channel)
        if desk is None:
            desk = self._desks[channel] = Desk(organization, self._office)
            self._arriving[channel] = asyncio.ensure_future(self._open(channel, desk))
        desk.organization = organization
        self._joining[channel] = self._joining.get(channel, 0) + 1
        try:
            await self._arrived(channel, desk)
            yield desk
        finally:
            self._joining[channel] -= 1
            if not self._joining[channel]:
                del self._joining[channel]

    def find(self, org: str) -> Desk | None:
        """Return the organization's desk, if there is one here."""
        return self._desks.get(channel_of(org))

    def hear(self, channel: bytes, payload: bytes) -> None:
        """Take a message of pub/sub."""
        name = channel.decode()
        if name in self._desks:
            self._desks[name].hear(payload)
        elif name.endswith(INBOX):
            # {org:shard}:inbox
            desk = self.find(name[1:].rpartition(":")[0].rpartition(":")[0])
            if desk is not None:
                desk.inbox.hear(payload)

    def gap(self, channels: Collection[bytes]) -> None:
        """Compare all desks if one of these channels is theirs: something may not have been heard."""
        if any(channel.decode() in self._desks or channel.endswith(INBOX.encode()) for channel in channels):
            self._office.spawn(self._compare_quietly())

    async def compare(self) -> None:
        """Compare every desk with the store, and let go of those without a console."""
        for channel, desk in tuple(self._desks.items()):
            if desk.consoles or self._joining.get(channel):
                await desk.check()
                await desk.inbox.compare()
            else:
                self._let_go(channel, desk)

    async def refresh(self) -> None:
        """Keep the agents of all desks there."""
        for desk in tuple(self._desks.values()):
            if desk.consoles:
                await desk.refresh()

    async def _compare_quietly(self) -> None:
        with suppress(StoreFailure):  # the next comparison sees it
            await self.compare()

    async def _open(self, channel: str, desk: Desk) -> None:
        await self._office.channels.subscribe(channel)
        await desk.check()

    async def _arrived(self, channel: str, desk: Desk) -> None:
        arriving = self._arriving.get(channel)
        if arriving is None:
            return
        try:
            await asyncio.shield(arriving)
        except StoreFailure:
            if self._desks.get(channel) is desk:
                self._let_go(channel, desk)
            raise
        finally:
            if self._arriving.get(channel) is arriving:
                del self._arriving[channel]

    def _let_go(self, channel: str, desk: Desk) -> None:
        del self._desks[channel]
        self._office.channels.unsubscribe(channel)
        desk.close()
