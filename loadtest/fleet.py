"""The devices of one process, and the steps that they take together."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from loadtest.accounting import Ledger, Receipt, ThreadCount
from loadtest.agents import Console, log_in
from loadtest.device import Device, Notes, rest
from loadtest.dialects import DIALECTS
from loadtest.schedule import ADDRESSES, OpenLoop, local_address, seats, share

TURN_S: Final = 0.001
"""Seconds between looks at what fell due."""
PATIENCE_S: Final = 30.0
"""Seconds without any ack, delivery, join or cut after which what is still awaited counts as missing."""
FILLING: Final = 64
"""Messages that a connection keeps unacknowledged while it fills a log: a hub pauses above it."""
LOOK_S: Final = 0.01
"""Seconds between looks at whether a step is over."""
QUIET_S: Final = 0.2
"""Seconds without any delivery after which what other processes sent is taken to have come."""


@dataclass(frozen=True, kw_only=True)
class Crew:
    """What a process is told at its start: which part of which fleet it is, and a name in DIALECTS."""

    urls: list[str]
    dialect: str
    run: str
    worker: int
    workers: int
    threads: int
    devices: int
    text: int
    dials: int
    spread: bool = False
    """Over several hubs: the devices of a thread, rather than whole threads."""


class Fleet:
    """All devices of one process."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew
        self.dialect = DIALECTS[crew.dialect]
        self.notes = Notes()
        self._ledgers: dict[int, Ledger] = {}
        self.devices = [self._device(*seat) for seat in self._seats()]
        self._faults: Counter[str] = Counter()
        self.consoles: list[Console] = []

    async def step(self, does: str, options: dict[str, Any]) -> None:
        """Do a step by its name, and return when it is done."""
        await getattr(self, f"do_{does}")(**options)

    async def do_join(self, replayed: int | None = None) -> None:
        """All connect and init; each first replay must have `replayed` events, if given."""
        for device in self.devices:
            device.replayed = replayed
        await self._join(self.devices)

    async def do_fill(self, events: int) -> None:
        """Put messages into each thread's log by a connection that leaves again."""
        threads = sorted({thread for thread, device in self._seats() if device == 0})
        for first in range(0, len(threads), self.crew.dials):
            writers = [
                self._device(thread, 0, Ledger()) for thread in threads[first : first + self.crew.dials]
            ]
            await self._join(writers)
            await self._write(writers, events)
            await self._dismiss(writers)
            for writer in writers:
                self._faults += writer.receipt.ledger.faults + Counter({"never acked": len(writer.outbox)})
        self.notes.sends = self.notes.acks = self.notes.deliveries = self.notes.joins = 0

    async def do_send(self, rate: float, seconds: float, start_ns: int) -> None:
        """Send in turns at a rate, each message when it is due; return when all have come."""
        loop = OpenLoop(start_ns, rate, seconds, self.crew.worker, self.crew.workers)
        speakers = itertools.cycle([device for device in self.devices if not device.deaf])
        while not loop.over:
            for due in loop.overdue(time.monotonic_ns()):
                next(speakers).say(due)
            await asyncio.sleep(TURN_S)
        await self._settled(self.devices)

    async def do_flood(self, outstanding: int, seconds: float, start_ns: int) -> None:
        """Every device keeps this many messages unacknowledged; return when all have come."""
        await self._flood(outstanding, start_ns)
        await self._over(seconds)

    async def do_warm(self, outstanding: int, messages: int, seconds: float, start_ns: int) -> None:
        """As a flood, until so many messages are acked in all, or this time is over."""
        wanted = self.notes.acks + len(share(messages, self.crew.worker, self.crew.workers))
        await self._flood(outstanding, start_ns)
        end = time.monotonic() + seconds
        await self._until(lambda: self.notes.acks >= wanted or time.monotonic() > end)
        await self._over(0)

    async def do_rotate(self, outstanding: int, seconds: float, start_ns: int) -> None:
        """All take turns so that this many messages are unacknowledged; return when all have come."""
        await asyncio.sleep(max(0, start_ns - time.monotonic_ns()) / 1e9)
        speakers = itertools.cycle(self.devices)
        for device in self.devices:
            device.then = lambda _: next(speakers).say()
        for _ in share(outstanding, self.crew.worker, self.crew.workers):
            next(speakers).say()
        await self._over(seconds)

    async def do_speak(self) -> None:
        """Every device sends a message, and nobody waits for the ack: the server is about to go."""
        for device in self.devices:
            device.losing = True
            device.say()

    async def do_return(self) -> None:
        """All come back, once their old connections are over, and send again what was not acked."""
        await self._until(lambda: not any(device.connected for device in self.devices))
        await self._join(self.devices)
        await self._settled(self.devices)

    async def do_deafen(self, share: float) -> None:
        """This share of the devices, at least one, comes back with a small window and reads no more."""
        count = max(round(len(self.devices) * share), self.crew.worker == 0)
        deaf = self.devices[-count:] if count else []
        await self._dismiss(deaf)
        for device in deaf:
            device.deaf = True
        await self._join(deaf)
        for device in deaf:
            device.read(False)

    async def do_listen(self) -> None:
        """The deaf read again; those that were cut come back with resume, and get all that they missed."""
        deaf = [device for device in self.devices if device.deaf]
        for device in deaf:
            device.read(True)
        # Until then a connection may still turn out to be cut: megabytes are on their way before its end.
        await self._until(lambda: not any(device.connected and device.behind for device in deaf))
        for device in deaf:
            device.deaf = False
        lost = [device for device in deaf if not device.connected]
        await self._join(lost)
        await self._settled(self.devices)

    async def do_watch(self, agents: int) -> None:
        """Agents come and watch the inbox, in the first process."""
        if self.crew.worker or not agents:
            return
        url = self.crew.urls[0]
        token = await asyncio.to_thread(log_in, url)
        self.consoles = [Console(self._faults) for _ in range(agents)]
        for number, console in enumerate(self.consoles):
            await console.watch(url, token, number)

    async def do_watched(self) -> None:
        """Every agent is told of every thread that was written in here, as it is in the end."""
        written = [device for device in self.devices if device.acked]
        heads = {device.thread: device.receipt.ledger.head for device in written}
        told, end = -1, 0.0
        while behind := sum(console.behind(heads) for console in self.consoles):
            now, rows = time.monotonic(), sum(console.told for console in self.consoles)
            if rows != told:
                told, end = rows, now + PATIENCE_S
            if now > end:
                self._faults["rows that agents were not told"] += behind
                return
            await asyncio.sleep(LOOK_S)

    async def do_hold(self, seconds: float) -> None:
        """Stay."""
        await asyncio.sleep(seconds)

    async def do_leave(self) -> None:
        """All close their connections."""
        for console in self.consoles:
            console.leave()
        await self._dismiss(self.devices)

    def counts(self) -> list[dict[str, Any]]:
        """Each thread's counts, as ThreadCount."""
        threads: dict[str, list[Device]] = {}
        for device in self.devices:
            threads.setdefault(device.thread or device.user_id, []).append(device)
        return [
            asdict(
                ThreadCount(
                    thread,
                    sum(device.acked + len(device.outbox) for device in devices),
                    tuple(device.receipt.delivered for device in devices),
                    sum(device.receipt.disordered for device in devices),
                )
            )
            for thread, devices in threads.items()
        ]

    def faults(self) -> Counter[str]:
        """All that went wrong."""
        unacked = Counter({"never acked": sum(len(device.outbox) for device in self.devices)})
        return sum(
            (ledger.faults for ledger in self._ledgers.values()), self._faults + self.notes.faults + unacked
        )

    def _seats(self) -> list[tuple[int, int]]:
        return seats(self.crew.threads, self.crew.devices, self.crew.worker, self.crew.workers)

    def _device(self, thread: int, number: int, ledger: Ledger | None = None) -> Device:
        ledger = ledger or self._ledgers.setdefault(thread, Ledger())
        address = local_address(thread * self.crew.devices + number, ADDRESSES)
        name = f"{self.crew.run}-{thread}"
        receipt = Receipt(ledger, self.dialect.ordered)
        device = Device(name, f"device-{number}", address, receipt, self.notes, self.dialect)
        device.text = self.crew.text
        device.url = self.crew.urls[(number if self.crew.spread else thread) % len(self.crew.urls)]
        return device

    async def _dismiss(self, devices: Iterable[Device]) -> None:
        for device in devices:
            device.leave()
        await self._until(lambda: not any(device.connected for device in devices))

    async def _join(self, devices: Iterable[Device]) -> None:
        waiting = iter(devices)

        async def dial() -> None:
            for device in waiting:
                device.losing = False
                try:
                    await device.join()
                except Exception as error:  # noqa: BLE001 - whatever it is, it is a join that failed
                    self.notes.faults[f"a join failed: {type(error).__name__}"] += 1

        await asyncio.gather(*(dial() for _ in range(self.crew.dials)))

    async def _write(self, writers: list[Device], events: int) -> None:
        """Each of these puts this many messages into its log, some at a time."""
        left = dict.fromkeys(writers, events)

        def go_on(writer: Device) -> None:
            if left[writer]:
                left[writer] -= 1
                writer.say()

        for writer in writers:
            writer.then = go_on
            for _ in range(FILLING):
                go_on(writer)
        await self._until(lambda: not any(left.values()))
        await self._settled(writers)

    async def _flood(self, outstanding: int, start_ns: int) -> None:
        await asyncio.sleep(max(0, start_ns - time.monotonic_ns()) / 1e9)
        for device in self.devices:
            device.then = Device.say
            for _ in range(outstanding):
                device.say()

    async def _over(self, seconds: float) -> None:
        """A closed loop ends after this time; return when all has come."""
        await asyncio.sleep(seconds)
        for device in self.devices:
            device.then = rest
        await self._settled(self.devices)

    async def _settled(self, devices: list[Device]) -> None:
        """Wait until all is acked and has come to everyone who reads, or patience is over."""
        reading = [device for device in devices if not device.deaf and device.connected]

        def complete() -> bool:
            return not any(device.outbox or device.behind for device in reading)

        await self._until(complete)
        deliveries = -1
        while deliveries != self.notes.deliveries and self.crew.workers > 1:
            deliveries = self.notes.deliveries
            await asyncio.sleep(QUIET_S)

    async def _until(self, done: Callable[[], bool]) -> None:
        before, end = -1, 0.0
        while not done():
            notes, now = self.notes, time.monotonic()
            progress = notes.acks + notes.deliveries + notes.joins + notes.cut
            if progress != before:
                before, end = progress, now + PATIENCE_S
            if now > end:
                return
            await asyncio.sleep(LOOK_S)
