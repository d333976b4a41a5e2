"""What webhooks are to be told, in the store: webhooks/outbox.py's OutboxStore, one script a method."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from onethread.contacts.profile import Contact
from onethread.hub.keys import prefix_of
from onethread.store.link import Link
from onethread.store.scripts import load
from onethread.webhooks.outbox import LEASE_MS, TAKEN_MS, DeadLetter, Due, Lane, Outcome, Standing
from onethread.webhooks.record import EVENT_TYPES, Webhook

KEPT: Final = 10_000
"""What was given up that is kept of a lane, the newest; some 3 MB."""
AT_ONCE: Final = 500
"""Threads that one script goes through: a millisecond or so, so that sends don't wait long."""

_HOOKS, _OUTBOX, _TOLD, _RELEASE = load("hooks"), load("outbox"), load("told"), load("release")
_DISCARD, _WAITING, _LETTERS = load("discard"), load("waiting"), load("letters")
_REVIVE, _HURRY = load("revive"), load("hurry")

_contact = msgspec.msgpack.Decoder(Contact)
_letter = msgspec.msgpack.Decoder(tuple[str, int, str])


class Outbox:
    """See OutboxStore. Raises the StoreError tree only."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def announce(self, org: str, shard: int, version: int, webhooks: Sequence[Webhook]) -> None:
        """Say which webhooks there are; see OutboxStore."""
        args: list[str | int] = [version, " ".join(webhook.id for webhook in webhooks)]
        for type_ in EVENT_TYPES:
            if ids := [webhook.id for webhook in webhooks if type_ in webhook.events]:
                args += [type_, " ".join(ids)]
        await self._link.run(_HOOKS, (f"{prefix_of(org, shard)}webhooks",), args)

    async def take(self, lane: Lane, hub: str, limit: int) -> list[Due] | None:
        """Take what is due; see OutboxStore."""
        args = (prefix_of(lane.org, lane.shard), hub, LEASE_MS, limit, TAKEN_MS)
        reply = await self._link.run(_OUTBOX, (_key(lane),), args)
        if not reply:
            return None
        now, found = reply
        return [_due(now, *each) for each in found]

    async def settle(self, lane: Lane, due: Due, outcome: Outcome) -> None:
        """Note what came of it; see OutboxStore."""
        delay = outcome.delay_ms if outcome.came == "later" else ""
        args = (due.thread, due.till, outcome.came, delay, outcome.why, KEPT)
        await self._link.run(_TOLD, (_key(lane),), args)

    async def release(self, lane: Lane, hub: str) -> None:
        """Give the lane back; see OutboxStore."""
        await self._link.run(_RELEASE, (_key(lane),), (hub,))

    async def discard(self, lane: Lane) -> None:
        """Drop all that the lane holds; see OutboxStore."""
        while await self._link.run(_DISCARD, (_key(lane),), (AT_ONCE,)):
            pass

    async def standing(self, lane: Lane) -> Standing:
        """Return how it stands with the lane; see OutboxStore."""
        waiting, dead, told_at, failed_at, why = await self._link.run(_WAITING, (_key(lane),), ())
        return Standing(
            waiting=waiting,
            dead=dead,
            told_at=int(told_at or 0),
            failed_at=int(failed_at or 0),
            why=why.decode(),
        )

    async def letters(self, lane: Lane, before: int | None, limit: int) -> list[DeadLetter]:
        """Return what was given up; see OutboxStore."""
        args = ("+inf" if before is None else before, limit)
        return [_dead(*each) for each in await self._link.run(_LETTERS, (_key(lane),), args)]

    async def revive(self, lane: Lane, thread: str, id_: str) -> bool:
        """Have one told again; see OutboxStore."""
        return bool(await self._link.run(_REVIVE, (_key(lane),), (1, f"{thread} {id_}")))

    async def revive_all(self, lane: Lane) -> int:
        """Have all told again, and what waits tried now; see OutboxStore."""
        while await self._link.run(_HURRY, (_key(lane),), (TAKEN_MS, AT_ONCE)) == AT_ONCE:
            pass
        revived = 0
        while count := await self._link.run(_REVIVE, (_key(lane),), (AT_ONCE,)):
            revived += count
        return revived


def _key(lane: Lane) -> str:
    return f"{prefix_of(lane.org, lane.shard)}webhook:{lane.webhook}"


def _due(now: int, *found: Any) -> Due:
    thread, till, tries, record, element, blob, status, assignee = found
    at, type_, number, id_ = record.decode().split(" ")
    return Due(
        thread=thread.decode(),
        till=till,
        tries=tries,
        now=now,
        at=int(at),
        type=type_,
        number=int(number),
        id=id_,
        element=element,
        contact=_contact.decode(blob) if blob else None,
        status=status.decode(),
        assignee=assignee.decode(),
    )


def _dead(thread: bytes, failed_at: int, packed: bytes) -> DeadLetter:
    record, tries, why = _letter.decode(packed)
    at, type_, _, id_ = record.split(" ")
    return DeadLetter(
        thread=thread.decode(),
        id=id_,
        type=type_,  # type: ignore[arg-type] # as a script wrote it
        at=int(at),
        failed_at=failed_at,
        tries=tries,
        why=why,
    )
