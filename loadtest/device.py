"""One connection of the fleet: dials, inits, sends, and books what comes."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from loadtest.accounting import Receipt
from loadtest.dialect import (
    Ack,
    Admitted,
    Answer,
    Caller,
    Dialect,
    Event,
    Heard,
    Leaving,
    Opened,
    Position,
    Refused,
    Replay,
    latency_us,
    new_cid,
    text_due,
)

HANDSHAKE_S = 60.0
"""Seconds that an upgrade may take: in a storm the last waits for all before it."""
DEAF_WINDOW = 4096
"""Bytes of receive buffer of a peer that will not read, so that the server's buffer fills, not ours."""


@dataclass
class Notes:
    """What all devices of a process write down between two reports."""

    sends: int = 0
    acks: int = 0
    deliveries: int = 0
    joins: int = 0
    cut: int = 0
    ack_us: list[int] = field(default_factory=list)
    delivery_us: list[int] = field(default_factory=list)
    join_us: list[int] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)


def rest(device: Device) -> None:
    """Say nothing after an ack."""


class Device(WSListener):
    """A device over all its connections. `then` is called after each ack: what a closed loop does next.

    More attributes than a class should have: a second object would cost thousands of devices twice.
    """

    def __init__(
        self, user_id: str, name: str, address: str, receipt: Receipt, notes: Notes, dialect: Dialect
    ) -> None:
        self.user_id, self.name, self.address = user_id, name, address
        self.receipt, self.notes, self.dialect = receipt, notes, dialect
        self.thread = ""
        self.acked = 0
        self.replayed: int | None = None
        self.url = ""
        self.text = 77
        self.then: Callable[[Device], None] = rest
        self.deaf = self.losing = False
        self.outbox: dict[str, int] = {}
        self._transport: WSTransport | None = None
        self._joined: asyncio.Future[None] | None = None
        self._tail: list[tuple[int, str, str]] = []

    @property
    def connected(self) -> bool:
        """Whether it has a connection."""
        return self._transport is not None

    @property
    def behind(self) -> bool:
        """Whether others in its thread know of events that have not come to it."""
        return self.receipt.seq < self.receipt.ledger.head

    async def join(self) -> None:
        """Connect, init, and return when the replay is done; what was not acked is sent again.

        Raises OSError or whatever picows does when there is no server.
        """
        began = time.monotonic_ns()
        self._joined = asyncio.get_running_loop().create_future()
        await ws_connect(
            lambda: self,
            self.url,
            websocket_handshake_timeout=HANDSHAKE_S,
            extra_headers=self.dialect.headers,
            read_buffer_init_size=2048,
            socket_factory=self._socket,
        )
        await asyncio.wait_for(self._joined, HANDSHAKE_S)
        self.notes.joins += 1
        self.notes.join_us.append((time.monotonic_ns() - began) // 1000)
        for cid, due in self.outbox.items():
            self._write(self.dialect.send(cid, text_due(due, self.text)))

    def say(self, due_ns: int | None = None) -> None:
        """Send a message that was due at this time, or now; while there is no connection it waits."""
        due_ns = due_ns or time.monotonic_ns()
        cid = new_cid()
        self.outbox[cid] = due_ns
        self.notes.sends += 1
        if self._transport is not None:
            self._write(self.dialect.send(cid, text_due(due_ns, self.text)))

    def read(self, on: bool) -> None:
        """Stop reading from the socket, or go on."""
        if self._transport is not None:
            transport = self._transport.underlying_transport
            (transport.resume_reading if on else transport.pause_reading)()

    def leave(self) -> None:
        """Close the connection."""
        self.losing = True
        if self._transport is not None:
            self._transport.send_close()
            self._transport.disconnect()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Say who this is, unless the server has the first word (picows)."""
        self._transport = transport
        self._tail = []
        if not self.dialect.listens_first:
            self._hello()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Book what came (picows)."""
        if frame.msg_type == WSMsgType.CLOSE:
            self._write_close()
        elif frame.msg_type in (WSMsgType.BINARY, WSMsgType.TEXT):
            self._received(self.dialect.hear(frame.get_payload_as_bytes()))

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Book a loss, unless it was meant (picows)."""
        self._transport = None
        if self.deaf:
            self.notes.cut += 1
        elif not self.losing:
            self.notes.faults["a connection lost"] += 1
        if self._joined is not None and not self._joined.done():
            self._joined.set_exception(ConnectionError("lost before the replay was done"))

    def _received(self, heard: Heard) -> None:
        match heard:
            case Event():
                self._event(heard)
            case Ack():
                self._ack(heard)
            case Replay():
                self._replay(heard)
            case Admitted(thread):
                self.thread = thread
            case Opened():
                self._hello()
            case Answer(payload):
                self._write(payload)
            case Refused(what):
                self.notes.faults[what] += 1
            case Leaving():
                self.losing = True

    def _hello(self) -> None:
        receipt = self.receipt
        position = Position(receipt.epoch, receipt.seq, receipt.event_id) if receipt.epoch else None
        self._write(self.dialect.hello(Caller(self.user_id, self.name, position)))

    def _event(self, event: Event) -> None:
        self.receipt.take(event.seq, event.event_id, event.cid)
        self.notes.deliveries += 1
        self.notes.delivery_us.append(latency_us(event.text))

    def _ack(self, ack: Ack) -> None:
        due = self.outbox.pop(ack.cid, None)
        if due is None:
            self.notes.faults["an ack for nothing"] += 1
            return
        self.acked += 1
        self.notes.acks += 1
        self.notes.ack_us.append((time.monotonic_ns() - due) // 1000)
        self.receipt.ledger.agree(ack.seq, ack.event_id, ack.cid)
        self.then(self)

    def _replay(self, replay: Replay) -> None:
        if not self.receipt.begun or self._tail:
            self._tail += replay.events
        elif replay.reset:
            self.notes.faults["a resume that did not hold"] += 1
        else:
            for event in replay.events:
                self.receipt.take(*event)
            self.notes.deliveries += len(replay.events)
        if replay.done:
            self._replayed(replay.at)

    def _replayed(self, at: Position) -> None:
        if not self.receipt.begun:
            self.receipt.begin(at.epoch, self._tail, at.seq, at.event_id)
            if self.replayed is not None and len(self._tail) != self.replayed:
                self.notes.faults[f"a replay of {len(self._tail)} in place of {self.replayed}"] += 1
        if self._joined is not None and not self._joined.done():
            self._joined.set_result(None)

    def _write(self, payload: bytes) -> None:
        if self._transport is not None:
            self._transport.send(WSMsgType.BINARY if self.dialect.binary else WSMsgType.TEXT, payload)

    def _write_close(self) -> None:
        if self._transport is not None:
            self._transport.send_close()
            self._transport.disconnect()

    def _socket(self, _: object) -> socket.socket:
        dialing = socket.socket()
        dialing.setblocking(False)
        dialing.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.deaf:
            dialing.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, DEAF_WINDOW)
        dialing.bind((self.address, 0))
        return dialing
