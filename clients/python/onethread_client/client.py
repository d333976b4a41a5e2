"""The client: a session, a runner that keeps it connected, and the futures of whoever waits.

async with Client(url, org="demo", app_id=1, app_secret="…", user={"user_id": "12345"}) as chat:
    await chat.send("hi")
    async for change in chat.changes():
        …
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar

from onethread_client import commands
from onethread_client.account import Account
from onethread_client.changes import CommandSettled, Message, State, StateChanged, shown
from onethread_client.entry import Entry
from onethread_client.errors import BadFrame, ClientClosed, PageStale, RequestRefused, Stopped
from onethread_client.feed import Feed, Watcher
from onethread_client.frames import History, ServerFrame
from onethread_client.identity import identity_of
from onethread_client.live import Authed, Profile
from onethread_client.look import Look
from onethread_client.requests import Request, Unmet
from onethread_client.runner import Runner
from onethread_client.session import create
from onethread_client.storage import MemoryStorage, Storage
from onethread_client.token_source import Provider, TokenSource
from onethread_client.waiting import Sending, Waiting
from onethread_client.wire import new_cid

F = TypeVar("F", bound=ServerFrame)

DEVICE = "device"
# After `logout` the server says `bye` and closes; everything here is deleted already, so this is only
# politeness.
LOGOUT_WITHIN = 5.0
# A log is replaced when a store was lost. That it happens again while a page is fetched anew is not to be
# expected.
PAGE_TRIES = 3


class Client(Look):
    """A customer's connection to their one conversation, kept up until closed.

    `user` and `device` are the maps of `init` (WIRE.md section 2); without `device` an id is made up and kept
    in the storage. `token` is a JWT, or a function (plain or async) that answers a fresh one whenever it is
    asked. Without a `storage` everything is forgotten with the client; with a `DirectoryStorage` what was
    typed survives the process.

    Entering starts connecting and does not wait for it: `ready` does. Everything can be used while there is
    no connection.
    """

    def __init__(
        self,
        url: str,
        *,
        org: str,
        app_id: int,
        app_secret: str,
        user: Mapping[str, object] | None = None,
        device: Mapping[str, object] | None = None,
        token: str | Provider | None = None,
        storage: Storage | None = None,
        page: Mapping[str, object] | None = None,
        tail: int | None = None,
    ) -> None:
        storage = MemoryStorage() if storage is None else storage
        account = Account(org, app_id, app_secret, device or _device(storage), user, page, tail)
        account.check()
        tokens = TokenSource(token)
        super().__init__(create(account, storage, token=tokens.given))
        self._feed = Feed()
        self._waiting = Waiting()
        self._state = State.OFFLINE
        self._runner = Runner(url, self._session, storage, tokens, self._pass_on)
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._runner.run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # The connection

    @property
    def state(self) -> State:
        """Of the connection."""
        return self._state

    async def ready(self) -> None:
        """Waits until everything up to now is here. Raises `Stopped` or `ClientClosed` if it won't be."""
        watcher = self._feed.watch()
        while self._state is not State.LIVE:
            if self._state is State.STOPPED:
                raise self._stopped()
            if self._state is State.CLOSED:
                raise self._closed()
            await anext(watcher, None)

    def changes(self) -> Watcher:
        """Every change from now on, for `async for`; ends with the client. Who falls 1,000 behind gets a
        `Refreshed`.
        """
        return self._feed.watch()

    def reconnect(self) -> None:
        """A person asks: connects now, also after a close that forbids it without being asked."""
        self._runner.connect_now()

    async def close(self) -> None:
        """Closes the connection and ends all waits. What is in a lasting outbox goes when a client is next
        started.
        """
        if self._running:
            self._running.cancel()
            await asyncio.wait([self._running])
        self._over(self._closed())

    def login(self, user: Mapping[str, object] | None, *, token: str | Provider | None = None) -> None:
        """Connects anew as this user. What a visitor wrote goes along, if the server carries it (WIRE.md
        section 8).
        """
        replace(self._session.account, user=user).check()
        self._session.account.user = user
        self._runner.tokens = TokenSource(token)
        self._session.become(identity_of(user, self._runner.tokens.given))
        self._pass_on()
        self._runner.start_over()

    async def logout(self) -> None:
        """Deletes tokens, events and outbox of this device at once, connected or not, tells the server, and
        closes.
        """
        tell = commands.logout(self._session)
        self._pass_on()
        if tell:
            await self._runner.say_logout()
            if self._running:
                await asyncio.wait([self._running], timeout=LOGOUT_WITHIN)
        await self.close()

    # Messages

    def send(self, text: str) -> Sending:
        """Queues a message at once; awaiting the result gives its ack.

        The wait lasts as long as it takes to connect. It ends with `RequestRefused` when the server will not
        have it, `Stopped` when the client stopped trying (the message stays queued), `ClientClosed`. Raises
        `ValueError` for a text that is empty, over 10,000 characters or no valid Unicode.
        """
        return self._sending(commands.send(self._session, text))

    def edit(self, seq: int, text: str) -> Sending:
        """Queues a new text for the own message at `seq`. As `send`; `LookupError` if none is held there."""
        return self._sending(commands.edit(self._session, seq, text))

    def delete(self, seq: int) -> Sending:
        """Queues the deletion of the own message at `seq`. As `edit`."""
        return self._sending(commands.delete(self._session, seq))

    def discard(self, cid: str) -> None:
        """Forgets an entry of the outbox, such as one that failed."""
        self._session.kept.outbox.discard(cid)

    async def history(self, limit: int = 50) -> tuple[Message, ...]:
        """Fetches the page just older than what is held, and answers its messages; `more` tells whether to go
        on.

        Raises `ValueError` for a limit outside 1 to 200, `RequestRefused`, `ThreadChanged`, `Stopped`,
        `ClientClosed`.
        """
        for _ in range(PAGE_TRIES):
            with suppress(PageStale):
                page = await self._answer(commands.history(self._session, limit), History)
                agents = self.read_positions["agents"]
                return tuple(shown(event, agents) for event in page.events if event.is_message)
        raise PageStale("the log was replaced again and again")

    def typing(self, on: bool = True) -> None:
        """Tells the others that the customer types, again every 3 s until `typing(False)` or `send`."""
        commands.typing(self._session, on)
        self._runner.wake()

    def read(self, seq: int | None = None) -> None:
        """The customer has seen everything up to `seq`, or all that is held."""
        commands.read(self._session, seq)
        self._queued()

    # The person

    async def profile(self, **fields: object) -> Mapping[str, Any]:
        """Changes `name`, `email`, `phone`, `company`, `custom_data` (merged by key); None clears. Answers
        the contact.

        Raises as `history`.
        """
        return (await self._answer(commands.profile(self._session, fields), Profile)).contact

    async def prechat(self, **fields: object) -> Mapping[str, Any]:
        """Gives the pre-chat form; answers the contact. Raises as `history`."""
        return (await self._answer(commands.prechat(self._session, fields), Profile)).contact

    async def auth(self, token: str) -> int:
        """Gives a fresh JWT; answers when it ends, in milliseconds since 1970. Raises as `history`."""
        return (await self._answer(commands.auth(self._session, token), Authed)).exp

    def page(self, url: str, title: str | None = None) -> None:
        """Where the customer is now; agents see it."""
        commands.page(self._session, url, title)
        self._runner.wake()

    def track(self, name: str, data: Mapping[str, object] | None = None) -> bool:
        """Shows agents that something happened, if connected now; whether it will be told."""
        told = commands.track(self._session, name, data)
        self._runner.wake()
        return told

    # What the session tells

    def _sending(self, entry: Entry) -> Sending:
        sending = Sending(entry.cid, self._waiting.acks.wait(entry.cid))
        self._queued()
        return sending

    async def _answer(self, request: Request, kind: type[F]) -> F:
        answer = self._waiting.answers.wait(request.ref)
        self._runner.wake()
        frame = await answer
        if not isinstance(frame, kind):
            raise BadFrame(f"a {request.kind} was answered by another kind of frame")
        return frame

    def _queued(self) -> None:
        self._pass_on()
        self._runner.wake()

    def _pass_on(self) -> None:
        changes, ends = self._session.told.take()
        for change in changes:
            if isinstance(change, StateChanged):
                self._enter(change.state)
            elif isinstance(change, CommandSettled):
                self._settle(change.entry)
            self._feed.tell(change)
        for end in ends:
            if isinstance(end, Unmet):
                self._waiting.answers.fail(end.ref, end.error)
            else:
                self._waiting.answers.answer(end.ref, end.frame)

    def _settle(self, entry: Entry) -> None:
        failure = entry.failure
        if failure:
            self._waiting.acks.fail(entry.cid, RequestRefused(failure.code, failure.reason, failure.message))
        elif entry.ack:
            self._waiting.acks.answer(entry.cid, entry.ack)

    def _enter(self, state: State) -> None:
        self._state = state
        if state is State.STOPPED:
            self._waiting.close(self._stopped())
        elif state is State.CLOSED:
            self._over(self._closed())
        else:
            self._waiting.open()

    def _stopped(self) -> Stopped:
        stay = self._runner.stay
        return Stopped(stay.code, stay.reason) if stay else Stopped(1000, "closed")

    def _closed(self) -> ClientClosed:
        return ClientClosed("logged out" if self._session.kept.wiped else "the client is closed")

    def _over(self, error: ClientClosed) -> None:
        self._state = State.CLOSED
        self._waiting.close(error)
        self._feed.end()


def _device(storage: Storage) -> Mapping[str, object]:
    """A device with an id of its own, the same as long as the storage lasts."""
    record = storage.get(DEVICE)
    if record is None:
        record = {"id": f"py-{new_cid()}", "kind": "other"}
        storage.put(DEVICE, record)
    return record
