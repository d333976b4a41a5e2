"""An organization's webhooks: one document, changed by pure functions."""

import secrets
from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias, get_args

import msgspec
from msgspec.structs import replace

from onethread.identity.record import Full, Missing
from onethread.webhooks.signature import new_secret

MOST: Final = 10
"""Webhooks of one organization: each costs what is written down for it with every message."""
OVERLAP_MS: Final = 86_400_000
"""How long a secret that was replaced still signs beside the new one: a day."""

EventType: TypeAlias = Literal[
    "message.created",
    "thread.status",
    "thread.assigned",
    "thread.merged",
    "contact.created",
    "contact.updated",
]
EVENT_TYPES: Final[tuple[EventType, ...]] = get_args(EventType)


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """A URL that is told of events of these types. Times are in milliseconds.

    `former` is the secret before this one, which signs too until `former_until`. `ended`: it was removed, and
    what the outbox holds for it is still to go.
    """

    id: str
    url: str
    events: tuple[EventType, ...]
    secret: str
    created_at: int
    former: str = ""
    former_until: int = 0
    ended: bool = False

    def __repr__(self) -> str:
        """Leave the secrets out, and the URL, which may have some in it: a repr ends up in logs."""
        return f"Webhook(id={self.id!r})"

    def secrets_at(self, now_ms: int) -> tuple[str, ...]:
        """Return what signs at this time, the newest first."""
        return (self.secret, self.former) if now_ms < self.former_until else (self.secret,)


class Webhooks(msgspec.Struct, frozen=True, kw_only=True):
    """All of an organization, by id, in the order made. `version` rises with every change."""

    version: int = 0
    webhooks: dict[str, Webhook] = {}

    @property
    def live(self) -> dict[str, Webhook]:
        """Those that are told."""
        return {id_: webhook for id_, webhook in self.webhooks.items() if not webhook.ended}

    def find(self, id_: str) -> Webhook:
        """Return a webhook. Raises Missing."""
        found = self.live.get(id_)
        if found is None:
            raise Missing(f"there is no webhook {id_!r}")
        return found


_document = msgspec.json.Decoder(Webhooks)


def decode(stored: bytes | None) -> Webhooks:
    """Return the webhooks of a document; none if there is none."""
    return _document.decode(stored) if stored else Webhooks()


def new_webhook(url: str, events: Sequence[EventType], now_ms: int) -> Webhook:
    """Return a webhook with a fresh id and secret; no types stand for all."""
    return Webhook(
        id=f"wh_{secrets.token_hex(8)}",
        url=url,
        events=in_order(events) or EVENT_TYPES,
        secret=new_secret(),
        created_at=now_ms,
    )


def in_order(events: Sequence[EventType]) -> tuple[EventType, ...]:
    """Return these types as they are kept: each once, in the order of EVENT_TYPES."""
    return tuple(one for one in EVENT_TYPES if one in events)


def add(webhooks: Webhooks, webhook: Webhook) -> Webhooks:
    """Return them with a new one. Raises Full."""
    if len(webhooks.live) >= MOST:
        raise Full(f"an organization has at most {MOST} webhooks: remove one")
    return _put(webhooks, webhook)


def change(webhooks: Webhooks, id_: str, **fields: Any) -> Webhooks:
    """Return them with other fields of one. Raises Missing."""
    return _put(webhooks, replace(webhooks.find(id_), **fields))


def rotate(webhooks: Webhooks, id_: str, secret: str, now_ms: int) -> Webhooks:
    """Return them with another secret of one; the one before signs beside it for a day. Raises Missing."""
    before = webhooks.find(id_)
    return change(webhooks, id_, secret=secret, former=before.secret, former_until=now_ms + OVERLAP_MS)


def end(webhooks: Webhooks, id_: str) -> Webhooks:
    """Return them without one, but for the mark that its outbox is still to go. Raises Missing."""
    return change(webhooks, id_, ended=True, secret="", former="")


def forget(webhooks: Webhooks, id_: str) -> Webhooks:
    """Return them without one that was removed and whose outbox is gone."""
    if id_ not in webhooks.webhooks:
        return webhooks
    kept = {one: webhook for one, webhook in webhooks.webhooks.items() if one != id_}
    return Webhooks(version=webhooks.version + 1, webhooks=kept)


def _put(webhooks: Webhooks, webhook: Webhook) -> Webhooks:
    return Webhooks(version=webhooks.version + 1, webhooks={**webhooks.webhooks, webhook.id: webhook})
