"""`/v1/webhooks`: whom an organization tells what happens, as administrators manage them.

A secret is told once, when it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeAlias

from msgspec import UNSET, UnsetType
from starlette.responses import Response

from onethread.agents.audit import Actor, Change
from onethread.api.administration import actor_of, refusals
from onethread.api.operation import Call, Contract, Noun, answered, done
from onethread.api.problems import Problem
from onethread.hub.clock import now_ms
from onethread.identity.organization import Organization
from onethread.webhooks.addresses import Network, UrlError, check_url
from onethread.webhooks.letters import Letters
from onethread.webhooks.record import (
    EVENT_TYPES,
    EventType,
    Webhook,
    Webhooks,
    change,
    end,
    in_order,
    new_webhook,
    rotate,
)
from onethread.webhooks.signature import new_secret
from onethread_protocol.bounds import Count, Id, Millis, Secret, Url
from onethread_protocol.shape import Misfit, Shape

_ONE: Final = "/v1/webhooks/{id}"


class WebhookView(Shape, frozen=True, kw_only=True):
    """A webhook, without its secret."""

    id: Id
    url: Url
    events: list[EventType]
    created_at: Millis


class WebhookPage(Shape, frozen=True, kw_only=True):
    """All webhooks, in the order made."""

    items: list[WebhookView]


class WebhookState(WebhookView, frozen=True, kw_only=True):
    """A webhook, and how it stands with it.

    `waiting` counts threads with something to be told, `dead_letters` what was given up. `told_at` is when
    something was last taken; `failed_at` when something last was not, and `failure` why.
    """

    waiting: Count
    dead_letters: Count
    told_at: Millis | UnsetType = UNSET
    failed_at: Millis | UnsetType = UNSET
    failure: str | UnsetType = UNSET


class NewWebhook(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A URL to be told of these events, of all unless given."""

    url: Url
    events: list[EventType] | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check(self.events)


class WebhookEdit(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be another."""

    url: Url | UnsetType = UNSET
    events: list[EventType] | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check(self.events)


class MadeWebhook(WebhookView, frozen=True, kw_only=True):
    """A webhook with the secret that it is signed with, which is told only now."""

    secret: Secret


class MadeSecret(Shape, frozen=True, kw_only=True):
    """A new secret, which is told only now. The one before signs beside it until `former_until`."""

    secret: Secret
    former_until: Millis


class Records(Protocol):
    """Webhooks, as one administrator changes them. Raises StoreFailure, and what edits raise."""

    async def get(self, org: str) -> Webhooks:
        """Return an organization's webhooks."""

    async def add(self, organization: Organization, webhook: Webhook) -> None:
        """Add a webhook; when this returns, it is told of whatever happens. Raises Full."""

    async def edit(self, organization: Organization, edit: Callable[[Webhooks], Webhooks]) -> Webhooks:
        """Change them as one step; `edit` may be asked again."""

    async def note(self, org: str, change: Change) -> None:
        """Note in the audit log what is no change of a webhook."""


RecordsOf: TypeAlias = Callable[[Actor], Records]


class WebhookOperations(Noun):
    """The rows of the table, and what they do. `allowed`: networks that are reached though not public."""

    def __init__(self, records: RecordsOf, letters: Letters, allowed: Sequence[Network]) -> None:
        self._records = records
        self._letters = letters
        self._allowed = allowed

    @Contract(
        method="GET",
        path="/v1/webhooks",
        summary="List the webhooks, without their secrets.",
        scope="admin",
        answers={200: WebhookPage},
    )
    async def _list(self, call: Call) -> Response:
        webhooks = await self._records(actor_of(call.caller)).get(call.organization.org)
        return answered(WebhookPage(items=[_view(one) for one in webhooks.live.values()]))

    @Contract(
        method="POST",
        path="/v1/webhooks",
        summary="Add a webhook, its secret told once. It hears of all that happens after the answer.",
        scope="admin",
        body=NewWebhook,
        answers={201: MadeWebhook},
        reasons=("full",),
    )
    async def _add(self, call: Call) -> Response:
        given: NewWebhook = call.body
        url = self._checked(given.url)
        webhook = new_webhook(url, () if given.events is UNSET else given.events, now_ms())
        with refusals("unknown_webhook"):
            await self._records(actor_of(call.caller)).add(call.organization, webhook)
        return answered(MadeWebhook(**_fields(webhook), secret=webhook.secret), 201)

    @Contract(
        method="GET",
        path=_ONE,
        summary="Read a webhook, and how it stands with it.",
        scope="admin",
        answers={200: WebhookState},
        reasons=("unknown_webhook",),
    )
    async def _read(self, call: Call) -> Response:
        webhook = await find(call, self._records)
        standing = await self._letters.standing(call.organization, webhook.id)
        return answered(
            WebhookState(
                **_fields(webhook),
                waiting=standing.waiting,
                dead_letters=standing.dead,
                told_at=standing.told_at or UNSET,
                failed_at=standing.failed_at or UNSET,
                failure=standing.why or UNSET,
            )
        )

    @Contract(
        method="PATCH",
        path=_ONE,
        summary="Change a webhook's URL or events; what waits goes to the new URL.",
        scope="admin",
        body=WebhookEdit,
        takes=("application/json", "application/merge-patch+json"),
        answers={200: WebhookView},
        reasons=("unknown_webhook",),
    )
    async def _change(self, call: Call) -> Response:
        given: WebhookEdit = call.body
        fields: dict[str, object] = {}
        if given.url is not UNSET:
            fields["url"] = self._checked(given.url)
        if given.events is not UNSET:
            fields["events"] = in_order(given.events)
        id_ = call.path["id"]
        after = await self._edit(call, lambda webhooks: change(webhooks, id_, **fields))
        return answered(_view(after.find(id_)))

    @Contract(
        method="DELETE",
        path=_ONE,
        summary="Remove a webhook, with what waits for it and its dead letters.",
        scope="admin",
        answers={204: None},
        reasons=("unknown_webhook",),
    )
    async def _remove(self, call: Call) -> Response:
        await self._edit(call, lambda webhooks: end(webhooks, call.path["id"]))
        return done()

    @Contract(
        method="POST",
        path=f"{_ONE}/secret",
        summary="Make another secret, told once; the one before signs beside it for a day.",
        scope="admin",
        answers={201: MadeSecret},
        reasons=("unknown_webhook",),
    )
    async def _rotate(self, call: Call) -> Response:
        id_, secret, now = call.path["id"], new_secret(), now_ms()
        after = await self._edit(call, lambda webhooks: rotate(webhooks, id_, secret, now))
        return answered(MadeSecret(secret=secret, former_until=after.find(id_).former_until), 201)

    async def _edit(self, call: Call, edit: Callable[[Webhooks], Webhooks]) -> Webhooks:
        with refusals("unknown_webhook"):
            return await self._records(actor_of(call.caller)).edit(call.organization, edit)

    def _checked(self, url: str) -> str:
        try:
            return check_url(url, self._allowed)
        except UrlError as error:
            raise Problem("bad_field", f"`url` {error}.", field="url") from None


async def find(call: Call, records: RecordsOf) -> Webhook:
    """Return the webhook of a call's path. Problem `unknown_webhook`."""
    webhooks = await records(actor_of(call.caller)).get(call.organization.org)
    with refusals("unknown_webhook"):
        return webhooks.find(call.path["id"])


def _check(events: list[EventType] | UnsetType) -> None:
    if events is not UNSET and not events:
        raise Misfit("events", f"must name at least one of {', '.join(EVENT_TYPES)}")


def _view(webhook: Webhook) -> WebhookView:
    return WebhookView(**_fields(webhook))


def _fields(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": list(webhook.events),
        "created_at": webhook.created_at,
    }
