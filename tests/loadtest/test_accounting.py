"""Whatever is lost, doubled or disordered is found."""

from collections import Counter

import pytest

from loadtest.accounting import Ledger, Receipt, ThreadCount, judge


def event(seq: int) -> tuple[int, str, str]:
    return seq, f"id-{seq}", f"cid-{seq}"


def receipt() -> Receipt:
    found = Receipt(Ledger())
    found.begin("epoch", [event(1), event(2)], 2, "id-2")
    return found


def test_all_is_well() -> None:
    """A tail and then each event once and in order is no fault, and moves the resume point."""
    found = receipt()
    for seq in (3, 4, 5):
        found.take(*event(seq))
    assert not found.ledger.faults
    assert (found.seq, found.event_id, found.delivered, found.ledger.head) == (5, "id-5", 3, 5)


@pytest.mark.parametrize(
    ("seqs", "fault"),
    [((3, 5), "a gap"), ((3, 3), "twice or out of order"), ((3, 4, 2), "twice or out of order")],
)
def test_disorder(seqs: tuple[int, ...], fault: str) -> None:
    """An event that isn't the next is a fault."""
    found = receipt()
    for seq in seqs:
        found.take(*event(seq))
    assert found.ledger.faults[fault]


def test_no_order_promised() -> None:
    """Where order was not promised, what comes early is counted and waits for what is before it."""
    found = Receipt(Ledger(), ordered=False)
    found.begin("", [], 0, "")
    for seq, position in ((2, 0), (4, 0), (1, 2), (3, 4)):
        found.take(*event(seq))
        assert found.seq == position
    assert (found.event_id, found.delivered, found.disordered, found.early) == ("id-4", 4, 2, {})
    assert not found.ledger.faults


@pytest.mark.parametrize("seqs", [(1, 1), (1, 2, 1), (3, 3)])
def test_twice_without_order(seqs: tuple[int, ...]) -> None:
    """Nothing may come twice, ordered or not."""
    found = Receipt(Ledger(), ordered=False)
    found.begin("", [], 0, "")
    for seq in seqs:
        found.take(*event(seq))
    assert found.ledger.faults == {"twice": 1}


def test_replay_with_a_gap() -> None:
    """A tail must be whole up to the position that it brings."""
    found = Receipt(Ledger())
    found.begin("epoch", [event(1), event(3)], 3, "id-3")
    assert found.ledger.faults == {"a replay with a gap": 1}


@pytest.mark.parametrize(
    ("other", "fault"),
    [((3, "other", "cid-3"), "two events at one seq"), ((4, "id-4", "cid-3"), "one cid at two seqs")],
)
def test_disagreement(other: tuple[int, str, str], fault: str) -> None:
    """Two devices, or an event and an ack, that tell different things of a message are a fault."""
    ledger = Ledger()
    ledger.agree(*event(3))
    ledger.agree(*event(3))
    assert not ledger.faults
    ledger.agree(*other)
    assert ledger.faults == {fault: 1}


def test_verdict_over_processes() -> None:
    """A thread's sends in all processes count for its devices in all processes."""
    verdict = judge(
        [ThreadCount("a", 3, (5, 5), 2), ThreadCount("a", 2, (5,), 1), ThreadCount("b", 1, (1,))], Counter()
    )
    assert verdict.holds
    assert verdict.disordered == 3
    assert (verdict.sent, verdict.expected, verdict.delivered) == (6, 16, 16)


def test_missing_and_too_many() -> None:
    """A device with less does not make up for one with more."""
    verdict = judge([ThreadCount("a", 3, (2, 4))], Counter({"error 503": 1}))
    assert not verdict.holds
    assert verdict.faults == {"error 503": 1, "missing": 1, "too many": 1}
