"""Which organizations have no webhook, so that a message that nobody is told of costs the store nothing.

With what they store, scripts write down what webhooks are to be told, if the shard says that there are some
(scripts/lib/outbox.lua). Of an organization without, the hub says so beforehand and spares the store that
look. It is sure for TRUSTED seconds after it was so; and who adds the first webhook waits as long before it
is said to be there (store/webhooks.py). So from then on nothing is left out, on any hub.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple

from onethread.store.documents import webhooks_key
from onethread.store.link import Link
from onethread.webhooks.record import decode

TRUSTED: Final = 2.0
"""Seconds that an answer counts, from when it was asked for; of a busy organization it is each second."""


class _Known(NamedTuple):
    sure_until: float
    ask_at: float


_NOTHING: Final = _Known(0.0, 0.0)


class Unhooked:
    """Asks for itself, beside what is going on. `clock` counts seconds."""

    def __init__(self, link: Link, clock: Callable[[], float] = time.monotonic) -> None:
        self._link = link
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def sure(self, org: str) -> bool:
        """Tell whether the organization certainly has no webhook now."""
        now, known = self._clock(), self._known.get(org, _NOTHING)
        if now >= known.ask_at:
            # At once: what comes before the answer need not ask again.
            self._known[org] = _Known(known.sure_until, now + TRUSTED / 2)
            self._link.ask(("GET", webhooks_key(org)), partial(self._answered, org, now), idempotent=True)
        return now < known.sure_until

    def _answered(self, org: str, asked_at: float, reply: Any) -> None:
        if reply is None or (isinstance(reply, bytes) and not decode(reply).live):
            self._known[org] = self._known[org]._replace(sure_until=asked_at + TRUSTED)
