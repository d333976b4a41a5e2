"""Whose admission has ended (DESIGN.md section 4): pure.

A thread's meta counts every ending (`adm`) and maps what was ended to the count at which it was: a means
(`open`, `pinned`: a pin or a first signed admission), `moved` (a carry), `erased` (the person), `device:<id>`
(a logout). The map is small and read whole, so a lost control message is made good by comparing the number.
"""

from collections.abc import Mapping
from typing import Final

from onethread_protocol.codes import Close

MOVED: Final = "moved"
ERASED: Final = "erased"


def device_mark(device: str) -> str:
    """Return the name under which a device's logout is noted."""
    return f"device:{device}"


def ended(means: str, number: int, device: str, ends: Mapping[str, int]) -> Close | None:
    """Return the close code of an admission that is over, None if it still holds.

    It was given by these means (none: a visitor) at this admission number. NORMAL is a logout: `bye` goes
    before it.
    """
    for name, code in (
        (ERASED, Close.NOT_ADMITTED),
        (MOVED, Close.MOVED),
        (device_mark(device), Close.NORMAL),
        (means, Close.NOT_ADMITTED),
    ):
        if ends.get(name, 0) > number:
            return code
    return None
