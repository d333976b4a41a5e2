"""One hub: the connections of one server process, the threads they listen to, and their end."""

import asyncio
import secrets
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from typing import Any

import structlog

from onethread.hub.agent_joining import Entrance
from onethread.hub.attendance import ASK_EVERY, Attendance
from onethread.hub.clock import every
from onethread.hub.desks import Desks
from onethread.hub.hosting import COMPARE_EVERY, Hosting
from onethread.hub.log import Difference, StoreFailure
from onethread.hub.office import Office
from onethread.hub.peer import Peer, Receiver
from onethread.hub.presence import REFRESH_EVERY, Presence
from onethread.hub.reception import Reception
from onethread.hub.replay import Replay
from onethread.hub.session import Session
from onethread.hub.surroundings import Surroundings
from onethread.hub.thread import Thread
from onethread.hub.viewers import Viewers
from onethread_protocol import server
from onethread_protocol.bounds import DEFAULT_TAIL, UNREAD_CAP
from onethread_protocol.codes import Close
from onethread_protocol.customer import Resume

log = structlog.get_logger("onethread.hub")


class Hub:
    """Composed by the app; everything of one process that lives beside the connections hangs on it."""

    def __init__(self, around: Surroundings) -> None:
        self._id = secrets.token_urlsafe(6)
        self._around = around
        self._threads = Hosting(
            around.store,
            around.channels,
            around.counters,
            self.spawn,
            self._stored,
            self._lost,
            self._reset,
        )
        self._viewers = Viewers(around.agents, self._threads, self._id)
        self._desks = Desks(self._make_office())
        self._entrance = Entrance(
            around.sessions, around.directory, self._desks, around.addresses, around.limits.heartbeat_ms
        )
        self._reception = self._make_reception()
        self._sessions: set[Session] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._orphans: dict[str, list[Thread]] = {}
        self._draining = False

    def _make_office(self) -> Office:
        around = self._around
        return Office(
            hub=self._id,
            store=around.store,
            agents=around.agents,
            listing=around.listing,
            channels=around.channels,
            threads=self._threads,
            viewers=self._viewers,
            counters=around.counters,
            spawn=self.spawn,
            replay=self._replay,
        )

    def _make_reception(self) -> Reception:
        around = self._around
        return Reception(
            hub=self._id,
            store=around.store,
            directory=around.directory,
            addresses=around.addresses,
            mint=around.mint,
            limits=around.limits,
            counters=around.counters,
            threads=self._threads,
            presence=Presence(around.store, self._threads, self._id),
            attendance=Attendance(around.agents, self._threads, self._id),
            spawn=self.spawn,
            replay=self._replay,
            forget=self._forget,
        )

    # Connections

    def open_session(self, peer: Peer) -> Session:
        """Return the receiver of a connection that has just been accepted."""
        session = Session(self._reception, self._entrance, peer)
        if self._draining:
            session.stop()
        self._sessions.add(session)
        return session

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some work beside everything else; the hub holds on to it until it ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    # What the store tells

    def hear(self, channel: bytes, payload: bytes) -> None:
        """Take a message of pub/sub."""
        if not self._threads.hear(channel, payload):
            self._desks.hear(channel, payload)

    def gap(self, channels: Collection[bytes]) -> None:
        """Repair what these channels are of: something may not have been heard."""
        self._threads.gap(channels)
        self._desks.gap(channels)

    async def compare(self) -> None:
        """Compare all threads with their logs now, and desks with their staff; the store is back, or it is
        time."""
        try:
            await self._threads.compare()
            await self._desks.compare()
        except StoreFailure:
            return  # it is away; when it is back, or at the next turn, this is done again

    async def refresh(self) -> None:
        """Keep the devices and agents of this hub online."""
        await self._reception.presence.refresh()
        await self._viewers.refresh()
        with suppress(StoreFailure):  # the next refresh says it again
            await self._desks.refresh()

    async def serve(self) -> None:
        """Keep positions and presence up until cancelled, and finish carries that were interrupted."""
        await asyncio.gather(
            every(COMPARE_EVERY, self.compare),
            every(REFRESH_EVERY, self.refresh),
            every(ASK_EVERY, self._reception.attendance.refresh),
        )

    # The end

    async def drain(self) -> None:
        """Finish what was accepted, tell everybody to come back later, and close 1012; within `limits.drain`
        seconds."""
        self._draining = True
        drain = self._around.limits.drain
        deadline = asyncio.get_running_loop().time() + drain
        for session in tuple(self._sessions):
            session.stop()
        # Half of the time for the store, the other half for peers that are slow to take their leave.
        await self._until(lambda: not any(s.busy for s in self._sessions), deadline - drain / 2)
        for session in tuple(self._sessions):
            session.end(Close.RESTART)
        await self._until(lambda: not self._sessions, deadline)
        for session in tuple(self._sessions):
            session.peer.abort(Close.RESTART)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @staticmethod
    async def _until(reached: Callable[[], bool], deadline: float) -> None:
        while not reached() and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - many things end
            await asyncio.sleep(0.01)

    def _forget(self, session: Receiver) -> None:
        self._sessions.discard(session)

    def _stored(self, thread: Thread) -> None:
        """A visitor has acted for the first time: its devices can be noted now."""
        self.spawn(self._reception.presence.arrived(thread))

    def _lost(self, thread: Thread) -> None:
        """The log is gone; when all of an organization's go at once, they are one question."""
        orphans = self._orphans.setdefault(thread.organization.org, [])
        orphans.append(thread)
        if len(orphans) == 1:
            self.spawn(self._dismiss(thread.organization.org))

    async def _dismiss(self, org: str) -> None:
        """End the connections of threads that are gone: for good if their organization was removed. Else the
        store has lost them: their people begin anew, and get the thread that it then has for them."""
        try:
            code = Close.NOT_ADMITTED if await self._around.directory.removed(org) else Close.RESTART
        except StoreFailure:
            code = Close.RESTART
        for thread in self._orphans.pop(org):
            for admission in tuple(thread.admissions):
                admission.end(code)

    def _reset(self, thread: Thread, difference: Difference) -> None:
        """The log is another one: whoever had its replay gets another, from the new one's tail."""
        read = server.ReadPositions(contact=difference.read_contact, agents=difference.read_agents)
        for admission in thread.live():
            admission.live = False
            customer = admission.audience == "customer"
            unread = difference.unread_contact if customer else difference.unread_agents
            replay = Replay(self._reception.store, admission, read=read, unread=min(unread, UNREAD_CAP))
            self._replay(replay, None, DEFAULT_TAIL)

    def _replay(self, replay: Replay, resume: Resume | None, tail: int) -> None:
        """Run a replay up to its end, through whatever the store does meanwhile."""
        self.spawn(self._run(replay, resume, tail))

    async def _run(self, replay: Replay, resume: Resume | None, tail: int) -> None:
        try:
            await replay.run(resume, tail)
        except ConnectionError:
            return  # the peer went away; `lost` has the rest

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("task failed", exc_info=task.exception())
