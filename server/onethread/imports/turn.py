"""Whose turn it is: imports of an organization take effect in the order in which they were accepted.

One begins when those before it have ended. One that nobody has been at for SILENT_MS ends there, for good:
those behind it don't wait for ever, and it does not come after them. Dry runs write nothing and have no turn.
"""

import asyncio
from collections.abc import Callable, Container
from typing import Final, Literal, TypeAlias

from msgspec.structs import replace

from onethread.hub.clock import now_ms
from onethread.imports.job import SILENT_MS, Job, silent
from onethread.imports.ledger import Held, Ledger
from onethread.imports.run import Taken, patiently

LOOK_EVERY: Final = 1.0
"""Seconds between two looks whether an import elsewhere has ended that was accepted before."""
SAY_MS: Final = SILENT_MS // 4
"""Milliseconds between two words that an import that waits is waited for."""
LEFT_BEHIND: Final = (
    "whoever ran this import did not come back, and a later import has begun; import the file again"
)

Standing: TypeAlias = Literal["here", "elsewhere", "gone"]


def standing(first: Job, here: Container[str], now: int) -> Standing:
    """Tell where the import is whose turn it is: here, with somebody else, or with nobody any more."""
    if first.id in here:
        return "here"
    return "gone" if silent(first, now) else "elsewhere"


async def turn_of(ledger: Ledger, org: str, here: Container[str]) -> Job | None:
    """Return the organization's import whose turn it is, None if there is none. Raises StoreFailure.

    `here` are the ids that the caller has; those that are nobody's end.
    """
    while held := await ledger.first(org):
        if standing(held.job, here, now_ms()) != "gone":
            return held.job
        ended = replace(held.job, state="failed", failure=LEFT_BEHIND)
        # If this is refused, somebody is at it after all.
        await ledger.save(Held(ended, held.serial + 1), ())
    return None


async def await_turn(ledger: Ledger, held: Held, told: Callable[[Job], None]) -> Held:
    """Wait until it is this import's turn, and return it as it is kept then; a dry run's is at once.

    `told` hears of each import that is waited for. Taken: somebody else is at it.
    """
    here, before = {held.job.id}, ""
    while not held.job.dry_run:
        turn = await patiently(turn_of, ledger, held.job.org, here)
        if turn is None or turn.id in here:
            break
        if turn.id != before:
            before = turn.id
            told(turn)
        if now_ms() - held.job.beat >= SAY_MS:
            held = Held(replace(held.job, beat=now_ms()), held.serial + 1)
            if not await patiently(ledger.save, held, ()):
                raise Taken(held.job.id)
        await asyncio.sleep(LOOK_EVERY)
    return held
