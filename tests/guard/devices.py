"""What the guard has devices do, always the same: so that what it costs is the same too."""

import secrets

import msgpack

from tests.guard.spending import Spending
from tests.integration.wire import Customer

TEXT = "x" * 77


async def family(server: Spending, name: str, size: int) -> list[Customer]:
    """The devices of one user, all joined, each after the one before."""
    return [await server.join(name, f"device-{number}") for number in range(size)]


async def in_turn(devices: list[Customer], messages: int, text: str = TEXT) -> None:
    """Send, one message at a time: the next when all have the one before, and its sender the ack."""
    for number in range(messages):
        await devices[number % len(devices)].say(text)
        for device in devices:
            await device.event()


def at_once(devices: list[Customer], messages: int) -> None:
    """Each sends so many messages in one write, and waits for nothing."""
    for device in devices:
        protocol = device.socket.protocol
        for _ in range(messages):
            frame = {"t": "send", "cid": secrets.token_hex(16), "text": TEXT}
            protocol.send_binary(msgpack.packb(frame))
        device.socket.transport.write(b"".join(protocol.data_to_send()))


async def settled(devices: list[Customer], messages: int) -> None:
    """All has come of what each has sent so many of."""
    for device in devices:
        for _ in range(messages):
            await device.next("ack")
        for _ in range(messages * len(devices)):
            await device.event()


async def leave(devices: list[Customer]) -> None:
    """All close their connections."""
    for device in devices:
        await device.close()
