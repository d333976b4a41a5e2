"""An outbox, what is put into it, and what the server says of it."""

from __future__ import annotations

from onethread_client.backoff import Backoff
from onethread_client.entry import Entry
from onethread_client.frames import Ack
from onethread_client.outbox import Outbox
from onethread_client.storage import MemoryStorage, Storage
from tests.client.builders import THREAD, ack

LATER = 1_000.0


def fresh(storage: Storage | None = None) -> Outbox:
    """An outbox whose waits after a 503 are not random."""
    return Outbox(storage or MemoryStorage(), Backoff(lambda: 1.0))


def queued(outbox: Outbox, text: str = "hi", thread: str | None = THREAD) -> Entry:
    """A message of the user X's."""
    return outbox.add("send", "user-x", thread, text=text)


def acked(outbox: Outbox, entry: Entry, seq: int, position: int = 0) -> Entry | None:
    """Takes the ack of the entry's event at `seq`."""
    return outbox.acked(Ack.of(ack(entry.cid, seq)), position)
