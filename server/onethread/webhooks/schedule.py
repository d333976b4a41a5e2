"""When what could not be told is tried again, and when it is given up. Pure."""

from typing import Final

DELAYS: Final = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800)
"""Seconds between one try and the next; ten of them come to 23.7 hours. The last one goes on."""
LASTS_MS: Final = 86_400_000
"""How long something is tried again after it has happened: a day."""
AT_LEAST: Final = 5
"""Tries that everything gets, however old it is by the first: a server that was down for days finds receivers
that are just starting too. They take 13 minutes."""


def retry_after(tries: int, age_ms: int) -> int | None:
    """Return after how many milliseconds to try again what has failed `tries` times, the last time now.

    `age_ms` is how long ago it happened. None: it is given up.
    """
    delay = 1000 * DELAYS[min(tries, len(DELAYS)) - 1]
    return delay if tries < AT_LEAST or age_ms + delay <= LASTS_MS else None
