"""The hub's AgentThreadStore over one link, one script a method."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

import msgspec

from onethread.contacts.profile import Contact
from onethread.hub.agent_store import Looked, Viewing
from onethread.hub.clock import now_ms
from onethread.hub.entry import Entry, pack
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Appended, Moved, StoreFailure
from onethread.store.link import Link
from onethread.store.scripts import load
from onethread.store.thread_replies import appended, read_joined
from onethread.store.threads import ONLINE_MS

_OPEN, _WATCH, _PLACE = load("open"), load("watch"), load("place")

_contact = msgspec.msgpack.Decoder(Contact)
_viewers = msgspec.msgpack.Decoder(list[str])


class AgentThreads:
    """See AgentThreadStore. A viewer stays as long as a device without its hub's word: ONLINE_MS."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def open(self, keys: ThreadKeys, viewing: Viewing) -> Looked | Moved | None:
        """Note a viewer and return the thread's state; see AgentThreadStore."""
        now = now_ms()
        names = (
            keys.log,
            keys.meta,
            keys.of("devices"),
            keys.of("online"),
            keys.contact,
            keys.of("viewers"),
        )
        args = (
            now,
            now + ONLINE_MS,
            viewing.hub,
            viewing.agent,
            keys.channel,
            viewing.tail,
            viewing.size,
        )
        reply = await self._link.run(_OPEN, names, args)
        match reply:
            case []:
                return None
            case [b"moved", to]:
                return Moved(to.decode())
        return _looked(reply)

    async def watch(
        self, keys: ThreadKeys, hub: str, stay: Sequence[str], left: Sequence[str] = ()
    ) -> list[str]:
        """Keep a hub's viewers; see AgentThreadStore."""
        now = now_ms()
        args: list[Any] = [now, now + ONLINE_MS, hub, keys.channel, len(stay), *stay, *left]
        packed = await self._link.run(_WATCH, (keys.meta, keys.of("viewers")), args)
        return _viewers.decode(packed) if packed else []

    def place(
        self,
        keys: ThreadKeys,
        author: str,
        event_id: str,
        entry: Entry,
        field: Literal["status", "assignee"],
        value: str,
        done: Callable[[Appended], None],
    ) -> None:
        """Append a change of status or assignee; see AgentThreadStore."""
        names = (keys.log, keys.meta, keys.cids, keys.inbox)
        body = pack(entry)
        args = (author + entry.cid, event_id, body, keys.thread, keys.channel, field, value, entry.at)
        self._link.call(_PLACE, names, args, partial(appended, done))


def _looked(reply: list[Any]) -> Looked:
    version, blob, seen, page, status, assignee, viewers = reply[10:]
    if not blob:
        raise StoreFailure("a thread has no contact")
    return Looked(
        joined=read_joined(*reply[:10]),
        version=version,
        contact=_contact.decode(blob),
        seen_at=seen,
        page=page,
        status=status.decode(),
        assignee=assignee.decode(),
        viewers=_viewers.decode(viewers),
    )
