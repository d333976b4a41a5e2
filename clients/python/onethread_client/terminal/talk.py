"""A conversation in a terminal: what is typed goes to the client, what changes is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from rich.text import Text

from onethread_client.changes import LoggedOut, Message, Problem, State, StateChanged
from onethread_client.client import Client
from onethread_client.errors import ClientClosed, RequestRefused, Stopped
from onethread_client.terminal import picture
from onethread_client.terminal.editor import Editor
from onethread_client.terminal.screen import Screen

HELP: Final = (
    "/edit TEXT · /delete (your last) · page up, page down · /form NAME, EMAIL · /name NAME · /reconnect"
    " · /logout (forgets everything here) · /quit"
)
TYPED_WITHIN: Final = 5.0
"""Seconds after the last key in which a person still types."""
PAGE: Final = 10
"""Lines that a press of page up or page down scrolls."""
FRAME: Final = 0.03
"""Seconds between two pictures, however fast messages come."""


@dataclass(slots=True)
class View:
    """What the screen shows beside the conversation, and how many lines the person has scrolled back."""

    note: str = "/help"
    back: int = 0
    fetching: bool = False


class Talk:
    """One person at one terminal."""

    def __init__(self, client: Client, device: str) -> None:
        self._client = client
        self._device = device
        self._editor = Editor()
        self._view = View()
        self._over = asyncio.Event()
        self._dirty = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Talk until the person quits."""
        with Screen(self._typed, self._dirty.set) as screen:
            drawing = asyncio.create_task(self._draw(screen))
            self._start(self._watch())
            over = asyncio.create_task(self._over.wait())
            await asyncio.wait([drawing, over], return_when=asyncio.FIRST_COMPLETED)
            failed = drawing.exception() if drawing.done() else None
            for task in (drawing, over, *self._tasks):
                task.cancel()
            await asyncio.gather(drawing, over, *self._tasks, return_exceptions=True)
        if failed:
            raise failed

    async def _watch(self) -> None:
        self._dirty.set()
        async for change in self._client.changes():
            if isinstance(change, StateChanged):
                self._view.note = change.reason
            elif isinstance(change, Problem):
                self._view.note = change.error.message
            elif isinstance(change, LoggedOut):
                self._view.note = "logged out; nothing is kept on this device"
            self._read()
            self._dirty.set()

    def _read(self) -> None:
        """What is on the screen has been seen; what is below it has not."""
        if self._client.state is State.LIVE and self._client.unread and not self._view.back:
            self._client.read()

    async def _draw(self, screen: Screen) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            client = self._client
            names = {str(one["id"]): str(one["name"]) for one in client.devices if one.get("name")}
            note = [Text(picture.safe(self._view.note), "yellow")] if self._view.note else []
            back = screen.show(
                picture.header(client, client.state),
                (picture.message(one, self._device, names) for one in reversed(client.messages)),
                [*note, picture.typing(client.typists), picture.prompt(self._editor, screen.size[0])],
                self._view.back,
            )
            self._reached(back)
            await asyncio.sleep(FRAME)

    def _reached(self, back: int) -> None:
        """At the beginning of what is held: the page before it comes, and then the screen goes on to it."""
        if back == self._view.back or self._view.fetching:
            return
        if self._client.more:
            self._view.fetching = True
            self._start(self._older())
        else:
            self._view.back = back
            self._view.note = "that is the beginning"
            self._dirty.set()

    def _typed(self, typed: str | None) -> None:
        line = self._editor.feed(typed if typed is not None else "\x03")
        for text in line.submitted:
            self._submit(text)
        if line.pages:
            self._view.back = max(self._view.back + line.pages * PAGE, 0)
            self._read()
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
        self._view.note = ""
        self._view.back = 0
        self._read()
        command, _, rest = text.partition(" ")
        if not command.startswith("/"):
            self._start(self._send(text))
            return
        match command:
            case "/edit" | "/delete":
                self._start(self._change(rest.strip(), delete=command == "/delete"))
            case "/reconnect":
                self._client.reconnect()
            case "/form":
                self._start(self._form(rest))
            case "/name":
                self._start(self._rename(rest.strip()))
            case "/logout":
                self._start(self._logout())
            case "/quit":
                self._over.set()
            case _:
                self._view.note = HELP

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (RequestRefused, Stopped, ValueError, LookupError) as error:
            self._view.note = str(error)
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
            self._view.note = "you have said nothing that could be changed"
        elif delete:
            await self._client.delete(seq)
        else:
            await self._client.edit(seq, text)

    async def _older(self) -> None:
        before = self._client.messages
        try:
            await self._client.history()
        finally:
            self._view.fetching = False
            if self._client.messages == before:
                # Nothing came: don't ask for it again and again.
                self._view.back = 0

    async def _form(self, rest: str) -> None:
        form = self._client.prechat_form
        if form is None:
            self._view.note = "no form is asked for"
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
