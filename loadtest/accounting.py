"""Every delivery accounted for: pure bookkeeping of what was sent and what each device got.

seq is dense and starts at 1 (DESIGN.md section 1), so a device whose position moved on by one with each event
got each exactly once and in order (P3). What ties that to what was sent: acks and events all say which seq
has which id and cid, and none may disagree (P2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


class Ledger:
    """One thread as one process of the fleet sees it."""

    __slots__ = ("_entries", "_seqs", "faults", "head")

    def __init__(self) -> None:
        self._entries: dict[int, tuple[str, str]] = {}
        self._seqs: dict[str, int] = {}
        self.head = 0
        self.faults: Counter[str] = Counter()

    def agree(self, seq: int, event_id: str, cid: str) -> None:
        """Take an ack's or an event's word for who has this seq; another's word must be the same."""
        if self._entries.setdefault(seq, (event_id, cid)) != (event_id, cid):
            self.faults["two events at one seq"] += 1
        if self._seqs.setdefault(cid, seq) != seq:
            self.faults["one cid at two seqs"] += 1
        self.head = max(self.head, seq)


@dataclass(slots=True)
class Receipt:
    """What one device got, over all its connections. All up to `seq` has come; `event_id` is the id there.

    Where order was not promised (`ordered` false) what comes before its turn is held in `early` and counted.
    """

    ledger: Ledger
    ordered: bool = True
    begun: bool = False
    epoch: str = ""
    seq: int = 0
    event_id: str = ""
    delivered: int = 0
    disordered: int = 0
    early: dict[int, str] = field(default_factory=dict)

    def begin(self, epoch: str, events: list[tuple[int, str, str]], seq: int, event_id: str) -> None:
        """Start with the tail that a first join got: (seq, id, cid) each, up to this position."""
        self.begun, self.epoch, self.seq, self.event_id = True, epoch, seq, event_id
        numbers = [number for number, _, _ in events]
        if numbers != list(range(seq - len(events) + 1, seq + 1)):
            self.ledger.faults["a replay with a gap"] += 1
        for event in events:
            self.ledger.agree(*event)

    def take(self, seq: int, event_id: str, cid: str) -> None:
        """Take one event, live or in the replay of a resume: if order was promised, it must be the next."""
        if seq == self.seq + 1:
            self.seq, self.event_id = seq, event_id
            if self.early:
                self._catch_up()
        elif self.ordered:
            self.ledger.faults["twice or out of order" if seq <= self.seq else "a gap"] += 1
            self.seq, self.event_id = seq, event_id
        elif seq <= self.seq or seq in self.early:
            self.ledger.faults["twice"] += 1
        else:
            self.early[seq] = event_id
            self.disordered += 1
        self.delivered += 1
        self.ledger.agree(seq, event_id, cid)

    def _catch_up(self) -> None:
        while (following := self.early.pop(self.seq + 1, None)) is not None:
            self.seq, self.event_id = self.seq + 1, following


@dataclass(frozen=True, slots=True)
class ThreadCount:
    """A thread's counts in one process: messages acked to its senders there, deliveries of each device.

    `disordered`: how many deliveries came before their turn, where order was not promised.
    """

    thread: str
    sent: int
    delivered: tuple[int, ...]
    disordered: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether all is accounted for. `expected` is sends × receivers, summed over the threads."""

    sent: int
    expected: int
    delivered: int
    faults: dict[str, int] = field(default_factory=dict)
    disordered: int = 0

    @property
    def holds(self) -> bool:
        """True when nothing is missing, doubled, disordered or failed."""
        return not self.faults


def judge(counts: Iterable[ThreadCount], faults: Counter[str]) -> Verdict:
    """Compare what was sent, over all processes, with what each device got; `faults` are known already."""
    sent: Counter[str] = Counter()
    delivered: dict[str, list[int]] = {}
    disordered = 0
    for count in counts:
        sent[count.thread] += count.sent
        disordered += count.disordered
        delivered.setdefault(count.thread, []).extend(count.delivered)
    found = Counter(faults)
    for thread, devices in delivered.items():
        for number in devices:
            found["missing"] += max(sent[thread] - number, 0)
            found["too many"] += max(number - sent[thread], 0)
    return Verdict(
        sent=sent.total(),
        expected=sum(sent[thread] * len(devices) for thread, devices in delivered.items()),
        delivered=sum(map(sum, delivered.values())),
        faults=dict(+found),
        disordered=disordered,
    )
