"""What the hub asks of the store: the interface, and the answers.

Every method is one script or one pipelined read, and atomic. All raise only StoreFailure; whoever repeats
gives the same cid, version or place again, for it may have happened.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeAlias

import msgspec

from onethread.contacts.profile import Contact
from onethread.hub.entry import Entry
from onethread.hub.keys import ThreadKeys

ATTEMPTS: Final = 64
"""Times that a contact is read, changed and written again because somebody else wrote first. Each loses only
to another's success, so as many of a person's devices may come at once, each with something new."""


class StoreFailure(Exception):
    """The store did not do what it was asked, or nobody knows whether it did. The store's own errors derive
    from it."""


class Position(msgspec.Struct, frozen=True):
    """A place in a log: the last event before it. At 0 there is no id."""

    seq: int
    id: str


START = Position(0, "")


class Duplicate(msgspec.Struct, frozen=True):
    """The cid is known: the event it appended then."""

    seq: int
    id: str
    entry: Entry


class Moved(msgspec.Struct, frozen=True):
    """The thread was carried into another one."""

    to: str


class Refusal(msgspec.Struct, frozen=True):
    """Nothing was appended: `unknown` (no such thread), `unknown_target` or `not_yours`."""

    reason: str


Appended: TypeAlias = int | Duplicate | Moved | Refusal | StoreFailure
"""The event's seq; or why there is none."""


class Creation(msgspec.Struct, frozen=True):
    """What a visitor's thread is stored with at its first message."""

    epoch: str
    contact: Contact


class Revision(msgspec.Struct, frozen=True):
    """An edit (with its text) or a deletion (with none) of the message at `target`."""

    kind: str
    target: int
    target_id: str
    text: str


class Found(msgspec.Struct, frozen=True):
    """What the store holds of a person. `version` 0: no contact; `epoch` "": no thread stored."""

    thread: str
    version: int
    contact: Contact | None
    epoch: str
    adm: int
    moved: str
    ended: bool


class DeviceState(msgspec.Struct, frozen=True, array_like=True):
    """A device of a thread, and whether any hub has a connection of it."""

    id: str
    kind: str
    name: str
    online: int


class Joined(msgspec.Struct, frozen=True):
    """A thread's state at the moment of joining. `events` are its newest elements, newest first."""

    epoch: str
    head: Position
    adm: int
    read_contact: int
    read_agents: int
    unread_contact: int
    unread_agents: int
    devices: list[DeviceState]
    events: list[bytes]


class Hosted(msgspec.Struct, frozen=True):
    """What a hub believes of a thread, to be compared with the log; `generation` is the hub's own."""

    keys: ThreadKeys
    position: Position
    epoch: str
    adm: int
    generation: int = 0


class Difference(msgspec.Struct, frozen=True):
    """How a log differs from what a hub believes. `epoch` "": the thread is not stored."""

    epoch: str
    head: int
    same_id: bool
    adm: int
    ends: dict[str, int]
    read_contact: int
    read_agents: int
    unread_contact: int
    unread_agents: int


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """A contact to be written over the `version` read, and what goes with it.

    `before` is the contact as it was read, None for a new one. `epoch` is a new thread's. `ends` names whose
    admissions end (ending.py). `events` are id and entry.
    `teller` is the session whose doing it is: the thread's other connections are told of the profile; "":
    nobody is.
    """

    version: int
    before: Contact | None
    contact: Contact
    epoch: str
    ends: Sequence[str] = ()
    events: Sequence[tuple[str, Entry]] = ()
    teller: str = ""


class Written(msgspec.Struct, frozen=True):
    """The contact's new version and the thread's admission number."""

    version: int
    adm: int


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A device that joins. `tail` newest events are wanted, at most some `size` bytes of them."""

    hub: str
    device: str
    kind: str
    name: str
    tail: int
    size: int
    page: bytes = b""


class ThreadStore(Protocol):
    """Threads, contacts and devices. Implemented by `onethread.store.threads`."""

    def append(
        self,
        keys: ThreadKeys,
        author: str,
        event_id: str,
        entry: Entry,
        system: str,
        creation: Creation | None,
        done: Callable[[Appended], None],
    ) -> None:
        """Append a message or note once per author and cid; calls of one hub take effect in the order
        made."""

    def revise(
        self,
        keys: ThreadKeys,
        author: str,
        event_id: str,
        entry: Entry,
        done: Callable[[Appended], None],
    ) -> None:
        """Append an edit or deletion and rewrite its target; once per author and cid, in order with
        `append`."""

    async def read(
        self, keys: ThreadKeys, side: str, seq: int, session: str, by: tuple[str, str]
    ) -> Moved | Refusal | None:
        """Move the side's ("c" or "a") read position forward; every hub is told. Else why it can't be."""

    async def range(self, keys: ThreadKeys, first: int, last: int, size: int) -> list[bytes]:
        """Return the elements from `first` to `last`, downwards if it is lower; some `size` bytes, one at
        least."""

    async def look_up(
        self, org: str, shard: int, *, user_id: str = "", import_key: str = "", thread: str = ""
    ) -> Found | None:
        """Return what is stored of the user, of who was imported with this key, or of the visitor's thread;
        None for a user or key that is not known."""

    async def write(self, keys: ThreadKeys, writing: Writing) -> Written | Moved | None:
        """Write a contact and what goes with it; None if somebody else wrote first."""

    async def join(self, keys: ThreadKeys, arrival: Arrival) -> Joined | None:
        """Note a device as online and return the thread's state; None if the thread is not stored."""

    async def stay(self, keys: ThreadKeys, hub: str, stay: Sequence[str], left: Sequence[str]) -> None:
        """Keep a hub's devices online, take off those that left; every hub is told when one has come or
        gone."""

    async def refresh(
        self, hub: str, present: Sequence[tuple[ThreadKeys, Sequence[str]]]
    ) -> list[ThreadKeys]:
        """Keep a hub's devices online, in threads of one shard; return those in which one is missing or has
        faded: for them `stay` is due, which tells every hub."""

    async def compare(self, hosted: Sequence[Hosted]) -> list[Difference | None]:
        """Return, for each of the threads (of one shard), how its log differs; None where it does not."""

    async def logout(self, keys: ThreadKeys, device: str, *, tokens: bool) -> None:
        """End the device's admissions, and with `tokens` every token of the thread. No device: the tokens
        only."""

    async def note_page(self, keys: ThreadKeys, url: str, title: str) -> None:
        """Keep where the contact is now; every hub is told."""

    async def track(self, keys: ThreadKeys, name: str, data: object, at: int) -> None:
        """Keep what the contact did among its newest 50, and tell every hub; an unstored visitor's is not
        kept."""

    async def publish(self, keys: ThreadKeys, payload: bytes) -> None:
        """Tell every hub that hosts the thread; nothing is stored."""
