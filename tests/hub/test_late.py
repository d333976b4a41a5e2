"""Who is on the way in hears, after its replay, the newest word of each state that was told meanwhile."""

from typing import Any

import msgspec

from onethread.hub.log import DeviceState
from onethread.hub.signals import SESSION, Reading, TypingSignal, take, typing_signal
from onethread.hub.thread import Thread
from tests.hub.listening import Listener, a_thread

ELSEWHERE = b"e" * SESSION


def hear(thread: Thread, payload: bytes) -> None:
    """The thread's channel brings this."""
    take(thread, payload, lambda thread: None)


def read(side: str, seq: int) -> bytes:
    """The signal that a side has read."""
    return b"r" + ELSEWHERE + msgspec.msgpack.encode(Reading(side, seq, 0, "ag_ana", "Ana"))


def changed(thread: Thread, version: int, name: str) -> bytes:
    """The signal that the contact has another name."""
    contact = msgspec.structs.replace(thread.contact, name=name)
    return b"f" + ELSEWHERE + b"%d " % version + msgspec.msgpack.encode(contact)


def told(listener: Listener) -> list[Any]:
    """What it was told, in order: names, devices, how far was read."""
    return [
        frame.get("contact", {}).get("name") or frame.get("devices") or (frame["side"], frame["seq"])
        for frame in listener.frames
    ]


def test_the_newest_of_each_state_follows_the_replay() -> None:
    """In the order in which they were told last; whoever is live hears each at once."""
    thread = a_thread()
    live, late = Listener(thread, live=True), Listener(thread)
    for payload in (
        read("a", 1),
        changed(thread, 1, "Dana"),
        read("c", 1),
        changed(thread, 2, "Dana R."),
        read("a", 2),
    ):
        hear(thread, payload)
    assert told(live) == [("agents", 1), "Dana", ("contact", 1), "Dana R.", ("agents", 2)]
    assert late.frames == []
    late.admission.live = True
    assert told(late) == [("contact", 1), "Dana R.", ("agents", 2)]
    hear(thread, read("a", 3))
    assert told(late)[3:] == told(live)[5:] == [("agents", 3)]


async def test_devices_that_come_during_a_replay_are_told_after_it() -> None:
    """Presence is a state as well."""
    thread = a_thread()
    late = Listener(thread)
    hear(thread, b"p" + msgspec.msgpack.encode([DeviceState("phone", "ios", "", 1)]))
    late.admission.live = True
    [presence] = late.frames
    assert (presence["t"], [device["id"] for device in presence["devices"]]) == ("presence", ["phone"])


def test_what_just_happens_is_told_to_who_is_there() -> None:
    """Typing of long ago is nobody's typing."""
    thread = a_thread()
    live, late = Listener(thread, live=True), Listener(thread)
    hear(thread, typing_signal(ELSEWHERE.decode(), TypingSignal("agent", "ag_ana", "Ana", on=True)))
    late.admission.live = True
    assert [frame["t"] for frame in live.frames] == ["typing"]
    assert late.frames == []


def test_a_replay_that_starts_over_brings_the_states_itself() -> None:
    """What was kept for the one before it is dropped, and nothing is told twice."""
    thread = a_thread()
    late = Listener(thread)
    hear(thread, read("a", 1))
    late.admission.live = False
    late.admission.live = True
    assert late.frames == []
