"""A conversation in a terminal: what is typed goes to the client, what changes is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final

from rich.text import Text

from onethread_client.changes import Message, Problem, State, StateChanged
from onethread_client.client import Client
from onethread_client.errors import ClientClosed, RequestRefused, Stopped
from onethread_client.terminal import picture
from onethread_client.terminal.editor import Editor
from onethread_client.terminal.screen import Screen

HELP: Final = "/edit TEXT · /delete (your last) · /older · /form NAME, EMAIL · /name NAME · /logout · /quit"
TYPED_WITHIN: Final = 5.0
"""Seconds after the last key in which a person still types."""
FRAME: Final = 0.03
"""Seconds between two pictures, however fast messages come."""


class Talk:
    """One person at one terminal."""

    def __init__(self, client: Client, device: str) -> None:
        self._client = client
        self._device = device
        self._editor = Editor()
        self._note = "/help"
        self._over = asyncio.Event()
        self._dirty = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Talk until the person quits."""
        with Screen(self._typed, self._dirty.set) as screen:
            watching = asyncio.create_task(self._watch())
            drawing = asyncio.create_task(self._draw(screen))
            await self._over.wait()
            for task in (watching, drawing, *self._tasks):
                task.cancel()
            await asyncio.gather(watching, drawing, *self._tasks, return_exceptions=True)

    async def _watch(self) -> None:
        self._dirty.set()
        async for change in self._client.changes():
            if isinstance(change, StateChanged):
                self._note = change.reason
            elif isinstance(change, Problem):
                self._note = change.error.message
            if self._client.state is State.LIVE and self._client.unread:
                self._client.read()
            self._dirty.set()
        self._dirty.set()

    async def _draw(self, screen: Screen) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            client = self._client
            screen.show(
                picture.header(client, client.state),
                [picture.message(shown, self._device) for shown in client.messages],
                Text(picture.safe(self._note), "yellow"),
                [picture.typing(client.typists), picture.prompt(self._editor, screen.size[0])],
            )
            await asyncio.sleep(FRAME)

    def _typed(self, typed: str | None) -> None:
        line = self._editor.feed(typed if typed is not None else "\x03")
        for text in line.submitted:
            self._submit(text)
        if line.page:
            self._do(self._older())
        if line.quit:
            self._over.set()
        self._tell_typing()
        self._dirty.set()

    def _tell_typing(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
        types = bool(self._editor.text) and not self._editor.text.startswith("/")
        self._client.typing(types)
        if types:
            self._pause = asyncio.get_running_loop().call_later(TYPED_WITHIN, self._client.typing, False)

    def _submit(self, text: str) -> None:
        self._note = ""
        command, _, rest = text.partition(" ")
        if not command.startswith("/"):
            self._do(self._send(text))
            return
        match command:
            case "/edit" | "/delete":
                self._do(self._change(rest.strip(), delete=command == "/delete"))
            case "/older":
                self._do(self._older())
            case "/form":
                self._do(self._form(rest))
            case "/name":
                self._do(self._rename(rest.strip()))
            case "/logout":
                self._do(self._logout())
            case "/quit":
                self._over.set()
            case _:
                self._note = HELP

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (RequestRefused, Stopped, ValueError, LookupError) as error:
            self._note = str(error)
        except ClientClosed:
            self._over.set()
        self._dirty.set()

    async def _send(self, text: str) -> None:
        # A refused one is shown with its message; a stopped client keeps it.
        with suppress(RequestRefused, Stopped):
            await self._client.send(text)

    async def _change(self, text: str, *, delete: bool) -> None:
        seq = last_own(self._client.messages)
        if seq is None:
            self._note = "you have said nothing that could be changed"
        elif delete:
            await self._client.delete(seq)
        else:
            await self._client.edit(seq, text)

    async def _older(self) -> None:
        if self._client.more:
            await self._client.history()
        else:
            self._note = "that is the beginning"

    async def _form(self, rest: str) -> None:
        form = self._client.prechat_form
        if form is None:
            self._note = "no form is asked for"
            return
        names = [field["name"] for field in form["fields"]]
        given = zip(names, (value.strip() for value in rest.split(",")), strict=False)
        await self._client.prechat(**{name: value for name, value in given if value})

    async def _rename(self, name: str) -> None:
        await self._client.profile(name=name)

    async def _logout(self) -> None:
        await self._client.logout()
        self._over.set()


def last_own(messages: tuple[Message, ...]) -> int | None:
    """Return the seq of one's last message that can still be changed."""
    own = (shown.seq for shown in reversed(messages) if shown.mine and not shown.deleted and shown.id)
    return next((seq for seq in own if seq is not None), None)
