"""The loop that keeps a session connected: connect, converse, and obey the reconnect column.

Decisions are made elsewhere (`reconnect`, `liveness`, `sending`); this is where they are carried out, and
where time passes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress

from onethread_client import admission
from onethread_client.changes import State, StateChanged
from onethread_client.connection import Connection, connect
from onethread_client.errors import ConnectionEnded
from onethread_client.identity import VISITOR
from onethread_client.pump import CUT, Pump, keep
from onethread_client.reconnect import Act, Again, Ended, Reconnect, Stay
from onethread_client.session import Session
from onethread_client.storage import Storage
from onethread_client.token_source import TokenSource, TokenUnavailable

log = logging.getLogger(__name__)


class Runner:
    """Runs one session against one server. `told` is called whenever the session may have news."""

    def __init__(
        self, url: str, session: Session, storage: Storage, tokens: TokenSource, told: Callable[[], None]
    ) -> None:
        # More than a few, because everything that lives as long as the client meets here.
        self.tokens = tokens
        self.policy = Reconnect(session.random)
        self.stay: Stay | None = None
        self._url = url
        self._session = session
        self._storage = storage
        self._told = told
        self._asked = asyncio.Event()
        self._joined: tuple[Pump, Connection] | None = None

    async def run(self) -> None:
        """Until cancelled, or until the device is logged out."""
        try:
            while not self._session.kept.wiped:
                self._say(StateChanged(State.CONNECTING))
                ended = await self._attempt()
                keep(self._session)
                if not (self._session.kept.wiped or self._session.link.again):
                    await self._rest(ended)
        finally:
            keep(self._session)
            self._say(StateChanged(State.CLOSED))

    def wake(self) -> None:
        """Something may be there to send. For some closes that is a person's wish to connect (WIRE.md section
        7).
        """
        if self._joined:
            self._joined[0].wake()
        elif self.stay and self.stay.act is Act.SENDING:
            self._asked.set()

    def connect_now(self) -> None:
        """A person asks: end whatever wait there is."""
        self.policy.asked()
        self._asked.set()

    def start_over(self) -> None:
        """Drop the connection, if there is one, and open another at once: the account has changed."""
        self._session.link.again = True
        self._say(StateChanged(State.CONNECTING))
        self.connect_now()
        self.wake()

    async def say_logout(self) -> None:
        """Writes the `logout` frame, if there is still a connection to write it to."""
        if self._joined:
            with suppress(ConnectionEnded):
                await self._joined[1].send({"t": "logout"})

    async def _attempt(self) -> Ended:
        """One connection, from opening it to its end."""
        session, code, unmade = self._session, CUT, ""
        session.link.again = False
        try:
            token = await self.tokens.fetch()
            async with AsyncExitStack() as lock:
                if token is None and not session.kept.tokens.held(session.identity):
                    await lock.enter_async_context(self._storage.exclusive())
                async with connect(self._url) as connection:
                    pump = Pump(session, connection, self.tokens, self._told)
                    self._joined = (pump, connection)
                    # Somebody else may have logged in meanwhile, whose token this is not.
                    if not session.link.again:
                        code = await pump.run(token, lock)
        except (ConnectionEnded, TokenUnavailable) as error:
            unmade = error.close_reason if isinstance(error, ConnectionEnded) else str(error)
            log.info("no connection: %s", unmade)
        except OSError as error:
            # What could not be kept must not be forgotten by going on: the next connection brings it again.
            log.error("the storage failed: %s", error.strerror)
        finally:
            self._joined = None
            admission.disconnected(session, code)
            self._told()
        link = session.link
        lasted = _now() - link.ready_at if link.ready_at else 0.0
        return Ended(code, lasted, link.error, link.bye, unmade)

    async def _rest(self, ended: Ended) -> None:
        """Waits as long as the policy asks, or until a person asks to connect."""
        if self._session.link.rejected:
            decision: Again | Stay = Stay(ended.code, ended.why)
        else:
            decision = self.policy.after(
                ended, user=self._session.identity != VISITOR, renewable=self.tokens.renewable
            )
        self._asked.clear()
        if isinstance(decision, Again):
            self._say(StateChanged(State.WAITING, ended.why, decision.delay))
            with suppress(TimeoutError):
                async with asyncio.timeout(decision.delay):
                    await self._asked.wait()
            return
        self.stay = decision
        self._say(StateChanged(State.STOPPED, decision.reason))
        await self._asked.wait()
        self.stay = None

    def _say(self, change: StateChanged) -> None:
        self._session.told.changes.append(change)
        self._told()


def _now() -> float:
    return asyncio.get_running_loop().time()
