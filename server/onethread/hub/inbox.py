"""The inbox of one organization, as its agents at this hub watch it.

Each shard's inbox channel is subscribed once, while anybody watches; it tells which thread's row is another.
Changed threads are gathered, read in batches four times a second, and each row is packed once for all who see
it. What the channel loses is found by comparing what was told with the store every few seconds (P7).

A page and the rows told live are two ways to one client, so that a row told while a page was on its way is
told again behind it (`Watch.missed`): whoever starts afresh would otherwise keep the older one.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Final, cast

import msgspec
from msgspec import UNSET

from onethread.agents import inbox as rows
from onethread.agents.inbox import Said, Spot, read_cursor, spell
from onethread.hub.clock import now_ms
from onethread.hub.entry import unpack
from onethread.hub.inbox_store import InboxStore, Listed, Unlisted
from onethread.hub.keys import ThreadKeys, prefix_of
from onethread.hub.log import StoreFailure
from onethread.hub.office import Office
from onethread.hub.seat import Seat, Team
from onethread.hub.watching import Told, Viewpoint
from onethread.hub.wire import Wire
from onethread.identity.ids import is_thread, shard_of
from onethread.identity.organization import Organization
from onethread_protocol import agent, server
from onethread_protocol.bounds import FRAME_BYTES
from onethread_protocol.inbox import Row, RowContact
from onethread_protocol.people import Author, Named

GATHER: Final = 0.25
"""Seconds between two batches: a row is told at most four times a second."""
BATCH: Final = 250
"""Rows of a batch, 1,000 a second: what a browser can show, and some 5 % of a hub with 50 agents. More wait
for the next one, each in its newest state."""
SKEW_MS: Final = 30_000
"""How far hubs' clocks may be apart (doctor.py): so much further back threads count as recently active."""
PAGE: Final = FRAME_BYTES - 4096
"""Bytes for a page's rows; the frame around them has a cursor and little else."""


class Watch:
    """What one console watches. `missed` gathers what was told while a page of its own is on the way."""

    __slots__ = ("missed", "viewpoint")

    def __init__(self, viewpoint: Viewpoint) -> None:
        self.viewpoint = viewpoint
        self.missed: dict[str, None] | None = {}


class Inbox:
    """One organization's."""

    def __init__(self, team: Team, office: Office) -> None:
        self._team = team
        self._office = office
        self._told = Told()
        self._changed: dict[str, None] = {}
        self._watches: dict[Seat, Watch] = {}
        self._attending: asyncio.Future[None] | None = None
        self._telling = False
        self._since = 0

    @property
    def channels(self) -> list[str]:
        """The channels of the organization's shards."""
        organization = self._team.organization
        return [f"{prefix_of(organization.org, shard)}inbox" for shard in range(organization.shards)]

    # What consoles ask

    async def page(self, console: Seat, frame: agent.Inbox) -> None:
        """Answer with a page; its view is watched from now on."""
        below = None if frame.cursor is UNSET else read_cursor(frame.cursor, frame.view)
        watch = self._watches[console] = Watch(Viewpoint(frame.view, console.account.id))
        try:
            await self._attend()
            found = await self._listed(watch.viewpoint, below, frame.limit + 1)
            if self._watches.get(console) is watch:
                self._told.page(found[: frame.limit])
                peer = console.connection.peer
                peer.write(self._page(peer.wire, frame, found))
        finally:
            missed, watch.missed = watch.missed or {}, None
            self._mark(missed)

    def leave(self, console: Seat) -> None:
        """Hear that a console is over."""
        if self._watches.pop(console, None) is not None and not self._watches:
            self._let_go()

    # What the desk tells

    def hear(self, payload: bytes) -> None:
        """Take a message of an inbox channel: a thread whose row is another."""
        if self._watches:
            self._changed[payload.decode()] = None
            self._tell_soon()

    async def compare(self) -> None:
        """Compare what was told with the store, and mark what is another."""
        if not self._watches:
            return
        since, began = self._since, now_ms()
        for shard, threads in self._by_shard(self._told.threads()).items():
            states = await self._office.agents.states(self._team.org, shard, threads)
            changed, faded = self._told.differ(threads, states)
            self._mark(changed)
            for thread in faded:
                await self._office.store.stay(ThreadKeys(self._team.org, thread), self._office.hub, (), ())
        for shard in range(self._team.organization.shards):
            recent = await self._office.agents.recent(self._team.org, shard, since - SKEW_MS)
            self._mark(thread for thread in recent if thread not in self._told)
        self._since = began

    # Inside

    async def _attend(self) -> None:
        """Hear the inbox channels. StoreFailure: they can't be heard."""
        if self._attending is None:
            self._since = now_ms()
            self._attending = asyncio.ensure_future(self._subscribe())
        attending = self._attending
        try:
            await asyncio.shield(attending)
        except StoreFailure:
            if self._attending is attending:
                self._attending = None  # the next page tries again; what is told meanwhile is compared
            raise

    async def _subscribe(self) -> None:
        for channel in self.channels:
            await self._office.channels.subscribe(channel)

    def _let_go(self) -> None:
        if self._attending is not None:
            self._attending.cancel()
            self._attending = None
        for channel in self.channels:
            self._office.channels.unsubscribe(channel)
        self._told.clear()
        self._changed.clear()

    async def _listed(self, viewpoint: Viewpoint, below: Spot | None, limit: int) -> list[Listed]:
        return await list_view(self._office.agents, self._team.organization, viewpoint, below, limit)

    def _page(self, wire: Wire, frame: agent.Inbox, found: list[Listed]) -> bytes:
        """Return the page: as many of the rows as are asked for and fit into a frame."""
        encoded: list[msgspec.Raw] = []
        size = 0
        for listed in found[: frame.limit]:
            raw = wire.codec.encode(self._row(listed))
            size += len(raw) + 1
            if encoded and size > PAGE:
                break
            encoded.append(msgspec.Raw(raw))
        more = len(encoded) < len(found)
        last = found[len(encoded) - 1] if more else None
        cursor = UNSET if last is None else spell(Spot(frame.view, last.active_at, last.thread))
        return wire.pack(server.InboxPage(rows=cast("list[Row]", encoded), cursor=cursor, ref=frame.ref))

    def _mark(self, threads: Iterable[str]) -> None:
        """Have these threads' rows read and told soon."""
        self._changed.update(dict.fromkeys(threads))
        if self._changed:
            self._tell_soon()

    def _tell_soon(self) -> None:
        if not self._telling:
            self._telling = True
            self._office.spawn(self._tell())

    async def _tell(self) -> None:
        """Tell what has changed, batch by batch, until nothing is left."""
        try:
            while self._changed and self._watches:
                batch = [thread for thread, _ in zip(self._changed, range(BATCH), strict=False)]
                for thread in batch:
                    del self._changed[thread]
                try:
                    await self._tell_batch(batch)
                except StoreFailure:
                    self._changed.update(dict.fromkeys(batch))
                await asyncio.sleep(GATHER)
        finally:
            self._telling = False

    async def _tell_batch(self, batch: Collection[str]) -> None:
        for shard, threads in self._by_shard(batch).items():
            for found in await self._office.agents.rows(self._team.org, shard, threads):
                self._tell_row(found)

    def _tell_row(self, found: Listed | Unlisted) -> None:
        """Tell a row to whoever sees it, packed once per wire."""
        watchers: defaultdict[Viewpoint, list[Seat]] = defaultdict(list)
        for console, watch in self._watches.items():
            watchers[watch.viewpoint].append(console)
        rev, news = self._told.change(found, watchers)
        frames = _Frames()
        for viewpoint, word in news.items():
            if word == "gone" or not isinstance(found, Listed):
                row, packed = rows.gone(found.thread, rev), frames.gone
            else:
                row, packed = self._row(found), frames.shown
            for console in watchers[viewpoint]:
                missed = self._watches[console].missed
                if missed is not None:
                    missed[found.thread] = None
                    continue
                peer = console.connection.peer
                if peer.wire not in packed:
                    packed[peer.wire] = peer.wire.pack(server.InboxRow(row=row))
                peer.write(packed[peer.wire])

    def _row(self, listed: Listed) -> Row:
        return row_of(listed, self._team.named)

    def _by_shard(self, threads: Iterable[str]) -> dict[int, list[str]]:
        by_shard: defaultdict[int, list[str]] = defaultdict(list)
        for thread in threads:
            if is_thread(thread):
                by_shard[shard_of(thread)].append(thread)
        return by_shard


async def list_view(
    store: InboxStore, organization: Organization, viewpoint: Viewpoint, below: Spot | None, limit: int
) -> list[Listed]:
    """Return the newest threads of a view below a place, merged from the organization's shards."""
    org, view, agent = organization.org, viewpoint.view, viewpoint.agent
    shards = range(organization.shards)
    parts = await asyncio.gather(*(store.listed(org, shard, view, agent, below, limit) for shard in shards))
    merged = sorted((row for part in parts for row in part), key=_order, reverse=True)
    return merged[:limit]


def row_of(listed: Listed, named: Callable[[str], Named | None]) -> Row:
    """Return a listed thread's row; `named` gives an agent as others are told of it."""
    contact = listed.contact
    return rows.row(
        listed.thread,
        listed.rev,
        active_at=listed.active_at,
        contact=RowContact(
            id=contact.id,
            name=contact.name,
            email=contact.email or UNSET,
            authenticated=contact.authenticated,
        ),
        place=listed.place,
        assignee=named(listed.place.assignee),
        said=None if listed.last is None else _said(*listed.last),
        unread=listed.unread,
        online=listed.online,
    )


class _Frames:
    """The two frames that one change of a row comes to, packed once per wire."""

    __slots__ = ("gone", "shown")

    def __init__(self) -> None:
        self.shown: dict[Wire, bytes] = {}
        self.gone: dict[Wire, bytes] = {}


def _order(listed: Listed) -> tuple[int, bytes]:
    return listed.active_at, listed.thread.encode()


def _said(seq: int, element: bytes) -> Said:
    _, entry = unpack(element)
    author = Author(type=entry.from_type, id=entry.from_id, name=entry.from_name)  # type: ignore[arg-type]
    return Said(
        seq=seq,
        at=entry.at,
        note=entry.kind == "note",
        author=author,
        text=None if entry.deleted else entry.text,
    )
