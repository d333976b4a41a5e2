"""The newest part of a log, in memory."""

from hypothesis import given
from hypothesis import strategies as st

from onethread.hub.tail import TAIL, TAIL_BYTES, Tail


def content(seq: int) -> bytes:
    """What the log has at a seq: of many lengths."""
    return b"%d" % seq * (1 + seq % 700)


@given(
    st.integers(0, 200),
    st.integers(0, 80),
    st.lists(st.sampled_from(["append", "append", "append", "restart"]), max_size=150),
)
def test_what_it_holds_is_what_the_log_has(head: int, before: int, steps: list[str]) -> None:
    """Whatever is put before, appended and forgotten: each seq it answers for has that seq's element."""
    tail = Tail()
    tail.restart(head + 1)
    tail.prepend([content(seq) for seq in range(head, max(head - before, 0), -1)])
    for step in steps:
        head += 1
        if step == "append":
            tail.append(content(head))
        else:
            tail.restart(head + 1)
        assert tail.first + len(tail) == head + 1
        assert len(tail) <= TAIL
        assert sum(len(content(seq)) for seq in range(tail.first, head + 1)) <= TAIL_BYTES
    for first in range(tail.first, head + 1):
        assert tail.between(first, head) == [content(seq) for seq in range(first, head + 1)]
    assert tail.between(tail.first - 1, head) is None
    assert tail.between(tail.first, head + 1) is None


def test_an_element_beyond_all_bounds_is_not_held() -> None:
    """It is read from the log; what follows is held again."""
    tail = Tail()
    tail.append(bytes(TAIL_BYTES + 1))
    assert len(tail) == 0
    tail.append(b"two")
    assert (tail.first, tail.between(2, 2)) == (2, [b"two"])
