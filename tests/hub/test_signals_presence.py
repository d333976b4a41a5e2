"""Who is in a thread is told at once, but not once for each of many who come together."""

from typing import Any

import msgspec

from onethread.hub.log import DeviceState
from onethread.hub.signals import take
from onethread.hub.thread import Thread
from tests.hub.listening import Listener, a_thread
from tests.store.link_store import eventually


def come(thread: Thread, count: int) -> None:
    """The thread's channel says that so many devices are there, one more each time."""
    devices = [DeviceState(f"device-{number}", "web", "", 1) for number in range(count)]
    for number in range(1, count + 1):
        take(thread, b"p" + msgspec.msgpack.encode(devices[:number]), lambda thread: None)


def told(listener: Listener) -> list[int]:
    """How many devices each presence spoke of."""
    presences: list[dict[str, Any]] = [frame for frame in listener.frames if frame["t"] == "presence"]
    return [len(frame["devices"]) for frame in presences]


async def test_the_first_at_once_and_the_rest_together() -> None:
    """Of ten that come together the first is told at once, and then all of them in one word."""
    thread = a_thread()
    customer, agent = Listener(thread, live=True), Listener(thread, "agent", live=True)
    come(thread, 10)
    assert told(customer) == [1]
    await eventually(lambda: len(told(customer)) == 2)
    assert told(customer) == [1, 10]
    assert told(agent) == []  # nobody has opened the thread, so that there is no agent's side of it
    come(thread, 3)
    await eventually(lambda: len(told(customer)) == 3)
    assert told(customer) == [1, 10, 3]
