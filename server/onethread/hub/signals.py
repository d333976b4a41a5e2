"""What hubs tell each other on a thread's channel: one letter, then what it needs.

e<seq, 4 bytes><element>   an event was appended                (append.lua, lib/log.lua)
n                    events were appended, too many to tell     (carry.lua)
c<number> <ends>     admissions ended                           (lib/admission.lua)
p<devices>           a device came or went                      (join.lua, online.lua)
f<session><version> <contact>   the contact changed             (contact.lua, settle.lua)
r<session><side, seq, unread, id, name>   a side has read       (read.lua)
t<session><typing>   somebody writes; stored nowhere            (typing_signal)

A signal may be lost: positions and admission numbers are compared every few seconds (P7), and the rest is
told again by the next of its kind.
"""

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import UNSET

from onethread.contacts.profile import Contact
from onethread.hub.ending import ended
from onethread.hub.entry import Audience
from onethread.hub.log import DeviceState
from onethread.hub.people import profile_frame
from onethread.hub.thread import Thread
from onethread_protocol import server
from onethread_protocol.bounds import UNREAD_CAP
from onethread_protocol.frames import ServerFrame
from onethread_protocol.people import Author, DevicePresence, Named

_OTHER: Final[dict[Audience, Audience]] = {"customer": "agent", "agent": "customer"}
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


_ends = msgspec.msgpack.Decoder(dict[str, int])
_devices = msgspec.msgpack.Decoder(list[DeviceState])
_contact = msgspec.msgpack.Decoder(Contact)
_reading = msgspec.msgpack.Decoder(Reading)
_typing = msgspec.msgpack.Decoder(TypingSignal)


def typing_signal(session: str, contact: Contact, *, on: bool) -> bytes:
    """Return the signal of a contact that writes."""
    packed = msgspec.msgpack.encode(TypingSignal("contact", contact.id, contact.name, on))
    return b"t" + session.encode() + packed


def presences(devices: list[DeviceState]) -> list[DevicePresence]:
    """Return devices as the wire tells them."""
    return [
        DevicePresence(id=d.id, kind=d.kind, name=d.name or UNSET, online=bool(d.online))  # type: ignore[arg-type]
        for d in devices
    ]


def take(thread: Thread, payload: bytes, on_gap: Callable[[Thread], None]) -> None:
    """Act on a signal of this thread's channel."""
    kind, rest = payload[:1], payload[1:]
    match kind:
        case b"e":
            thread.heard(int.from_bytes(rest[:4]), rest[4:])
        case b"n":
            on_gap(thread)
        case b"c":
            number, _, packed = rest.partition(b" ")
            end_admissions(thread, int(number), _ends.decode(packed))
        case b"p":
            thread.devices = _devices.decode(rest)
            tell(thread, server.Presence(thread=thread.id, devices=presences(thread.devices)))
        case b"f":
            session, rest = rest[:SESSION].decode(), rest[SESSION:]
            version, _, packed = rest.partition(b" ")
            if thread.meet(int(version), _contact.decode(packed)):
                tell(thread, profile_frame(thread), but=session)
        case b"r":
            _tell_read(thread, rest[:SESSION].decode(), _reading.decode(rest[SESSION:]))
        case b"t":
            _tell_typing(thread, rest[:SESSION].decode(), _typing.decode(rest[SESSION:]))


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
    """Write a frame to the thread's live connections, of one audience or both, packed once per wire; not to
    the session `but`."""
    packed: dict[object, bytes] = {}
    for admission in thread.live():
        if admission.session == but or admission.audience == (to and _OTHER[to]):
            continue
        wire = admission.peer.wire
        if wire not in packed:
            packed[wire] = wire.pack(frame)
        admission.peer.write(packed[wire])


def _tell_read(thread: Thread, session: str, reading: Reading) -> None:
    frame = server.Read(
        thread=thread.id,
        side="contact" if reading.side == "c" else "agents",
        by=Named(id=reading.by_id, name=reading.by_name),
        seq=reading.seq,
        unread=min(reading.unread, UNREAD_CAP) if reading.side == "c" else UNSET,
    )
    tell(thread, frame, but=session)


def _tell_typing(thread: Thread, session: str, typing: TypingSignal) -> None:
    if typing.note:
        return  # for agents only
    author = Author(type=typing.type, id=typing.id, name=typing.name)  # type: ignore[arg-type]
    tell(thread, server.Typing(thread=thread.id, from_=author, on=typing.on), but=session)
