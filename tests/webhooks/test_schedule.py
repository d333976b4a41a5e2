"""When what failed is tried again."""

from onethread.webhooks.schedule import AT_LEAST, DELAYS, LASTS_MS, retry_after


def tried_at(first_ms: int, count: int) -> list[float]:
    """When something that happened at 0 is tried, in seconds, if it always fails; at most so many times."""
    times, now = [], first_ms
    while len(times) < count:
        times.append(now / 1000)
        delay = retry_after(len(times), now)
        if delay is None:
            break
        now += delay
    return times


def test_a_receiver_that_is_away_for_good() -> None:
    """Eleven tries in a day, ever further apart, then none."""
    sums = [sum(DELAYS[:count]) for count in range(len(DELAYS) + 1)]
    assert tried_at(0, 100) == sums
    assert len(sums) == 11
    assert LASTS_MS / 1000 - DELAYS[0] < sums[-1] + DELAYS[-1]
    assert 23 * 3600 < sums[-1] < LASTS_MS / 1000


def test_what_is_old_by_its_first_try_gets_some() -> None:
    """After days without a server, or behind something else that could not be told."""
    for age in (LASTS_MS, 7 * LASTS_MS):
        assert [time - age / 1000 for time in tried_at(age, 100)] == [
            sum(DELAYS[:i]) for i in range(AT_LEAST)
        ]


def test_what_begins_late_ends_in_time() -> None:
    """Its day counts from when it happened, not from its first try."""
    times = tried_at(LASTS_MS // 2, 100)
    assert AT_LEAST < len(times) < 11
    assert times[-1] <= LASTS_MS / 1000
    assert retry_after(len(times), int(times[-1] * 1000)) is None


def test_the_last_delay_goes_on() -> None:
    """However often something new was tried."""
    assert retry_after(99, 0) == 1000 * DELAYS[-1]
