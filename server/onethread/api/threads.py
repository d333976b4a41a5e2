"""`/v1/threads`: conversations, as backends and agents read and write them."""

from __future__ import annotations

from typing import Annotated, Final, NoReturn, Protocol, cast

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.responses import Response

from onethread.agents.inbox import Spot, read_cursor, spell
from onethread.agents.roster import Roster
from onethread.api import cursors
from onethread.api.contacts import Limit
from onethread.api.operation import Call, Contract, Noun, answered
from onethread.api.problems import Problem
from onethread.contacts.listing import Listing
from onethread.hub.clerk import Clerk, new_cid
from onethread.hub.inbox import row_of
from onethread.hub.watching import Viewpoint
from onethread_protocol.bounds import (
    MAX_INT,
    UNREAD_CAP,
    Cursor,
    Id,
    Position,
    Seq,
    Text,
    ThreadStatus,
    Unread,
    View,
)
from onethread_protocol.events import Event
from onethread_protocol.inbox import Row
from onethread_protocol.people import Author, ContactView, Named
from onethread_protocol.server import Ack, ReadPositions
from onethread_protocol.shape import Shape
from onethread_protocol.wording import shown

KEY_HEADER: Final = "Idempotency-Key"
_KEY_CHARACTERS: Final = 64
_ONE: Final = "/v1/threads/{id}"


class ThreadQuery(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which threads, those with the newest message or note first; `mine` is for an agent's session."""

    view: View = "all"
    cursor: Cursor | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class ThreadPage(Shape, frozen=True, kw_only=True):
    """Threads as the inbox lists them; with `cursor` there are more."""

    items: list[Row]
    cursor: Cursor | UnsetType = UNSET


class ThreadView(Shape, frozen=True, kw_only=True):
    """A thread. `head` is the seq of its last event, `unread` counts for the agents' side."""

    thread: Id
    contact: ContactView
    status: ThreadStatus
    assignee: Named | None
    epoch: Id
    head: Position
    read: ReadPositions
    unread: Unread
    viewers: list[Named]


class ThreadEdit(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be another; each appends an event. `assignee` is an agent's id, or null for nobody."""

    status: ThreadStatus | UnsetType = UNSET
    assignee: Id | UnsetType | None = UNSET


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


class Rosters(Protocol):
    """The agents of organizations. Raises StoreFailure."""

    async def roster(self, org: str) -> Roster | None:
        """Return an organization's agents."""


class ThreadOperations(Noun):
    """The rows of the table, and what they do."""

    def __init__(self, clerk: Clerk, listing: Listing, rosters: Rosters) -> None:
        self._clerk = clerk
        self._listing = listing
        self._rosters = rosters

    @Contract(
        method="GET",
        path="/v1/threads",
        summary="List threads by their newest message or note, as the inbox does.",
        scope="read",
        query=ThreadQuery,
        answers={200: ThreadPage},
    )
    async def _list(self, call: Call) -> Response:
        query: ThreadQuery = call.query
        agent = call.caller.agent
        if query.view == "mine" and agent is None:
            raise Problem("bad_field", "`view` mine is for an agent's session.", field="view")
        below = None if query.cursor is UNSET else read_cursor(query.cursor, query.view)
        viewpoint = Viewpoint(query.view, agent.id if agent else "")
        found = await self._clerk.listed(call.organization, viewpoint, below, query.limit + 1)
        roster = await self._roster(call)
        page = found[: query.limit]
        last = page[-1] if len(found) > len(page) else None
        return answered(
            ThreadPage(
                items=[row_of(listed, lambda id_: _named(roster, id_)) for listed in page],
                cursor=UNSET if last is None else spell(Spot(query.view, last.active_at, last.thread)),
            )
        )

    @Contract(
        method="GET",
        path=_ONE,
        summary="Read a thread's state.",
        scope="read",
        answers={200: ThreadView},
        reasons=("unknown_thread", "moved"),
    )
    async def _read(self, call: Call) -> Response:
        thread = call.path["id"]
        found = await self._clerk.look(call.organization, thread)
        profile = await self._listing.one(call.organization.org, found.contact.id)
        if profile is None:
            _unknown(thread)
        shards = call.organization.shards
        [contact] = await self._listing.views(call.organization.org, shards, [profile])
        roster, joined = await self._roster(call), found.joined
        return answered(
            ThreadView(
                thread=thread,
                contact=contact,
                status=found.status,
                assignee=_named(roster, found.assignee),
                epoch=joined.epoch,
                head=joined.head.seq,
                read=ReadPositions(contact=joined.read_contact, agents=joined.read_agents),
                unread=min(joined.unread_agents, UNREAD_CAP),
                viewers=[Named(id=id_, name=roster.name_of(id_)) for id_ in found.viewers],
            )
        )

    @Contract(
        method="PATCH",
        path=_ONE,
        summary="Open or close a thread, give it to an agent or to nobody.",
        scope="write",
        body=ThreadEdit,
        takes=("application/json", "application/merge-patch+json"),
        answers={200: ThreadView},
        reasons=("unknown_thread", "moved"),
    )
    async def _change(self, call: Call) -> Response:
        edit: ThreadEdit = call.body
        thread, author = call.path["id"], _author(call)
        assignee = None
        if edit.assignee is not UNSET and edit.assignee is not None:
            account = (await self._roster(call)).accounts.get(edit.assignee)
            if account is None:
                raise _no_agent("assignee", edit.assignee)
            assignee = {"id": account.id, "name": account.name}
        if edit.assignee is not UNSET:
            await self._clerk.assign(call.organization, thread, author, assignee)
        if edit.status is not UNSET:
            await self._clerk.set_status(call.organization, thread, author, edit.status)
        return await self._read(call)

    @Contract(
        method="GET",
        path=f"{_ONE}/events",
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
        path=f"{_ONE}/messages",
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
            return _system(call)
        own = call.caller.agent
        if own is not None and own.id != message.agent and own.role != "admin":
            raise Problem("not_admitted", "An agent writes in its own name only.", field="agent")
        account = (await self._roster(call)).accounts.get(message.agent)
        if account is None:
            raise _no_agent("agent", message.agent)
        return Author(type="agent", id=account.id, name=account.name)

    async def _roster(self, call: Call) -> Roster:
        return await self._rosters.roster(call.organization.org) or Roster()


def _named(roster: Roster, agent: str) -> Named | None:
    return Named(id=agent, name=roster.name_of(agent)) if agent else None


def _system(call: Call) -> Author:
    return Author(type="system", id="system", name=call.organization.name)


def _author(call: Call) -> Author:
    """Return who changes a thread: the agent whose session it is, else the system."""
    agent = call.caller.agent
    return _system(call) if agent is None else Author(type="agent", id=agent.id, name=agent.name)


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


def _no_agent(field: str, agent: str) -> Problem:
    sentence = f'`{field}` must be an agent of the organization, not "{shown(agent)}".'
    return Problem("bad_field", sentence, field=field)


def _unknown(thread: str) -> NoReturn:
    raise Problem("unknown_thread", f'There is no thread "{shown(thread)}".')
