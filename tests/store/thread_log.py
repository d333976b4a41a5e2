"""One thread in a real store, through the hub's own adapter; agents write here as they will from their
frames."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from onethread.contacts.profile import Contact, visit
from onethread.hub.clock import now_ms
from onethread.hub.entry import Entry, pack, unpack
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import START, Appended, Arrival, Creation, Difference, Hosted, Position, Writing
from onethread.identity.ids import new_epoch, new_event_id, new_thread
from onethread.store.carries import Carries
from onethread.store.link import Link
from onethread_protocol.people import User

SYSTEM: Final = "Acme"
ANA: Final = "ag_ana"
END: Final = 2**31


class ThreadLog:
    """What is said goes into the log as the contact's or an agent's; everything is answered by the store."""

    def __init__(self, link: Link, org: str, thread: str) -> None:
        self.link = link
        self.store = Carries(link)
        self.keys = ThreadKeys(org, thread)
        self.contact: Contact = visit(None, User(), thread, now_ms())
        self.epoch = new_epoch()

    async def create(self) -> "ThreadLog":
        """Store the thread with its contact."""
        await self.store.write(
            self.keys, Writing(version=0, before=None, contact=self.contact, epoch=self.epoch)
        )
        return self

    async def say(
        self, text: str = "hello", *, cid: str | None = None, creation: bool = False, device: str = "laptop"
    ) -> Appended:
        """A message of the contact."""
        entry = self._entry("message", "contact", self.contact.id, cid, text=text, device=device)
        return await self._append("c", entry, Creation(self.epoch, self.contact) if creation else None)

    async def agent_says(
        self, text: str = "hello", *, cid: str | None = None, kind: str = "message", agent: str = ANA
    ) -> Appended:
        """A message or note of an agent."""
        return await self._append(f"a{agent}:", self._entry(kind, "agent", agent, cid, text=text))

    async def fill(self, *texts: str, kind: str = "message", by: str = "agent") -> None:
        """Append many at once, in this order."""
        write = self.agent_says if by == "agent" else self.say
        options = {"kind": kind} if by == "agent" else {}
        await asyncio.gather(*(write(text, **options) for text in texts))  # type: ignore[arg-type]

    async def revise(
        self,
        kind: str,
        target: int,
        text: str = "",
        *,
        by: str = "contact",
        cid: str | None = None,
        id_: str = "",
    ) -> Appended:
        """Edit or delete; `by` is "contact" or an agent's id."""
        side, author = ("c", self.contact.id) if by == "contact" else ("a", by)
        target_id = id_ or await self.id_of(target)
        from_type = "contact" if side == "c" else "agent"
        entry = self._entry(kind, from_type, author, cid, text=text, target=target, target_id=target_id)
        answer: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        name = side if side == "c" else f"a{by}:"
        self.store.revise(self.keys, name, new_event_id(), entry, answer.set_result)
        return await answer

    async def read(self, side: str, seq: int) -> None:
        """One side has read up to here."""
        await self.store.read(self.keys, side, seq, "s" * 16, (ANA, "Ana"))

    async def silently(self, text: str, *, element: bytes | None = None) -> None:
        """Append an agent's message of which no hub hears, as when pub/sub lost it."""
        entry = self._entry("message", "agent", ANA, None, text=text)
        head = element or b"\0\0\0\0\0\0\0\1" + new_event_id().encode() + pack(entry)
        await self.link.command("RPUSH", self.keys.log, head)

    async def entries(self) -> list[Entry]:
        """The whole log."""
        found: list[Entry] = []
        while elements := await self.store.range(self.keys, len(found) + 1, END, 2**20):
            found += [unpack(element)[1] for element in elements]
        return found

    async def entry(self, seq: int) -> Entry:
        """One entry of the log."""
        return unpack((await self.store.range(self.keys, seq, seq, 1))[0])[1]

    async def id_of(self, seq: int) -> str:
        """The id of an entry; one that nothing has where there is none."""
        elements = await self.store.range(self.keys, seq, seq, 1) if seq > 0 else []
        return unpack(elements[0])[0] if elements else "-" * 16

    async def head(self) -> Position:
        """The end of the log."""
        seq = int(await self.link.command("LLEN", self.keys.log))
        return Position(seq, await self.id_of(seq)) if seq else START

    async def meta(self, field: str) -> str:
        """A field of the thread's meta; "" if it has none."""
        value = await self.link.command("HGET", self.keys.meta, field)
        return value.decode() if value else ""

    async def set_meta(self, **fields: Any) -> None:
        """Change the meta as later issues will, or as nobody should."""
        for name, value in fields.items():
            await self.link.command("HSET", self.keys.meta, name, value)

    async def unread(self) -> tuple[int, int]:
        """What the contact and what the agents have not read."""
        [state] = await self.compare(Hosted(self.keys, START, "another", 0))
        assert state
        return state.unread_contact, state.unread_agents

    async def compare(self, *hosted: Hosted) -> list[Difference | None]:
        """Compare with the log."""
        return await self.store.compare(hosted)

    async def rev(self) -> int:
        """The rev of the thread's row in the inbox."""
        return (await self.head()).seq + int(await self.meta("changes") or 0)

    async def last_said(self) -> int:
        """The seq of the newest message or note, as lib/log.lua finds it."""
        head = (await self.head()).seq
        if head and (await self.entry(head)).kind in {"message", "note"}:
            return head
        return int(await self.meta("last") or 0)

    async def places(self) -> dict[str, int]:
        """Where in the inbox the thread stands, and at which time: `unassigned`, `mine:<agent>`, `closed`."""
        assignees = await self.link.command("SMEMBERS", f"{self.keys.inbox}:assignees")
        found = {}
        for place in ("unassigned", "closed", *(f"mine:{agent.decode()}" for agent in assignees)):
            score = await self.link.command("ZSCORE", f"{self.keys.inbox}:{place}", self.keys.thread)
            if score is not None:
                found[place] = int(score)
        return found

    def arrival(self, device: str, *, hub: str = "hub1", tail: int = 50, size: int = 2**15) -> Arrival:
        """A device that joins."""
        return Arrival(hub=hub, device=device, kind="web", name=device.title(), tail=tail, size=size)

    async def _append(self, author: str, entry: Entry, creation: Creation | None = None) -> Appended:
        answer: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        self.store.append(self.keys, author, new_event_id(), entry, SYSTEM, creation, answer.set_result)
        return await answer

    def _entry(self, kind: str, from_type: str, from_id: str, cid: str | None, **fields: Any) -> Entry:
        name = self.contact.name if from_type == "contact" else "Ana"
        cid = secrets.token_hex(12) if cid is None else cid
        return Entry(now_ms(), kind, from_type, from_id, name, cid=cid, **{"device": "laptop"} | fields)


@asynccontextmanager
async def new_log(url: str, org: str | None = None, *, stored: bool = True) -> AsyncIterator[ThreadLog]:
    """A thread of an organization of its own."""
    async with Link(url) as link:
        await link.ready()
        log = ThreadLog(link, org or f"org-{secrets.token_hex(6)}", new_thread(0))
        yield await log.create() if stored else log
