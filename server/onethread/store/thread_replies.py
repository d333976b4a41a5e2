"""What scripts say of threads, as the hub knows it."""

from collections.abc import Callable
from typing import Any

import msgspec

from onethread.hub.entry import unpack
from onethread.hub.log import (
    Appended,
    DeviceState,
    Difference,
    Duplicate,
    Joined,
    Moved,
    Position,
    Refusal,
    StoreFailure,
)

_devices = msgspec.msgpack.Decoder(list[DeviceState])
_ends = msgspec.msgpack.Decoder(dict[str, int])


def appended(done: Callable[[Appended], None], reply: Any) -> None:
    """Turn a script's reply into what the hub knows."""
    if type(reply) is int:  # first: nearly all that is ever answered
        done(reply)
        return
    match reply:
        case StoreFailure():
            done(reply)
        case [b"dup", seq, bytes(element)]:
            event_id, entry = unpack(element)
            done(Duplicate(seq, event_id, entry))
        case [b"moved", to]:
            done(Moved(to.decode()))
        case [reason]:
            done(Refusal(reason.decode()))
        case _:
            # A cid whose event is gone from the log: the store came back from an older file.
            done(StoreFailure("the log and its cids don't agree"))


def read_joined(
    epoch: bytes,
    head: int,
    event_id: bytes,
    adm: int,
    read_contact: int,
    read_agents: int,
    unread_contact: int,
    unread_agents: int,
    devices: bytes,
    events: list[bytes],
) -> Joined:
    """Return a thread's state from what the scripts that read it give."""
    return Joined(
        epoch=epoch.decode(),
        head=Position(head, event_id.decode()),
        adm=adm,
        read_contact=read_contact,
        read_agents=read_agents,
        unread_contact=unread_contact,
        unread_agents=unread_agents,
        devices=_devices.decode(devices),
        events=events,
    )


def difference(reply: Any) -> Difference | None:
    """Return how a log differs from what was told of it; None: not at all."""
    if reply == 0:
        return None
    epoch, head, same_id, adm, ends, *numbers = reply
    return Difference(epoch.decode(), head, bool(same_id), adm, _ends.decode(ends) if ends else {}, *numbers)
