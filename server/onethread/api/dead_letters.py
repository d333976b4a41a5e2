"""`/v1/webhooks/{id}/dead_letters`: what could not be told, listed and told again."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType
from starlette.responses import Response

from onethread.agents.audit import Change
from onethread.api import cursors
from onethread.api.administration import actor_of
from onethread.api.contacts import Limit
from onethread.api.operation import Call, Contract, Noun, answered
from onethread.api.problems import Problem
from onethread.api.webhooks import RecordsOf, find
from onethread.webhooks.letters import Letters, Place, name_of
from onethread.webhooks.outbox import DeadLetter
from onethread.webhooks.record import EventType
from onethread_protocol.bounds import MAX_INT, Count, Cursor, Id, Millis
from onethread_protocol.shape import Shape
from onethread_protocol.wording import shown

_DEAD: Final = "/v1/webhooks/{id}/dead_letters"
LetterName = Annotated[str, Meta(min_length=1, max_length=255)]


class LetterQuery(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The newest first."""

    cursor: Cursor | UnsetType = UNSET
    limit: Limit = 50


class LetterView(Shape, frozen=True, kw_only=True):
    """Something that could not be told: what happened `at` when, the tries, when and why the last one failed.

    `webhook_id` is what the webhook got as header of this name.
    """

    id: LetterName
    webhook_id: Id
    type: EventType
    thread: Id
    at: Millis
    failed_at: Millis
    tries: Count
    failure: str


class LetterPage(Shape, frozen=True, kw_only=True):
    """Dead letters, the newest first; with `cursor` there are more."""

    items: list[LetterView]
    cursor: Cursor | UnsetType = UNSET


class Replayed(Shape, frozen=True, kw_only=True):
    """How many dead letters are told again."""

    replayed: Count


class DeadLetterOperations(Noun):
    """The rows of the table, and what they do."""

    def __init__(self, records: RecordsOf, letters: Letters) -> None:
        self._records = records
        self._letters = letters

    @Contract(
        method="GET",
        path=_DEAD,
        summary="List what could not be told in a day, the newest first.",
        scope="admin",
        query=LetterQuery,
        answers={200: LetterPage},
        reasons=("unknown_webhook",),
    )
    async def _list_letters(self, call: Call) -> Response:
        query: LetterQuery = call.query
        after = None if query.cursor is UNSET else _place(query.cursor, call.organization.shards)
        webhook = await find(call, self._records)
        found, more = await self._letters.page(call.organization, webhook.id, after, query.limit)
        cursor = UNSET if more is None else cursors.spell(more)
        return answered(LetterPage(items=[_letter(one) for one in found], cursor=cursor))

    @Contract(
        method="POST",
        path=f"{_DEAD}/replay",
        summary="Have all dead letters told again, and what waits for another try tried now.",
        scope="admin",
        answers={202: Replayed},
        reasons=("unknown_webhook",),
    )
    async def _replay_all(self, call: Call) -> Response:
        webhook = await find(call, self._records)
        await self._note_replay(call)
        return answered(Replayed(replayed=await self._letters.revive_all(call.organization, webhook.id)), 202)

    @Contract(
        method="POST",
        path=f"{_DEAD}/{{letter}}/replay",
        summary="Have one dead letter told again.",
        scope="admin",
        answers={202: Replayed},
        reasons=("unknown_webhook", "unknown_dead_letter"),
    )
    async def _replay(self, call: Call) -> Response:
        webhook, letter = await find(call, self._records), call.path["letter"]
        if not await self._letters.revive(call.organization, webhook.id, letter):
            raise Problem("unknown_dead_letter", f"There is no dead letter {shown(letter)!r}.")
        await self._note_replay(call)
        return answered(Replayed(replayed=1), 202)

    async def _note_replay(self, call: Call) -> None:
        replayed = Change("webhook.replayed", call.path["id"])
        await self._records(actor_of(call.caller)).note(call.organization.org, replayed)


def _letter(letter: DeadLetter) -> LetterView:
    return LetterView(
        id=name_of(letter),
        webhook_id=letter.id,
        type=letter.type,
        thread=letter.thread,
        at=letter.at,
        failed_at=letter.failed_at,
        tries=letter.tries,
        failure=letter.why,
    )


def _place(cursor: str, shards: int) -> Place:
    place = cursors.read(cursor, Place)
    if not (0 < place.failed_at <= MAX_INT and 0 <= place.shard < shards):
        raise cursors.unknown()
    return place
