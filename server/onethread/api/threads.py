"""`/v1/threads`: conversations, as backends and agents list, look at and change them."""

from __future__ import annotations

from typing import Annotated, Final, NoReturn

from msgspec import UNSET, Meta, UnsetType
from starlette.responses import Response

from onethread.agents.inbox import Spot, read_cursor, spell
from onethread.agents.roster import Roster
from onethread.api.authors import Authors, author_of
from onethread.api.operation import Call, Contract, Noun, answered
from onethread.api.problems import Problem
from onethread.contacts.listing import Listing
from onethread.hub.clerk import Clerk
from onethread.hub.inbox import row_of
from onethread.hub.watching import Viewpoint
from onethread_protocol.bounds import UNREAD_CAP, Cursor, Id, Position, ThreadStatus, Unread, View
from onethread_protocol.inbox import Row
from onethread_protocol.people import ContactView, Named
from onethread_protocol.server import ReadPositions
from onethread_protocol.shape import Shape
from onethread_protocol.wording import shown

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


class ThreadOperations(Noun):
    """The rows of the table, and what they do."""

    def __init__(self, clerk: Clerk, listing: Listing, authors: Authors) -> None:
        self._clerk = clerk
        self._listing = listing
        self._authors = authors

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
        roster = await self._authors.roster(call)
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
        roster, joined = await self._authors.roster(call), found.joined
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
        thread, author = call.path["id"], author_of(call)
        assignee = None
        if edit.assignee is not UNSET and edit.assignee is not None:
            account = await self._authors.agent(call, "assignee", edit.assignee)
            assignee = {"id": account.id, "name": account.name}
        if edit.assignee is not UNSET:
            await self._clerk.assign(call.organization, thread, author, assignee)
        if edit.status is not UNSET:
            await self._clerk.set_status(call.organization, thread, author, edit.status)
        return await self._read(call)


def _named(roster: Roster, agent: str) -> Named | None:
    return Named(id=agent, name=roster.name_of(agent)) if agent else None


def _unknown(thread: str) -> NoReturn:
    raise Problem("unknown_thread", f'There is no thread "{shown(thread)}".')
