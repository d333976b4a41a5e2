"""A thread that this hub hosts: where its log is, who listens, and what it last said.

Events come in by `heard`, in whatever order pub/sub and backfills bring them, and leave by `_deliver` in
`seq` order, each once (P3). What doesn't fit is asked of the log: `on_gap` is called, and reads on from the
position.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from onethread.contacts.profile import Contact
from onethread.hub.agent_side import AgentSide
from onethread.hub.clock import now_ms
from onethread.hub.counters import Counters
from onethread.hub.entry import HEAD, Audience, Entry, unpack, visible
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import START, DeviceState, Hosted, Joined, Position
from onethread.hub.peer import Peer
from onethread.hub.tail import Tail
from onethread.hub.wire import Wire
from onethread.identity.organization import Organization
from onethread_protocol import server

if TYPE_CHECKING:
    from onethread.hub.admission import Admission


Listening = tuple[tuple[tuple[Wire, Audience], list[Peer]], ...]


class Thread:
    """The hub's view of one log. More attributes than a class should have: each is one fact about the log.

    `position` is None until a join or a comparison has told it. `generation` rises when the log turns out to
    be another one than was told: replays under way start over. `heard_up_to` is the newest seq that pub/sub
    spoke of. `joining` counts who is on the way in. `agents` is there once an agent has opened the thread.
    `listening` has the live connections by what is written to them; None after each change, until asked for.
    `presence_at`: from when on, by the loop's clock, the devices may be told; infinite while that is due.
    """

    __slots__ = (
        "_counters",
        "_early",
        "_on_gap",
        "_on_stored",
        "adm",
        "admissions",
        "agents",
        "contact",
        "devices",
        "ends",
        "epoch",
        "generation",
        "heard_up_to",
        "joining",
        "keys",
        "listening",
        "organization",
        "position",
        "presence_at",
        "stored",
        "tail",
        "version",
    )

    def __init__(
        self,
        keys: ThreadKeys,
        organization: Organization,
        contact: Contact,
        epoch: str,
        counters: Counters,
        on_gap: Callable[["Thread"], None],
        on_stored: Callable[["Thread"], None],
    ) -> None:
        self.keys = keys
        self.organization = organization
        self.contact = contact
        self.version = 0
        self.epoch = epoch
        self.stored = False
        self.position: Position | None = None
        self.generation = 0
        self.heard_up_to = 0
        self.joining = 0
        self.adm = 0
        self.ends: dict[str, int] = {}
        self.devices: list[DeviceState] = []
        self.presence_at = 0.0
        self.admissions: list[Admission] = []
        self.listening: Listening | None = None
        self.agents: AgentSide | None = None
        self.tail = Tail()
        self._early: list[tuple[int, bytes]] = []
        self._counters = counters
        self._on_gap = on_gap
        self._on_stored = on_stored

    @property
    def id(self) -> str:
        """The thread's id."""
        return self.keys.thread

    @property
    def seq(self) -> int:
        """The last event that live connections have; 0 as long as nothing is known."""
        return self.position.seq if self.position else 0

    def told(self) -> Hosted:
        """What the thread's log is believed to be, to be compared with it."""
        epoch = self.epoch if self.stored else ""
        return Hosted(self.keys, self.position or START, epoch, self.adm, self.generation)

    def meet(self, version: int, contact: Contact) -> bool:
        """Take the contact as it is now; false if a later version is known."""
        if version < self.version:
            return False
        self.version, self.contact = version, contact
        return True

    def meet_devices(self, known: list[DeviceState], read: list[DeviceState]) -> None:
        """Take the devices that were read unless others were heard of since, when these were `known`: what is
        heard is newer, or another word follows."""
        if self.devices is known:
            self.devices = read

    def exists(self) -> None:
        """Note that the thread is stored now: who joined it before may have to be noted in it."""
        if not self.stored:
            self.stored = True
            if self.admissions:
                self._on_stored(self)

    def settle(self, joined: Joined) -> None:
        """Take the state that the first join read; what was heard since subscribing is merged by seq."""
        self.exists()
        if self.position is not None:
            self.heard_up_to = max(self.heard_up_to, joined.head.seq)
            return
        self.epoch = joined.epoch
        self.begin(joined.head, joined.events)

    def begin(self, position: Position, newest: list[bytes] | None = None) -> None:
        """Start (over) at this position, given the newest elements up to it, newest first.

        Events that came before it was known follow if they come after it.
        """
        self.position = position
        self.heard_up_to = position.seq
        self.tail.restart(position.seq + 1)
        self.tail.prepend(newest or [])
        early, self._early = self._early, []
        for seq, element in early:
            if seq > position.seq:
                self.heard(seq, element)

    def heard(self, seq: int, element: bytes) -> None:
        """Take an event from pub/sub or from the log."""
        self.exists()
        if self.position is None:
            self._early.append((seq, element))
            return
        if seq == self.position.seq + 1:
            self._deliver(seq, element)
        elif seq > self.position.seq:
            self.heard_up_to = max(self.heard_up_to, seq)
            self._on_gap(self)
        elif not self._is_held(seq, element):
            # A number given twice: the store may have come back from an older file.
            self._on_gap(self)

    def doubt(self) -> None:
        """Have the thread compared with its log."""
        self._on_gap(self)

    def live(self) -> list["Admission"]:
        """Return the admissions that have had their replay, as they are now."""
        return [admission for admission in self.admissions if admission.live]

    def _is_held(self, seq: int, element: bytes) -> bool:
        held = self.tail.between(seq, seq)
        if held is not None:
            return held[0][8:HEAD] == element[8:HEAD]
        return self.position is not None and seq < self.position.seq and seq < self.tail.first

    def _deliver(self, seq: int, element: bytes) -> None:
        event_id, entry = unpack(element)
        self.position = Position(seq, event_id)
        if seq > self.heard_up_to:
            self.heard_up_to = seq
        if entry.target:
            self.tail.restart(seq + 1)  # the message that it changes was rewritten in the log
        else:
            self.tail.append(element)
        self._counters.deliveries += self._fan_out(seq, event_id, entry)
        self._counters.fanout_lag.observe((now_ms() - entry.at) / 1000)

    def _fan_out(self, seq: int, event_id: str, entry: Entry) -> int:
        """Write an event to every live connection, packed once for each wire and audience; return how many
        got it."""
        if self.listening is None:
            self.listening = self._gather()
        told = 0
        for (wire, audience), peers in self.listening:
            event = visible(seq, event_id, entry, audience)
            if event is not None:
                frame = wire.pack(server.EventFrame(thread=self.keys.thread, event=event))
                for peer in peers:
                    peer.write(frame)
                told += len(peers)
        return told

    def _gather(self) -> Listening:
        gathered: dict[tuple[Wire, Audience], list[Peer]] = {}
        for admission in self.live():
            gathered.setdefault((admission.peer.wire, admission.audience), []).append(admission.peer)
        return tuple(gathered.items())
