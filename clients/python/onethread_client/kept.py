"""Everything a device keeps: tokens, the threads it was given, the outbox, and each thread's events with
their resume point.
"""

from __future__ import annotations

from onethread_client.backoff import Backoff
from onethread_client.conversation import Conversation
from onethread_client.errors import BadFrame
from onethread_client.identity import Threads
from onethread_client.outbox import Outbox
from onethread_client.storage import Storage
from onethread_client.tokens import Tokens


class Kept:
    """One storage, and what is read from it. After `wipe` nothing is written to it again."""

    def __init__(self, storage: Storage, backoff: Backoff) -> None:
        self._storage = storage
        self.wiped = False
        self.tokens = Tokens(storage)
        self.threads = Threads(storage)
        self.outbox = Outbox(storage, backoff)

    def conversation(self, thread: str | None) -> Conversation:
        """The conversation as it was last saved; an empty one if it was not, or if that is damaged."""
        record = self._storage.get(f"log.{thread}") if thread else None
        try:
            return Conversation.of(record) if record else Conversation(thread)
        except BadFrame:
            return Conversation(thread)

    def save(self, conversation: Conversation) -> None:
        """Writes the events and their resume point, in one record."""
        if conversation.thread and not self.wiped:
            self._storage.put(f"log.{conversation.thread}", conversation.record())

    def wipe(self) -> None:
        """Deletes all tokens, events and outboxes of the device (WIRE.md section 8, Visitor tokens)."""
        self.wiped = True
        self.outbox.wipe()
        self._storage.clear()
