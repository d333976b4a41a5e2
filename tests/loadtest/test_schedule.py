"""What falls due when, and whose it is."""

from hypothesis import given
from hypothesis import strategies as st

from loadtest.schedule import NS, OpenLoop, local_address, seats, share

counts = st.integers(0, 300)
processes = st.integers(1, 8)


@given(st.integers(1, 1000), st.integers(1, 5), processes)
def test_processes_take_turns(rate: int, seconds: int, of: int) -> None:
    """Together the processes send exactly rate × seconds messages, evenly spaced."""
    loops = [OpenLoop(0, rate, seconds, worker, of) for worker in range(of)]
    due = sorted(time for loop in loops for time in loop.overdue(seconds * NS))
    assert due == [round(number * NS / rate) for number in range(rate * seconds)]
    assert all(loop.over for loop in loops)


def test_a_stall_is_not_forgiven() -> None:
    """After a pause all that fell due in it is still sent, each with the time at which it was due."""
    loop = OpenLoop(1000, rate=10, seconds=1)
    assert list(loop.overdue(999)) == []
    assert list(loop.overdue(1000)) == [1000]
    assert list(loop.overdue(1000 + NS // 2)) == [1000 + NS // 10 * number for number in range(1, 6)]
    assert not loop.over


@given(counts, processes)
def test_share(count: int, of: int) -> None:
    """Every thing belongs to one process, and none has two more than another."""
    shares = [share(count, worker, of) for worker in range(of)]
    assert [thing for part in shares for thing in part] == list(range(count))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@given(st.integers(1, 40), st.integers(1, 40), processes)
def test_seats(threads: int, devices: int, of: int) -> None:
    """Every connection belongs to one process, and a thread to one where there are enough of them."""
    taken = [seats(threads, devices, worker, of) for worker in range(of)]
    flat = [seat for part in taken for seat in part]
    assert len(flat) == len(set(flat)) == threads * devices
    if threads >= of:
        owners = [{thread for thread, _ in part} for part in taken]
        assert sum(map(len, owners)) == threads


def test_addresses_are_loopback() -> None:
    """Connections dial from addresses of 127.0.0.0/24, none of them the server's own."""
    found = {local_address(number, 200) for number in range(1000)}
    assert len(found) == 200
    assert all(address.startswith("127.0.0.") and 2 <= int(address.split(".")[3]) <= 254 for address in found)
