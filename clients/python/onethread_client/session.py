"""The client's core: everything it holds, as plain state. No socket, no clock, no waiting.

    admission   opening() ──▶ init frame; `ready` ──▶ which thread, which tokens; disconnected()
    receiving   received(session, frame, now): what each frame changes
    commands    what a person does: send, edit, read, …, logout
    sending     outgoing(session, now) ──▶ frames to write; deadline() ──▶ when to ask again

Those four are functions on a `Session`. A shell feeds them frames and the time, writes what they answer, and
passes on what is `told`. WIRE.md section 6 says what a client may rely on; each module here holds one part of
it.
"""

from __future__ import annotations

import random as system
from dataclasses import dataclass, field

from onethread_client.account import Account
from onethread_client.backoff import Backoff, Random
from onethread_client.changes import (
    Change,
    CommandSettled,
    Message,
    MessageChanged,
    Refreshed,
    pending,
    shown,
)
from onethread_client.conversation import Conversation
from onethread_client.entry import Entry
from onethread_client.frames import ServerFrame
from onethread_client.identity import VISITOR, identity_of
from onethread_client.kept import Kept
from onethread_client.link import Link
from onethread_client.renewal import Renewal
from onethread_client.requests import Requests, Unmet
from onethread_client.storage import Storage
from onethread_client.typists import OwnTyping
from onethread_client.wire import Frame


@dataclass(frozen=True, slots=True)
class Answered:
    """The request `ref` has its answer."""

    ref: str
    frame: ServerFrame


@dataclass(slots=True)
class Told:
    """What the shell is to pass on: changes to whoever watches, ends of requests to whoever waits."""

    changes: list[Change] = field(default_factory=list)
    ends: list[Answered | Unmet] = field(default_factory=list)

    def take(self) -> tuple[list[Change], list[Answered | Unmet]]:
        """All of it; each is told once."""
        taken = self.changes, self.ends
        self.changes, self.ends = [], []
        return taken


@dataclass(slots=True)
class Session:
    """More parts than one class should have, because this is where they meet; each is described by its own
    module.

    `identity` is the drawer (`identity_of`) that things are kept under, `loose` the frames to write once or
    never, `backoff` the wait after a 503, whatever was refused: it is one store that is away.
    """

    account: Account
    kept: Kept
    requests: Requests
    backoff: Backoff
    renewal: Renewal
    identity: str
    conversation: Conversation
    link: Link = field(default_factory=Link)
    typing: OwnTyping = field(default_factory=OwnTyping)
    loose: list[Frame] = field(default_factory=list)
    told: Told = field(default_factory=Told)
    random: Random = system.random
    saved: object = None

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages held, in `seq` order, then those of the outbox, in the order typed."""
        agents = self.conversation.reading.agents
        logged = [shown(event, agents) for event in self.conversation.timeline.events if event.is_message]
        waiting = [
            pending(entry)
            for entry in self.kept.outbox.entries
            if entry.kind == "send" and self.is_here(entry.thread, entry.identity)
        ]
        return (*logged, *waiting)

    def is_here(self, thread: str | None, identity: str) -> bool:
        """Whether what was kept under these belongs to the conversation shown."""
        return thread == self.conversation.thread if thread else identity == self.identity

    def save(self) -> None:
        """Keeps the conversation, if it is not what was saved last."""
        state = self.conversation.version
        if state != self.saved:
            self.kept.save(self.conversation)
            self.saved = state

    def become(self, identity: str) -> None:
        """Another identity from now on. What was typed before the first `ready` goes along from a visitor to
        the user it becomes, but not from one user to another (WIRE.md section 8, Before the first ready).
        """
        if identity == self.identity:
            return
        self.save()
        if self.identity == VISITOR:
            self.kept.outbox.take_along(VISITOR, identity)
        else:
            self.told.ends += self.requests.other_person()
        self.identity = identity
        self.conversation = self.kept.conversation(self.kept.threads.expected(identity))
        self.told.changes.append(Refreshed())

    def settled(self, entry: Entry) -> None:
        """Tells that a command was acked or has failed."""
        self.told.changes.append(CommandSettled(entry))
        if entry.kind == "send" and self.is_here(entry.thread, entry.identity):
            self.told.changes.append(MessageChanged(pending(entry)))


def create(
    account: Account, storage: Storage, *, token: str | None = None, random: Random = system.random
) -> Session:
    """A session of this account with what the storage holds. `random` answers numbers from 0 to 1."""
    backoff = Backoff(random, most=15.0)
    kept = Kept(storage, backoff)
    identity = identity_of(account.user, token)
    return Session(
        account=account,
        kept=kept,
        requests=Requests(backoff),
        backoff=backoff,
        renewal=Renewal(Backoff(random)),
        identity=identity,
        conversation=kept.conversation(kept.threads.expected(identity)),
        random=random,
    )
