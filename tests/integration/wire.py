"""A client that knows nothing of the server's code: `websockets`, `json` and `msgpack`, after WIRE.md."""

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any, Self

import msgpack
import websockets
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 10.0
"""Seconds that a frame may take before a test is given up; nothing is measured by it."""
Frame = dict[str, Any]

DEMO = {"org": "demo", "app_id": 1, "app_secret": "demo-secret"}


def new_cid() -> str:
    """A fresh cid: 128 random bits."""
    return secrets.token_hex(16)


async def later() -> None:
    """Let a millisecond pass: what is stored next has another time than what was stored before."""
    await asyncio.sleep(0.002)


class Customer:
    """One connection. `frames` keeps all that came, in order; `next` and friends consume them in order."""

    def __init__(self, socket: ClientConnection, codec: str) -> None:
        self.socket = socket
        self.codec = codec
        self.frames: list[Frame] = []
        self.ready: Frame = {}
        self._waiting: list[Frame] = []

    @classmethod
    async def dial(cls, url: str, codec: str = "json", **options: Any) -> Self:
        """Connect without an init."""
        options.setdefault("max_size", 2**20)
        options.setdefault("max_queue", None)  # what nobody reads must not hold up the close
        socket = await connect(url, subprotocols=[f"onethread.v1.{codec}"], compression=None, **options)  # type: ignore[list-item]
        return cls(socket, codec)

    @classmethod
    async def join(
        cls,
        url: str,
        user_id: str | None = None,
        *,
        device: str | None = None,
        codec: str = "json",
        credentials: Frame = DEMO,
        user: Frame | None = None,
        origin: str | None = None,
        **init: Any,
    ) -> Self:
        """Connect, init, and read up to the `replay` that is done; `ready` has the ready frame."""
        customer = await cls.dial(url, codec, **({"origin": origin} if origin else {}))
        fields = {**(user or {}), **({"user_id": user_id} if user_id else {})}
        await customer.init(
            device=device, credentials=credentials, **({"user": fields} if fields else {}), **init
        )
        customer.ready = await customer.next("ready")
        await customer.replayed()
        return customer

    async def init(self, *, device: str | None = None, credentials: Frame = DEMO, **fields: Any) -> None:
        """Send an init frame."""
        device_id = device or secrets.token_hex(8)
        await self.send({"t": "init", **credentials, "device": {"id": device_id, "kind": "web"}, **fields})

    @property
    def thread(self) -> str:
        """The thread it was admitted to."""
        return str(self.ready["thread"])

    async def send(self, frame: Frame) -> None:
        """Send a frame."""
        packed = json.dumps(frame) if self.codec == "json" else msgpack.packb(frame)
        await self.socket.send(packed)

    async def say(self, text: str, cid: str | None = None, **fields: Any) -> Frame:
        """Send a message and return its ack."""
        cid = cid or new_cid()
        await self.send({"t": "send", "cid": cid, "text": text, **fields})
        return await self.next("ack", lambda frame: frame["cid"] == cid)

    async def ask(self, frame: Frame, answer: str) -> Frame:
        """Send a frame and return the next answer of this type, or the error in its place, by `ref`."""
        ref = secrets.token_hex(4)
        await self.send({**frame, "ref": ref})
        return await self.next((answer, "error"), lambda found: found.get("ref") == ref)

    async def next(
        self, kind: str | tuple[str, ...], which: Callable[[Frame], bool] = lambda frame: True
    ) -> Frame:
        """Return the first frame of this type (and for which `which` is true) not yet returned; others
        stay."""
        kinds = (kind,) if isinstance(kind, str) else kind
        for i, frame in enumerate(self._waiting):
            if frame["t"] in kinds and which(frame):
                return self._waiting.pop(i)
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    frame = await self._receive()
                    if frame["t"] in kinds and which(frame):
                        return frame
                    self._waiting.append(frame)
        except TimeoutError:
            last = [str(frame)[:300] for frame in self.frames[-5:]]
            raise AssertionError(f"no {kind} within {PATIENCE:g} s; the last frames: {last}") from None

    async def event(self, which: Callable[[Frame], bool] = lambda event: True) -> Frame:
        """Return the next live event."""
        frame = await self.next("event", lambda frame: which(frame["event"]))
        return dict(frame["event"])

    async def replayed(self) -> list[Frame]:
        """Read a replay up to its end; its parts."""
        parts = [await self.next("replay")]
        while not parts[-1]["done"]:
            parts.append(await self.next("replay"))
        return parts

    async def settled(self) -> list[Frame]:
        """Return everything that came up to now and was not yet returned: a ping's answer marks the end."""
        await self.ask({"t": "ping"}, "pong")
        found, self._waiting = self._waiting, []
        return found

    async def closed(self) -> int:
        """Read until the connection is closed; its close code (1006: none came)."""
        async with asyncio.timeout(PATIENCE):
            try:
                while True:
                    self._waiting.append(await self._receive())
            except websockets.ConnectionClosed as closed:
                await self.socket.wait_closed()
                return closed.rcvd.code if closed.rcvd else 1006

    async def close(self) -> None:
        """Close the connection as a client does."""
        await self.socket.close()

    async def _receive(self) -> Frame:
        message = await self.socket.recv()
        frame: Frame = json.loads(message) if self.codec == "json" else msgpack.unpackb(message)  # type: ignore[arg-type]
        self.frames.append(frame)
        return frame

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def texts(parts: list[Frame]) -> list[str]:
    """The texts of a replay's messages."""
    return [event["text"] for part in parts for event in part["events"] if "text" in event]
