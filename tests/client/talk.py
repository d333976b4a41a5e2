"""A session without a socket: tests say what the server sends and see what the client writes."""

from __future__ import annotations

from typing import Any

from onethread_client import admission, commands, receiving, sending
from onethread_client.account import Account
from onethread_client.changes import Change, Message
from onethread_client.identity import identity_of
from onethread_client.requests import Unmet
from onethread_client.session import Answered, Session, create
from onethread_client.storage import MemoryStorage, Storage
from tests.client.builders import Frame, parsed, ready, replay

USER = {"user_id": "12345"}
VISITOR_THREAD = "th_0_vvvvvvvvvvvvvvvvvvvv"


class Talk:
    """One client's session, its clock, and everything it told so far."""

    def __init__(
        self, user: dict[str, Any] | None = USER, storage: Storage | None = None, token: str | None = None
    ) -> None:
        self.storage = MemoryStorage() if storage is None else storage
        device = {"id": "laptop", "kind": "other"}
        account = Account("demo", 1, "demo-secret", device, user)
        self.session: Session = create(account, self.storage, token=token, random=lambda: 1.0)
        self.now = 0.0
        self.changes: list[Change] = []
        self.ends: list[Answered | Unmet] = []

    def open(self, token: str | None = None) -> Frame:
        """Begins a connection; the init frame."""
        frame = admission.opening(self.session, token)
        self._take()
        return frame

    def hear(self, *frames: Frame) -> None:
        """The server sends these."""
        for frame in frames:
            receiving.received(self.session, parsed(frame), self.now)
            self._take()

    def live(self, *events: Frame, **fields: Any) -> Talk:
        """A connection that is admitted and has replayed these."""
        self.open()
        head = events[-1]["seq"] if events else 0
        self.hear(ready(head=head, **fields), replay(*events))
        return self

    def writes(self, *, after: float = 0.0) -> list[Frame]:
        """What the client writes, so many seconds later."""
        self.now += after
        frames = sending.outgoing(self.session, self.now)
        self._take()
        return frames

    def types(self, text: str) -> str:
        """A person sends a message; its cid."""
        entry = commands.send(self.session, text)
        self._take()
        return entry.cid

    def lose(self, code: int = 1006) -> None:
        """The connection ends."""
        admission.disconnected(self.session, code)
        self._take()

    def again(self) -> Talk:
        """The same device in a new process."""
        self.session.save()
        return Talk(dict(self.session.account.user or {}) or None, self.storage)

    @property
    def texts(self) -> list[str | None]:
        """What is shown, those of the outbox last."""
        return [message.text for message in self.session.messages]

    @property
    def ticks(self) -> list[str | None]:
        """How far each message got."""
        return [message.tick and message.tick.value for message in self.session.messages]

    def message(self, index: int) -> Message:
        """One of those shown."""
        return self.session.messages[index]

    def told(self, kind: type[Any]) -> list[Any]:
        """The changes of this kind, and forgets all of them."""
        found = [change for change in self.changes if isinstance(change, kind)]
        self.changes.clear()
        return found

    def login(self, user: dict[str, str] | None) -> None:
        """Another account from the next connection on."""
        self.session.account.user = user
        self.session.become(identity_of(user, None))
        self._take()

    def _take(self) -> None:
        changes, ends = self.session.told.take()
        self.changes += changes
        self.ends += ends


def visitor(storage: MemoryStorage | None = None) -> Talk:
    """A visitor who was admitted to a thread of their own."""
    talk = Talk(None, storage)
    talk.open()
    talk.hear(
        ready(thread=VISITOR_THREAD, role="visitor", identity="none", visitor="v-token"),
        replay(thread=VISITOR_THREAD),
    )
    return talk
