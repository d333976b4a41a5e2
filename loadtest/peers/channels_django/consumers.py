"""The consumer: one for each connection."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

import redis.asyncio as redis
from channels.generic.websocket import AsyncJsonWebsocketConsumer

TAIL = 50
# redis-py takes a connection for each command under way, and fails beyond 100: whoever comes then waits.
AT_ONCE = 64

store = redis.from_url(os.environ["STORE_URL"])
append = store.register_script((Path(__file__).parents[1] / "append.lua").read_text(encoding="utf-8"))
slots = asyncio.Semaphore(AT_ONCE)


class ChatConsumer(AsyncJsonWebsocketConsumer):
    """A device in its user's thread."""

    thread: str | None = None
    user_id = device_id = ""

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Take one message of the device."""
        async with slots:
            match content:
                case {"type": "init", "user_id": str(user), "device_id": str(device)} if not self.thread:
                    self.user_id, self.device_id, self.thread = user, device, f"th_{user}"
                    await self.init(self.thread)
                case {"type": "send", "cid": str(cid), "text": str(text)} if self.thread:
                    await self.append(self.thread, cid, text)
                case _:
                    await self.send_json({"type": "error", "reason": "bad_frame"})

    async def init(self, thread: str) -> None:
        """Join the thread's group, and replay what the thread has."""
        await self.channel_layer.group_add(thread, self.channel_name)
        tail = await store.lrange(f"{thread}:log", -TAIL, -1)
        events = [json.loads(event) for event in tail]
        await self.send_json({"type": "replay", "thread": thread, "events": events})

    async def append(self, thread: str, cid: str, text: str) -> None:
        """Keep a message, give it to everyone in the thread, and ack it."""
        event = {
            "at": time.time_ns() // 1_000_000,
            "from": self.user_id,
            "device": self.device_id,
            "cid": cid,
            "text": text,
        }
        keys = [f"{thread}:log", f"{thread}:cids"]
        seq, known = await append(keys=keys, args=[cid, json.dumps(event), ""])
        if not known:
            message = {"type": "chat.event", "event": {"seq": seq, **event}}
            await self.channel_layer.group_send(thread, message)
        await self.send_json({"type": "ack", "cid": cid, "seq": seq, "dup": bool(known)})

    async def chat_event(self, message: dict[str, Any]) -> None:
        """Give the device an event of its thread (Channels)."""
        await self.send_json({"type": "event", "event": message["event"]})

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        if self.thread:
            async with slots:
                await self.channel_layer.group_discard(self.thread, self.channel_name)
