"""A hosted thread: events in, in whatever order they are heard; events out, in `seq` order, each once."""

from hypothesis import given
from hypothesis import strategies as st

from onethread.hub.log import Joined, Position
from onethread.hub.thread import Thread
from tests.hub.listening import Listener, a_thread, element, event_id

LOG = 12


def log_element(seq: int, changes: set[int]) -> bytes:
    """What the log of a test has at a seq: a message, or the edit of the one before it."""
    if seq > 1 and seq in changes:
        return element(seq, kind="edited", text="new", target=seq - 1, target_id=event_id(seq - 1))
    return element(seq)


class Backfill:
    """Reads on from the log when a thread asks for it, as the hub does; once it is asked to."""

    def __init__(self, changes: set[int]) -> None:
        self.changes = changes
        self.asked = 0

    def __call__(self, thread: Thread) -> None:
        self.asked += 1

    def run(self, thread: Thread) -> None:
        """Give the thread what it has heard of and not seen."""
        for seq in range(thread.seq + 1, thread.heard_up_to + 1):
            thread.heard(seq, log_element(seq, self.changes))


def joined(head: int, changes: set[int], events: int) -> Joined:
    """What a join reads when the log ends at `head`."""
    newest = [log_element(seq, changes) for seq in range(head, max(head - events, 0), -1)]
    return Joined(
        epoch="epoch",
        head=Position(head, event_id(head)),
        adm=0,
        read_contact=0,
        read_agents=0,
        unread_contact=0,
        unread_agents=0,
        devices=[],
        events=newest,
    )


@given(
    head=st.integers(1, LOG),
    early=st.permutations(range(1, LOG + 1)),
    late=st.lists(st.integers(1, LOG), max_size=30),
    changes=st.sets(st.integers(2, LOG)),
    split=st.integers(0, LOG),
    events=st.integers(0, LOG),
)
def test_p3_each_event_once_in_seq_order_whatever_pub_sub_does(
    head: int, early: list[int], late: list[int], changes: set[int], split: int, events: int
) -> None:
    """Pushes before the join, after it, twice, in any order, or never: with the backfills that are asked for,
    a live connection gets what follows the join, each once, in order; and the tail in memory is the log's."""
    backfill = Backfill(changes)
    thread = a_thread(backfill)
    for seq in early[:split]:
        thread.heard(seq, log_element(seq, changes))
    listener = Listener(thread)
    thread.settle(joined(head, changes, events))
    at_live = thread.seq
    listener.admission.live = True
    for seq in [*early[split:], *late]:
        thread.heard(seq, log_element(seq, changes))
        if seq % 3 == 0:
            backfill.run(thread)
    backfill.run(thread)
    assert thread.seq == max(head, thread.heard_up_to)
    assert thread.seq == LOG
    assert [event["seq"] for event in listener.events] == list(range(at_live + 1, LOG + 1))
    for seq in range(1, LOG + 1):
        held = thread.tail.between(seq, seq)
        assert held is None or held == [log_element(seq, changes)]


def test_p3_a_gap_is_asked_for_and_nothing_goes_out_meanwhile() -> None:
    """An event that is not the next one is held back until the log has given what is missing."""
    asked: list[Thread] = []
    thread = a_thread(asked.append)
    thread.begin(Position(1, event_id(1)))
    listener = Listener(thread, live=True)
    thread.heard(3, element(3))
    assert (asked, listener.events, thread.heard_up_to) == ([thread], [], 3)
    thread.heard(2, element(2))
    thread.heard(3, element(3))
    assert [event["seq"] for event in listener.events] == [2, 3]


def test_p4_a_number_given_twice_is_doubted() -> None:
    """Another event with a number that was given before: the thread is compared with its log."""
    asked: list[Thread] = []
    thread = a_thread(asked.append)
    thread.begin(Position(0, ""))
    for seq in (1, 2, 3):
        thread.heard(seq, element(seq))
    thread.heard(2, element(2))
    assert asked == []
    thread.heard(2, element(99))
    assert asked == [thread]


def test_p3_whoever_has_no_replay_yet_gets_no_event() -> None:
    """Events go to live connections only: the replay brings them to the others."""
    thread = a_thread()
    thread.begin(Position(0, ""))
    waiting, live = Listener(thread), Listener(thread, live=True)
    thread.heard(1, element(1))
    assert (len(waiting.frames), len(live.events)) == (0, 1)


def test_p5_hidden_events_go_to_agents_only_and_count_for_all() -> None:
    """A note passes a customer by, and the next message still comes with its own number."""
    thread = a_thread()
    thread.begin(Position(0, ""))
    customer, agent = Listener(thread, live=True), Listener(thread, "agent", live=True)
    thread.heard(1, element(1, kind="note"))
    thread.heard(2, element(2))
    assert [event["seq"] for event in customer.events] == [2]
    assert [event["seq"] for event in agent.events] == [1, 2]


def test_an_older_profile_is_not_taken() -> None:
    """A profile heard late does not undo a later one."""
    thread = a_thread()
    first, second = thread.contact, a_thread().contact
    assert thread.meet(2, first)
    assert not thread.meet(1, second)
    assert thread.contact is first
