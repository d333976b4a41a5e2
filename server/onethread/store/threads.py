"""Threads and contacts in the store: the hub's interfaces, one script a method.

Names and values are put together here and nowhere else; what is atomic is said at the top of each script.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import msgspec

from onethread.contacts.profile import Contact
from onethread.hub.clock import now_ms
from onethread.hub.entry import Entry, pack
from onethread.hub.keys import ThreadKeys, prefix_of
from onethread.hub.log import (
    Appended,
    Arrival,
    Creation,
    DeviceState,
    Difference,
    Found,
    Hosted,
    Joined,
    Moved,
    Refusal,
    Writing,
    Written,
)
from onethread.identity.tokens import TOKEN_LIFETIME_MS
from onethread.store import resp
from onethread.store.contact_values import as_proved, index_of, news, packed_filing
from onethread.store.link import Link
from onethread.store.scripts import load
from onethread.store.thread_replies import appended, difference, read_joined
from onethread.store.unhooked import Unhooked

ONLINE_MS: Final = 40_000
"""How long a device stays online without its hub's word: three words are due by then, and a killed hub's
devices are gone well within 60 seconds."""
TOKENS: Final = TOKEN_LIFETIME_MS // 1000 + 86_400
"""Seconds that a mark against tokens is kept: as long as one may live, and a day for clocks."""
COMPARED: Final = 50
"""Threads compared by one script: some 200 µs of the store, so that sends don't wait behind it."""

REFRESHED: Final = 1_000
"""Devices of a thread and hub that are refreshed in one call; Lua takes some 8,000 words at once."""

_APPEND, _REVISE, _READ, _RANGE = load("append"), load("revise"), load("read"), load("range")
_LOOK_UP, _WRITE, _JOIN, _STAY = load("lookup"), load("contact"), load("join"), load("online")
_COMPARE, _LOGOUT, _TRACK, _PAGE = load("compare"), load("logout"), load("track"), load("page")
_REFRESH = load("refresh")

_REST: Final = b"%b$%d\r\n%b\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n"
"""How an append goes on after its opening: three more words."""

_contact = msgspec.msgpack.Decoder(Contact)
_pack = msgspec.msgpack.encode


class Threads:
    """The hub's ThreadStore over one link. Raises, and gives to `done`, the StoreError tree only."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._unhooked = Unhooked(link)

    def append(
        self,
        keys: ThreadKeys,
        author: str,
        event_id: str,
        entry: Entry,
        system: str,
        creation: Creation | None,
        done: Callable[[Appended], None],
    ) -> None:
        """Append a message or note once per author and cid; see ThreadStore."""
        cid, at, event = author + entry.cid, entry.at, event_id.encode() + pack(entry)
        told, heard = partial(appended, done), 0 if self._unhooked.sure(keys.org) else 1
        if creation is None and entry.kind == "message":
            name, opening = self._link.name_of(_APPEND), keys.packed
            if opening is None or opening[0] != name or opening[1] != system or opening[2] != heard:
                opening = keys.packed = name, system, heard, _open(keys, name, system, heard)
            cid_, at_ = cid.encode(), b"%d" % at
            packed = _REST % (opening[3], len(cid_), cid_, len(at_), at_, len(event), event)
            self._link.call_packed(_APPEND, packed, told)
            return
        args: list[Any] = [keys.thread, keys.channel, system, entry.kind, heard, cid, at, event]
        names = [keys.log, keys.meta, keys.cids, keys.inbox]
        if creation is not None:
            names += [keys.contact, keys.contacts]
            args += [creation.epoch, _pack(creation.contact), packed_filing(None, creation.contact)]
        self._link.call(_APPEND, names, args, told)

    def revise(
        self,
        keys: ThreadKeys,
        author: str,
        event_id: str,
        entry: Entry,
        done: Callable[[Appended], None],
    ) -> None:
        """Append an edit or deletion and rewrite its target; see ThreadStore."""
        side = author[0]
        args: list[Any] = [
            author + entry.cid,
            event_id,
            entry.kind,
            side,
            entry.at,
            keys.thread,
            keys.channel,
            entry.from_type,
            entry.from_id,
            entry.from_name,
            entry.device,
            entry.cid,
            entry.target,
            entry.target_id,
            entry.text,
        ]
        names = (keys.log, keys.meta, keys.cids, keys.inbox, keys.of(f"cuts:{side}"))
        self._link.call(_REVISE, names, args, partial(appended, done))

    async def read(
        self, keys: ThreadKeys, side: str, seq: int, session: str, by: tuple[str, str]
    ) -> Moved | Refusal | None:
        """Move a side's read position forward; see ThreadStore."""
        cuts = keys.of("cuts:a" if side == "c" else "cuts:c")
        args = (side, seq, keys.thread, keys.channel, session, *by)
        match await self._link.run(_READ, (keys.log, keys.meta, keys.inbox, cuts), args):
            case [b"moved", to]:
                return Moved(to.decode())
            case [b"unknown"]:
                return Refusal("unknown")
        return None

    async def range(self, keys: ThreadKeys, first: int, last: int, size: int) -> list[bytes]:
        """Return elements of a log; see ThreadStore."""
        found: list[bytes] = await self._link.run(_RANGE, (keys.log,), (first, last, size))
        return found

    async def look_up(
        self, org: str, shard: int, *, user_id: str = "", import_key: str = "", thread: str = ""
    ) -> Found | None:
        """Return what is stored of the user, of the import_key or of the thread; see ThreadStore."""
        index = index_of(org, shard, user_id, import_key)
        reply = await self._link.run(_LOOK_UP, (prefix_of(org, shard), index), (thread[3:],))
        if not reply:
            return None
        suffix, version, blob, epoch, adm, moved, ended, wrote = reply
        return Found(
            thread=f"th_{suffix.decode()}",
            version=version,
            contact=as_proved(_contact.decode(blob), bool(wrote)) if blob else None,
            epoch=epoch.decode(),
            adm=adm,
            moved=moved.decode(),
            ended=bool(ended),
        )

    async def write(self, keys: ThreadKeys, writing: Writing) -> Written | Moved | None:
        """Write a contact and what goes with it; see ThreadStore."""
        contact, shard = writing.contact, int(keys.suffix.partition("_")[0])
        index = index_of(keys.org, shard, contact.user_id, contact.import_key)
        args: list[Any] = [
            writing.version,
            _pack(writing.contact),
            keys.suffix,
            keys.thread,
            keys.channel,
            writing.epoch,
            writing.contact.created_at,
            _pack(list(writing.ends)) if writing.ends else "",
            writing.teller,
            packed_filing(writing.before, writing.contact),
            "" if self._unhooked.sure(keys.org) else news(writing),
        ]
        for event_id, entry in writing.events:
            args += [event_id, pack(entry)]
        names = (keys.contact, keys.meta, keys.log, index, keys.contacts, keys.inbox)
        reply = await self._link.run(_WRITE, names, args)
        match reply:
            case [b"ok", version, adm]:
                return Written(version, adm)
            case [b"moved", to]:
                return Moved(to.decode())
        return None

    async def join(self, keys: ThreadKeys, arrival: Arrival) -> Joined | None:
        """Note a device as online and return the thread's state; see ThreadStore."""
        now = now_ms()
        args: tuple[Any, ...] = (
            now,
            now + ONLINE_MS,
            arrival.hub,
            arrival.device,
            _pack(DeviceState(arrival.device, arrival.kind, arrival.name, 1))[:-1],
            keys.channel,
            arrival.tail,
            arrival.size,
            arrival.page,
            keys.thread,
        )
        names = (keys.log, keys.meta, keys.of("devices"), keys.of("online"), keys.contact, keys.inbox)
        reply = await self._link.run(_JOIN, names, args)
        if not reply:
            return None
        return read_joined(*reply[:8], *reply[9:])

    async def stay(self, keys: ThreadKeys, hub: str, stay: Sequence[str], left: Sequence[str]) -> None:
        """Keep a hub's devices online, take off those that left; see ThreadStore."""
        now = now_ms()
        args: list[Any] = [now, now + ONLINE_MS, hub, keys.channel, keys.thread, len(stay), *stay, *left]
        names = (keys.meta, keys.of("devices"), keys.of("online"), keys.log, keys.inbox)
        await self._link.run(_STAY, names, args)

    async def refresh(
        self, hub: str, present: Sequence[tuple[ThreadKeys, Sequence[str]]]
    ) -> list[ThreadKeys]:
        """Keep a hub's devices of many threads online; see ThreadStore."""
        now = now_ms()
        expiry, args = now + ONLINE_MS, [now]  # type: int, list[Any]
        for _, devices in present:
            refreshed = devices if len(devices) <= REFRESHED else ()
            args.append(2 * len(refreshed))
            for device in refreshed:
                args += (expiry, f"{hub} {device}")
        due = await self._link.run(_REFRESH, [keys.of("online") for keys, _ in present], args)
        crowded = [keys for keys, devices in present if len(devices) > REFRESHED]
        return [present[place - 1][0] for place in due] + crowded

    async def compare(self, hosted: Sequence[Hosted]) -> list[Difference | None]:
        """Return how the logs differ; see ThreadStore."""
        found: list[Difference | None] = []
        for i in range(0, len(hosted), COMPARED):
            batch = hosted[i : i + COMPARED]
            names = [name for h in batch for name in (h.keys.log, h.keys.meta)]
            args: list[Any] = [
                value for h in batch for value in (h.position.seq, h.position.id, h.epoch, h.adm)
            ]
            found += map(difference, await self._link.run(_COMPARE, names, args))
        return found

    async def logout(self, keys: ThreadKeys, device: str, *, tokens: bool) -> None:
        """End a device's admissions, and with `tokens` every token of the thread; see ThreadStore."""
        await self._link.run(_LOGOUT, (keys.meta,), (device, int(tokens), keys.channel, TOKENS))

    async def note_page(self, keys: ThreadKeys, url: str, title: str) -> None:
        """Keep where the contact is now; see ThreadStore."""
        await self._link.run(_PAGE, (keys.contact,), (_pack([url, title]), keys.channel))

    async def track(self, keys: ThreadKeys, name: str, data: object, at: int) -> None:
        """Keep what the contact did; see ThreadStore."""
        tracks = f"{keys.contact}:tracks"
        await self._link.run(_TRACK, (keys.meta, tracks), (_pack([name, data, at]), keys.channel))

    async def publish(self, keys: ThreadKeys, payload: bytes) -> None:
        """Tell every hub that hosts the thread; see ThreadStore."""
        await self._link.command("SPUBLISH", keys.channel, payload)


def _open(keys: ThreadKeys, name: str, system: str, heard: int) -> bytes:
    """Return how every append of a message to this thread begins, by the script's name: twelve words of 15.

    To pack them for each message would be a tenth of its cost (12,000 instructions).
    """
    names = (keys.log, keys.meta, keys.cids, keys.inbox)
    words = resp.pack_words(len(names), *names, keys.thread, keys.channel, system, "message", heard)
    return resp.evalsha(name, 13, words)
