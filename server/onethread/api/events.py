"""`/v1/threads/{id}/events` and `/messages`: what was said in a thread, and what is said next."""

from __future__ import annotations

from typing import Final, cast

import msgspec
from msgspec import UNSET, UnsetType
from starlette.responses import Response

from onethread.api import cursors
from onethread.api.authors import Authors, system
from onethread.api.contacts import Limit
from onethread.api.operation import Call, Contract, Noun, answered
from onethread.api.problems import Problem
from onethread.hub.clerk import Clerk, new_cid
from onethread_protocol.bounds import MAX_INT, Cursor, Id, Seq, Text
from onethread_protocol.events import Event
from onethread_protocol.people import Author
from onethread_protocol.server import Ack
from onethread_protocol.shape import Shape

KEY_HEADER: Final = "Idempotency-Key"
_KEY_CHARACTERS: Final = 64


class EventQuery(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The newest events before a seq; without `before` the newest of all."""

    before: Seq | UnsetType = UNSET
    cursor: Cursor | UnsetType = UNSET
    limit: Limit = 50


class EventPage(Shape, frozen=True, kw_only=True):
    """Events as agents see them, ascending; with `cursor` there are older ones."""

    items: list[Event]
    cursor: Cursor | UnsetType = UNSET


class _Numbered(msgspec.Struct):
    seq: int


class NewMessage(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message to the customer, by this agent, or else by the system."""

    text: Text
    agent: Id | UnsetType = UNSET


class EventOperations(Noun):
    """The rows of the table, and what they do."""

    def __init__(self, clerk: Clerk, authors: Authors) -> None:
        self._clerk = clerk
        self._authors = authors

    @Contract(
        method="GET",
        path="/v1/threads/{id}/events",
        summary="Read events, notes among them: the newest before a seq, ascending.",
        scope="read",
        query=EventQuery,
        answers={200: EventPage},
        reasons=("unknown_thread", "moved"),
    )
    async def _events(self, call: Call) -> Response:
        query: EventQuery = call.query
        events, more = await self._clerk.history(
            call.organization, call.path["id"], _before(query), query.limit
        )
        cursor = cursors.spell(msgspec.json.decode(events[0], type=_Numbered).seq) if more else UNSET
        return answered(EventPage(items=cast("list[Event]", events), cursor=cursor))

    @Contract(
        method="POST",
        path="/v1/threads/{id}/messages",
        summary="Write a message; repeated with the same `Idempotency-Key`, it is written once.",
        scope="write",
        body=NewMessage,
        answers={200: Ack, 201: Ack},
        reasons=("unknown_thread", "moved", "cid_conflict"),
        headers={KEY_HEADER: "The message's cid, 1 to 64 characters; a random one if left out."},
    )
    async def _post(self, call: Call) -> Response:
        message: NewMessage = call.body
        author = await self._writer(call, message)
        cid, thread = _cid(call), call.path["id"]
        outcome = await self._clerk.post(call.organization, thread, author, cid, message.text)
        return answered(outcome.ack(cid, thread), 200 if outcome.dup else 201)

    async def _writer(self, call: Call, message: NewMessage) -> Author:
        """Return whose message it is: an agent's own session writes in nobody else's name."""
        if message.agent is UNSET:
            return system(call)
        own = call.caller.agent
        if own is not None and own.id != message.agent and own.role != "admin":
            raise Problem("not_admitted", "An agent writes in its own name only.", field="agent")
        account = await self._authors.agent(call, "agent", message.agent)
        return Author(type="agent", id=account.id, name=account.name)


def _cid(call: Call) -> str:
    """Return the message's cid. Problem `bad_field`: the header is none, or is there twice."""
    given = call.request.headers.getlist(KEY_HEADER)
    if not given:
        return new_cid()
    try:
        # Headers are read as Latin-1; what a client sends is UTF-8, if it is not plain ASCII.
        key = given[0].encode("latin-1").decode()
    except UnicodeDecodeError:
        key = ""
    if len(given) > 1 or not 1 <= len(key) <= _KEY_CHARACTERS:
        sentence = f"`{KEY_HEADER}` must be one text of 1 to {_KEY_CHARACTERS} characters."
        raise Problem("bad_field", sentence, field=KEY_HEADER)
    return key


def _before(query: EventQuery) -> int | None:
    if query.cursor is UNSET:
        return None if query.before is UNSET else query.before
    if query.before is not UNSET:
        raise Problem("bad_field", "`before` and `cursor` don't go together.", field="cursor")
    seq = cursors.read(query.cursor, int)
    if not 1 <= seq <= MAX_INT:
        raise cursors.unknown()
    return seq
