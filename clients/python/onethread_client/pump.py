"""One connection's life: reads frames into a session, and writes what the session has to send."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress

from onethread_client import admission, commands, receiving, sending
from onethread_client.connection import Connection
from onethread_client.errors import BadFrame, ConnectionEnded
from onethread_client.frames import Ready, parse
from onethread_client.link import Phase
from onethread_client.liveness import PONG_WITHIN, Due, Liveness
from onethread_client.session import Session
from onethread_client.token_source import TokenSource, TokenUnavailable

log = logging.getLogger(__name__)

CUT = 1006
PROTOCOL_ERROR = 1002
# The record of a thread is written at most this often; what is missing after a crash is replayed.
SAVE_EVERY = 2.0


class Pump:
    """Joins a session to an open connection until that ends; `told` is called whenever there may be news."""

    def __init__(
        self, session: Session, connection: Connection, tokens: TokenSource, told: Callable[[], None]
    ) -> None:
        self._session = session
        self._connection = connection
        self._tokens = tokens
        self._told = told
        self._wake = asyncio.Event()
        self._liveness = Liveness(_now())
        self._chores: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Something may be there to send."""
        self._wake.set()

    async def run(self, token: str | None, lock: AsyncExitStack) -> int:
        """Init, and then everything until the connection is over; answers its close code. `lock` is let go at
        `ready`.
        """
        first = admission.opening(self._session, token)
        self._told()
        self._start(self._write())
        self._start(self._save())
        try:
            await self._connection.send(first)
            return await self._read(lock)
        except ConnectionEnded as over:
            return over.code
        except BadFrame as bad:
            log.warning("the server sent %s; connecting again", bad)
            await self._connection.close(PROTOCOL_ERROR)
            return CUT
        finally:
            await self._stop()

    async def _read(self, lock: AsyncExitStack) -> int:
        while True:
            frame = parse(await self._connection.receive())
            receiving.received(self._session, frame, _now())
            if self._session.link.phase is not Phase.OPENING:
                await lock.aclose()
            if isinstance(frame, Ready):
                self._liveness.ready(frame.heartbeat_ms)
            self._told()
            self._wake.set()

    async def _write(self) -> None:
        """Writes what is due, and ends the connection when it is dead or to be dropped."""
        session, connection = self._session, self._connection
        with suppress(ConnectionEnded, TimeoutError):
            while not (session.link.again or session.link.rejected):
                now = _now()
                self._liveness.heard(connection.heard_at)
                due = self._liveness.due(now)
                if due is Due.GIVE_UP:
                    break
                frames = sending.outgoing(session, now)
                if due is Due.PING and session.link.admitted:
                    frames.append({"t": "ping"})
                for frame in frames:
                    # A peer that reads nothing for that long is as dead as one that says nothing.
                    async with asyncio.timeout(PONG_WITHIN):
                        await connection.send(frame)
                self._told()
                self._renew(now)
                await self._sleep()
            else:
                await connection.close()
        connection.abort()

    async def _sleep(self) -> None:
        """Until something is there to send, or the next thing is due."""
        due = sending.deadline(self._session)
        until = self._liveness.deadline() if due is None else min(due, self._liveness.deadline())
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._wake.wait()
        self._wake.clear()

    def _renew(self, now: float) -> None:
        if self._session.renewal.is_due(now):
            self._session.renewal.started()
            if self._tokens.renewable:
                self._start(self._fetch())

    async def _fetch(self) -> None:
        try:
            token = await self._tokens.fetch()
        except TokenUnavailable as error:
            log.warning("%s; trying again", error)
            self._session.renewal.failed(_now())
        else:
            commands.auth(self._session, token or "")
        self._wake.set()

    async def _save(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY)
            keep(self._session)

    def _start(self, chore: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(chore)
        self._chores.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._chores.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # A mistake of this package's, or a storage that fails: without this chore the connection is no
            # use.
            log.error("a connection was dropped", exc_info=error)
            self._connection.abort()

    async def _stop(self) -> None:
        chores = list(self._chores)
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)


def keep(session: Session) -> None:
    """Saves the conversation. A storage that fails costs a longer replay some day, not this connection."""
    try:
        session.save()
    except OSError as error:
        log.warning("the conversation could not be saved: %s", error.strerror)


def _now() -> float:
    return asyncio.get_running_loop().time()
