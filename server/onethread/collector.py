"""Python's collector of reference cycles, where thousands of connections are held and no cycles are made.

Whatever a connection leaves is freed by its count; the collector is there for
mistakes.
"""

import gc
from typing import Final

YOUNG: Final = 50_000
"""Objects made, less those freed, before the collector looks at them; Python's own is 700.

Looking costs by the object, and with 9,000 connections whose messages are all under way it found 700 new ones
several times in each turn of the loop: 17 µs of each message, 45 µs of each join. Now 3 and 15, in looks of
some 5 ms that are seldom."""


def settle() -> None:
    """Leave what is there now out of all that is looked at from now on; call it once everything has
    started."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
