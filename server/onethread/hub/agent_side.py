"""What only agents are told of a hosted thread: its viewers, the customer's page, the contact whole."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import msgspec
from msgspec import UNSET

from onethread.contacts.profile import Contact, agent_view
from onethread.hub.agent_store import Looked
from onethread.hub.clock import now_ms
from onethread.hub.log import DeviceState
from onethread_protocol import server
from onethread_protocol.people import ContactView, CurrentPage, DevicePresence, Named

Known = tuple[list[str], CurrentPage | None]
_page = msgspec.msgpack.Decoder(tuple[str, str])


class AgentSide:
    """Made when the first agent opens the thread.

    `name_of` gives an agent's name, as it is now; `find` the contacts that have another's e-mail, and `spawn`
    does that beside everything else. `same_email` are those that have `email`.
    """

    __slots__ = ("email", "find", "name_of", "page", "same_email", "seen_at", "spawn", "viewers")

    def __init__(
        self,
        name_of: Callable[[str], str],
        find: Callable[[Contact], Awaitable[list[str]]],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self.name_of = name_of
        self.find = find
        self.spawn = spawn
        self.email = ""
        self.same_email: list[str] = []
        self.viewers: list[str] = []
        self.page: CurrentPage | None = None
        self.seen_at = 0

    def known(self) -> Known:
        """Return what is known before a look."""
        return self.viewers, self.page

    def meet(self, known: Known, looked: Looked) -> None:
        """Take the state that a look has read, but for what was heard since it was `known`."""
        viewers, page = known
        if self.viewers is viewers:
            self.viewers = looked.viewers
        if self.page is page:
            self.turn_to(looked.page)
        self.seen_at = max(looked.seen_at, self.seen_at)

    def turn_to(self, packed: bytes) -> None:
        """Take the page that the customer is on, b"" for none."""
        if packed:
            url, title = _page.decode(packed)
            self.page = CurrentPage(url=url, title=title or UNSET)

    def see(self, before: list[DeviceState], after: list[DeviceState]) -> None:
        """Note when a device has come."""
        there = {device.id for device in before if device.online}
        if any(device.online and device.id not in there for device in after):
            self.seen_at = now_ms()

    def named_viewers(self) -> list[Named]:
        """Return who has the thread open."""
        return [Named(id=one, name=self.name_of(one)) for one in self.viewers]

    def presence(self, thread: str, devices: list[DevicePresence]) -> server.Presence:
        """Return who is there, as agents are told."""
        return server.Presence(
            thread=thread,
            devices=devices,
            viewers=self.named_viewers(),
            page=UNSET if self.page is None else self.page,
        )

    def contact(self, contact: Contact, devices: list[DevicePresence]) -> ContactView:
        """Return the contact, as agents see it."""
        return agent_view(contact, devices, self.seen_at, self.same_email)
