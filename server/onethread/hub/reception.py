"""What the connections of all organizations work with at this hub, in one place."""

from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from onethread.hub.admission import Admission
from onethread.hub.attendance import Attendance
from onethread.hub.counters import Counters
from onethread.hub.hosting import Hosting
from onethread.hub.peer import Receiver
from onethread.hub.presence import Presence
from onethread.hub.replay import Replay
from onethread.hub.surroundings import Addresses, CustomerStore, Directory, Limits
from onethread.identity.tokens import TokenMint
from onethread_protocol.customer import Resume


class Reception(msgspec.Struct, frozen=True, kw_only=True):
    """Composed by the hub. `spawn` does work beside everything else, `replay` runs a replay to its end, and
    `forget` hears that a connection is over.
    """

    hub: str
    store: CustomerStore
    directory: Directory
    addresses: Addresses
    mint: TokenMint
    limits: Limits
    counters: Counters
    threads: Hosting
    presence: Presence
    attendance: Attendance
    spawn: Callable[[Coroutine[Any, Any, None]], None]
    replay: Callable[[Replay, Resume | None, int], None]
    forget: Callable[[Receiver], None]

    def leave(self, admission: Admission) -> None:
        """Take an admission off its thread; its device goes with its last connection."""
        thread = admission.thread
        admission.live = False
        if admission in thread.admissions:
            thread.admissions.remove(admission)
            self.spawn(self.presence.left(thread, admission.device.id))
