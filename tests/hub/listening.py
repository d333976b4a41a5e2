"""A connection that writes down what it is sent; the hub's threads and replays run for real."""

import asyncio
from typing import Any, Final

import msgspec

from onethread.contacts.profile import visit
from onethread.hub.admission import Admission
from onethread.hub.counters import Counters
from onethread.hub.entry import HEAD, Audience, Entry, pack
from onethread.hub.keys import ThreadKeys
from onethread.hub.thread import Thread
from onethread.hub.wire import Wire
from onethread.identity.organization import Organization
from onethread_protocol.codec import MSGPACK
from onethread_protocol.codes import Close
from onethread_protocol.people import Device, User

WIRE: Final = Wire(MSGPACK, bytes)
ACME: Final = Organization(org="acme", name="Acme")
THREAD: Final = "th_0_00000000000000000000"


class Listener:
    """A peer and its admission to a thread."""

    def __init__(self, thread: Thread, audience: Audience = "customer", *, live: bool = False) -> None:
        self.wire = WIRE
        self.address = "127.0.0.1"
        self.origin = None
        self.frames: list[dict[str, Any]] = []
        self.sizes: list[int] = []
        self.ends: list[Close] = []
        self.drains = 0
        device = Device(id="laptop", kind="web")
        self.admission = Admission(thread, self, "s" * 16, audience, device, "none", self.ends.append)
        self.admission.live = live
        thread.admissions.append(self.admission)

    def write(self, frame: bytes) -> None:
        self.frames.append(msgspec.msgpack.decode(frame))
        self.sizes.append(len(frame))

    def close(self, code: int, reason: str = "") -> None:
        raise AssertionError("nothing here closes a connection")

    def abort(self, code: int) -> None:
        raise AssertionError("nothing here aborts a connection")

    async def drained(self) -> None:
        self.drains += 1
        await asyncio.sleep(0)

    def pause_reading(self) -> None:
        raise AssertionError("nothing here is that busy")

    def resume_reading(self) -> None:
        raise AssertionError("nothing here was paused")

    @property
    def events(self) -> list[dict[str, Any]]:
        """The live events, in the order written."""
        return [frame["event"] for frame in self.frames if frame["t"] == "event"]

    @property
    def replays(self) -> list[dict[str, Any]]:
        """The replays' parts, in the order written."""
        return [frame for frame in self.frames if frame["t"] == "replay"]

    @property
    def replayed(self) -> list[dict[str, Any]]:
        """The events of all parts."""
        return [event for part in self.replays for event in part["events"]]


def a_thread(on_gap: Any = lambda thread: None, keys: ThreadKeys | None = None) -> Thread:
    """A thread that nothing is known of yet."""
    keys = keys or ThreadKeys("acme", THREAD)
    return Thread(
        keys, ACME, visit(None, User(), keys.thread, 0), "epoch", Counters(), on_gap, lambda thread: None
    )


def event_id(seq: int) -> str:
    """The id of the event with this seq."""
    return f"{seq:016}"


def element(seq: int, **fields: Any) -> bytes:
    """An element of a log: a message unless `fields` say otherwise."""
    entry = msgspec.structs.replace(Entry(0, "message", "agent", "ag_ana", "Ana", text=str(seq)), **fields)
    return bytes(HEAD - 16) + event_id(seq).encode() + pack(entry)
