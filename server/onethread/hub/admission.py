"""A connection's admission to a thread: what it was let in as, and where its replay is."""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

import msgspec

from onethread.hub.entry import Audience
from onethread.hub.peer import Peer
from onethread.identity.organization import App, Organization
from onethread_protocol.codes import Close
from onethread_protocol.people import Device

if TYPE_CHECKING:
    from onethread.hub.thread import Thread


class Admission:
    """One entry of a connection's admissions; a customer's connection has one.

    `means` and `number` say by which means and at which admission number it was given (ending.py); `live` is
    true once its replay is done: from then on events are written to the peer as they come. `end` closes the
    connection.
    """

    __slots__ = (
        "_late",
        "_live",
        "audience",
        "device",
        "end",
        "means",
        "number",
        "peer",
        "session",
        "thread",
    )

    def __init__(
        self,
        thread: "Thread",
        peer: Peer,
        session: str,
        audience: Audience,
        device: Device,
        means: str,
        end: Callable[[Close], None],
    ) -> None:
        self.thread = thread
        self.peer = peer
        self.session = session
        self.audience = audience
        self.device = device
        self.means = means
        self.end = end
        self.number = 0
        self._live = False
        self._late: dict[Hashable, bytes] = {}

    @property
    def live(self) -> bool:
        """Whether events are written to the peer as they come."""
        return self._live

    @live.setter
    def live(self, live: bool) -> None:
        self._live = live
        self.thread.listening = None
        if self._late:
            late, self._late = self._late, {}
            for frame in late.values() if live else ():
                self.peer.write(frame)

    def tell(self, frame: bytes, state: Hashable | None) -> None:
        """Write a frame, if live. Of those that come before, the newest of each `state` follows the replay,
        which was begun with an older one; what is no state (None) is told to who is there."""
        if self._live:
            self.peer.write(frame)
        elif state is not None:
            self._late.pop(state, None)
            self._late[state] = frame


class Login(msgspec.Struct, frozen=True):
    """What an init was accepted as. `tokens` are the threads whose visitor or clean token came with it."""

    organization: Organization
    app: App
    user_id: str | None
    tokens: tuple[str, ...]
