"""The state of the present connection, as the core knows it: how far it got, and how it may end."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from onethread_client.frames import Bye, Error
from onethread_client.wire import Frame


class Phase(Enum):
    """`OPENING`: init was sent. `REPLAYING`: `ready` came. `LIVE`: the replay is done. `ENDING`: nothing more
    is sent.
    """

    OFFLINE = auto()
    OPENING = auto()
    REPLAYING = auto()
    LIVE = auto()
    ENDING = auto()


@dataclass(slots=True)
class Link:
    """`error` is the last that was about the connection itself. `again`: it is to be dropped for another one
    at once. `first` is the init frame, `repeat_at` when to write it again. `rejected`: it can't be accepted
    as it is.
    """

    phase: Phase = Phase.OFFLINE
    first: Frame = field(default_factory=dict, repr=False)
    error: Error | None = None
    bye: Bye | None = None
    again: bool = False
    rejected: bool = False
    repeat_at: float | None = None
    ready_at: float | None = None

    @property
    def admitted(self) -> bool:
        """Whether frames other than init may be sent: after `ready` and before `bye`."""
        return self.phase in (Phase.REPLAYING, Phase.LIVE)
