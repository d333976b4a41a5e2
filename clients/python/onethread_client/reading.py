"""How far each side has read, and how many messages that leaves to the customer (WIRE.md section 4,
`unread`).
"""

from __future__ import annotations

from itertools import takewhile

from onethread_client.timeline import Timeline

# As the server counts: 100 means "or more".
MOST = 100


class Reading:
    """Read positions of one thread. `contact` is the customer's side, on whichever device; they never go
    back.
    """

    def __init__(self) -> None:
        self.contact = 0
        self.agents = 0
        self._older = 0

    def moved(self, side: str, seq: int) -> bool:
        """Takes a side's position; whether it moved. A side this package does not know moves nothing."""
        if side == "contact" and seq > self.contact:
            self.contact = seq
            return True
        if side == "agents" and seq > self.agents:
            self.agents = seq
            return True
        return False

    def restart(self, contact: int, agents: int) -> None:
        """Takes both positions of a log that replaced the one held, where they may be lower."""
        self.contact, self.agents, self._older = contact, agents, 0

    def told(self, unread: int, timeline: Timeline) -> None:
        """Takes the server's count, which also knows the unread messages older than the events held."""
        self._older = max(0, unread - self._counted(timeline))

    def unread(self, timeline: Timeline) -> int:
        """How many messages of the other side, not deleted, came after the customer's position; 100 means "or
        more".
        """
        # The older ones count until the position reaches what is held.
        older = self._older if self.contact < timeline.before - 1 else 0
        return min(MOST, older + self._counted(timeline))

    def _counted(self, timeline: Timeline) -> int:
        unread = takewhile(lambda event: event.seq > self.contact, timeline.newest_first())
        return sum(
            event.is_message and not event.deleted and event.author.type != "contact" for event in unread
        )
