"""The asyncio client of Onethread: one customer's conversation, with outbox, exact resume and reconnect.

`Client` is what programs use. `connect` gives one bare connection, frame by frame, for whoever tests a
server.
"""

from onethread_client.changes import (
    Change,
    CommandSettled,
    EventHappened,
    LoggedOut,
    Message,
    MessageChanged,
    PersonChanged,
    PresenceChanged,
    Problem,
    ReadChanged,
    Refreshed,
    State,
    StateChanged,
    Tick,
    TypingChanged,
    UnreadChanged,
)
from onethread_client.client import Client
from onethread_client.connection import Connection, connect
from onethread_client.directory import DirectoryStorage
from onethread_client.errors import (
    BadFrame,
    ClientClosed,
    ClientError,
    ConnectionEnded,
    PageStale,
    RequestRefused,
    Stopped,
    ThreadChanged,
)
from onethread_client.events import Author, Event
from onethread_client.frames import Ack
from onethread_client.storage import MemoryStorage, Storage
from onethread_client.waiting import Sending

__all__ = [
    "Ack",
    "Author",
    "BadFrame",
    "Change",
    "Client",
    "ClientClosed",
    "ClientError",
    "CommandSettled",
    "Connection",
    "ConnectionEnded",
    "DirectoryStorage",
    "Event",
    "EventHappened",
    "LoggedOut",
    "MemoryStorage",
    "Message",
    "MessageChanged",
    "PageStale",
    "PersonChanged",
    "PresenceChanged",
    "Problem",
    "ReadChanged",
    "Refreshed",
    "RequestRefused",
    "Sending",
    "State",
    "StateChanged",
    "Stopped",
    "Storage",
    "ThreadChanged",
    "Tick",
    "TypingChanged",
    "UnreadChanged",
    "connect",
]
