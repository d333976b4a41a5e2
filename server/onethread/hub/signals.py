"""What hubs tell each other on a thread's channel: one letter, then what it needs.

e<seq, 4 bytes><element>   an event was appended                (append.lua, lib/log.lua)
n                    events were appended, too many to tell     (carry.lua)
c<number> <ends>     admissions ended                           (lib/admission.lua)
p<devices>           a device came or went                      (join.lua, online.lua)
f<session><version> <contact>   the contact changed             (contact.lua, settle.lua)
r<session><side, seq, unread, id, name>   a side has read       (read.lua)
t<session><typing>   somebody writes; stored nowhere            (typing_signal)
v<agents>            who has the thread open, for agents only   (lib/viewers.lua)
g<page>              where the customer is, likewise            (page.lua, join.lua)
k<track>             what the customer did, likewise            (track.lua)

A signal may be lost: positions and admission numbers are compared every few seconds (P7), and the rest is
told again by the next of its kind.
"""

import asyncio
import math
from collections.abc import Callable, Hashable
from contextlib import suppress
from operator import attrgetter
from typing import Any, Final

import msgspec
from msgspec import UNSET

from onethread.contacts.profile import Contact, view
from onethread.hub.agent_side import AgentSide
from onethread.hub.ending import ended
from onethread.hub.entry import Audience
from onethread.hub.log import DeviceState, StoreFailure
from onethread.hub.thread import Thread
from onethread_protocol import server
from onethread_protocol.bounds import UNREAD_CAP
from onethread_protocol.frames import ServerFrame
from onethread_protocol.people import Author, DevicePresence, Named

_OTHER: Final[dict[Audience, Audience]] = {"customer": "agent", "agent": "customer"}
PRESENCE_EVERY: Final = 0.5
"""Seconds between two words about a thread's devices: of what comes closer together, the last is told.

If each were told, 500 devices that join one thread together would get 6 GB (25 kB to 500 of them, 500 times):
most were cut as too slow before all were there."""
SESSION: Final = 16
"""Characters of a session's id: it leads a signal whose sender is not to hear it again."""


class Reading(msgspec.Struct, array_like=True, frozen=True):
    """A side has read up to `seq`; "c" or "a"."""

    side: str
    seq: int
    unread: int
    by_id: str
    by_name: str


class TypingSignal(msgspec.Struct, array_like=True, frozen=True):
    """Somebody writes, or has stopped."""

    type: str
    id: str
    name: str
    on: bool
    note: bool = False


_id_of = attrgetter("id")
_ends = msgspec.msgpack.Decoder(dict[str, int])
_devices = msgspec.msgpack.Decoder(list[DeviceState])
_contact = msgspec.msgpack.Decoder(Contact)
_reading = msgspec.msgpack.Decoder(Reading)
_typing = msgspec.msgpack.Decoder(TypingSignal)
_viewers = msgspec.msgpack.Decoder(list[str])
_track = msgspec.msgpack.Decoder(tuple[str, dict[str, Any], int])


def typing_signal(session: str, typing: TypingSignal) -> bytes:
    """Return the signal of somebody who writes."""
    return b"t" + session.encode() + msgspec.msgpack.encode(typing)


def presences(devices: list[DeviceState]) -> list[DevicePresence]:
    """Return devices as the wire tells them, by id."""
    return [
        DevicePresence(id=d.id, kind=d.kind, name=d.name or UNSET, online=bool(d.online))  # type: ignore[arg-type]
        for d in sorted(devices, key=_id_of)
    ]


def profile_frame(thread: Thread) -> server.Profile:
    """Return what a thread's connections are told of its contact."""
    contact = thread.contact
    return server.Profile(thread=thread.id, contact=view(contact), prechat=None if contact.form else UNSET)


def take(thread: Thread, payload: bytes, on_gap: Callable[[Thread], None]) -> None:
    """Act on a signal of this thread's channel; events are taken before (hosting.py)."""
    kind, rest = payload[:1], payload[1:]
    match kind:
        case b"n":
            on_gap(thread)
        case b"c":
            number, _, packed = rest.partition(b" ")
            end_admissions(thread, int(number), _ends.decode(packed))
        case b"p":
            _meet_devices(thread, _devices.decode(rest))
        case b"f":
            session, rest = rest[:SESSION].decode(), rest[SESSION:]
            version, _, packed = rest.partition(b" ")
            if thread.meet(int(version), _contact.decode(packed)):
                tell(thread, profile_frame(thread), to="customer", but=session)
                _tell_agents_profile(thread, session)
        case b"r":
            _tell_read(thread, rest[:SESSION].decode(), _reading.decode(rest[SESSION:]))
        case b"t":
            _tell_typing(thread, rest[:SESSION].decode(), _typing.decode(rest[SESSION:]))
        case _ if thread.agents is not None:
            _take_for_agents(thread, thread.agents, kind, rest)


def _take_for_agents(thread: Thread, agents: AgentSide, kind: bytes, rest: bytes) -> None:
    match kind:
        case b"v":
            agents.viewers = _viewers.decode(rest)
            _tell_agents(thread, agents_presence)
        case b"g":
            agents.turn_to(rest)
            _tell_agents(thread, agents_presence)
        case b"k":
            name, data, at = _track.decode(rest)
            frame = server.Track(thread=thread.id, name=name, data=data or UNSET, at=at)
            tell(thread, frame, to="agent")


def agents_presence(thread: Thread, agents: AgentSide) -> server.Presence:
    """Return who is there in a thread, as agents are told."""
    return agents.presence(thread.id, presences(thread.devices))


def agents_profile(thread: Thread, agents: AgentSide) -> server.Profile:
    """Return the contact of a thread, as agents are told."""
    return server.Profile(thread=thread.id, contact=agents.contact(thread.contact, presences(thread.devices)))


def end_admissions(thread: Thread, number: int, ends: dict[str, int]) -> None:
    """End what the map says has ended; an older word than the last one is ignored."""
    if number < thread.adm:
        return
    thread.adm, thread.ends = number, ends
    for admission in tuple(thread.admissions):
        code = ended(admission.means, admission.number, admission.device.id, ends)
        if code is not None:
            admission.end(code)


def tell(thread: Thread, frame: ServerFrame, *, to: Audience | None = None, but: str = "") -> None:
    """Tell a frame to the thread's connections, of one audience or both, packed once per wire; not to the
    session `but`. Those that are not live yet hear it after their replay if it tells a state."""
    packed: dict[object, bytes] = {}
    state = _state(frame)
    for admission in tuple(thread.admissions):
        if admission.session == but or admission.audience == (to and _OTHER[to]):
            continue
        if state is None and not admission.live:
            continue
        wire = admission.peer.wire
        if wire not in packed:
            packed[wire] = wire.pack(frame)
        admission.tell(packed[wire], state)


def _state(frame: ServerFrame) -> Hashable | None:
    """Return which state of the thread a frame tells: a later one of the same takes its place. None: it tells
    what has just happened."""
    if isinstance(frame, server.Read):
        return frame.side
    return type(frame) if isinstance(frame, server.Presence | server.Profile) else None


def _tell_agents(
    thread: Thread, frame_of: Callable[[Thread, AgentSide], ServerFrame], *, but: str = ""
) -> None:
    if thread.agents is not None:
        tell(thread, frame_of(thread, thread.agents), to="agent", but=but)


def _tell_agents_profile(thread: Thread, session: str) -> None:
    """Tell agents of a changed contact; if it is one of another e-mail, with whoever else has that."""
    if thread.agents is None:
        return
    if thread.agents.email == thread.contact.email:
        _tell_agents(thread, agents_profile, but=session)
    else:
        thread.agents.spawn(_find_and_tell(thread, thread.agents, session))


async def _find_and_tell(thread: Thread, agents: AgentSide, session: str) -> None:
    contact, agents.same_email = thread.contact, []
    with suppress(StoreFailure):  # told without, then
        agents.same_email = await agents.find(contact)
        agents.email = contact.email
    _tell_agents(thread, agents_profile, but=session)


def _meet_devices(thread: Thread, devices: list[DeviceState]) -> None:
    if thread.agents is not None:
        thread.agents.see(thread.devices, devices)
    thread.devices = devices
    loop = asyncio.get_running_loop()
    now = loop.time()
    if now >= thread.presence_at:
        _tell_devices(thread, loop)
    elif thread.presence_at < math.inf:
        loop.call_at(thread.presence_at, _tell_devices, thread, loop)
        thread.presence_at = math.inf  # told then as they are by then, and not before


def _tell_devices(thread: Thread, loop: asyncio.AbstractEventLoop) -> None:
    thread.presence_at = loop.time() + PRESENCE_EVERY
    tell(thread, server.Presence(thread=thread.id, devices=presences(thread.devices)), to="customer")
    _tell_agents(thread, agents_presence)


def _tell_read(thread: Thread, session: str, reading: Reading) -> None:
    """Tell how far a side has read; what is left unread is told to that side."""
    side: Audience = "customer" if reading.side == "c" else "agent"
    frame = server.Read(
        thread=thread.id,
        side="contact" if reading.side == "c" else "agents",
        by=Named(id=reading.by_id, name=reading.by_name),
        seq=reading.seq,
    )
    unread = min(reading.unread, UNREAD_CAP)
    tell(thread, msgspec.structs.replace(frame, unread=unread), to=side, but=session)
    tell(thread, frame, to=_OTHER[side], but=session)


def _tell_typing(thread: Thread, session: str, typing: TypingSignal) -> None:
    author = Author(type=typing.type, id=typing.id, name=typing.name)  # type: ignore[arg-type]
    frame = server.Typing(thread=thread.id, from_=author, on=typing.on, note=True if typing.note else UNSET)
    tell(thread, frame, to="agent" if typing.note else None, but=session)
