"""A customer chat as python-socketio's docs have it: a room a thread, the Redis manager between servers.

Run by uvicorn; STORE_URL is the store's address.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

import redis.asyncio as redis
import socketio

TAIL = 50
# redis-py takes a connection for each command under way, and fails beyond 100: whoever comes then waits.
AT_ONCE = 64

url = os.environ["STORE_URL"]
store = redis.from_url(url)
append = store.register_script((Path(__file__).parents[1] / "append.lua").read_text(encoding="utf-8"))
slots = asyncio.Semaphore(AT_ONCE)

sio = socketio.AsyncServer(
    async_mode="asgi",
    client_manager=socketio.AsyncRedisManager(url),
    transports=["websocket"],
    http_compression=False,
    always_connect=True,  # the replay is emitted while connecting
)
app = socketio.ASGIApp(sio)


@sio.event
async def connect(sid: str, environ: dict[str, Any], auth: Any) -> None:
    """Let a device into its user's thread, and replay what the thread has."""
    match auth:
        case {"userId": str(user_id), "deviceId": str(device_id)}:
            thread = f"th_{user_id}"
        case _:
            raise ConnectionRefusedError("userId and deviceId are required")
    await sio.save_session(sid, {"user_id": user_id, "device_id": device_id, "thread": thread})
    await sio.enter_room(sid, thread)
    async with slots:
        tail = await store.lrange(f"{thread}:log", -TAIL, -1)
    replay = {"thread": thread, "events": [json.loads(event) for event in tail]}
    # This device is connected here: no other server need hear of it.
    await sio.emit("replay", replay, to=sid, ignore_queue=True)


@sio.event
async def send(sid: str, message: Any) -> dict[str, Any]:
    """Keep a message, give it to everyone in the thread, and ack it."""
    match message:
        case {"cid": str(cid), "text": str(text)}:
            pass
        case _:
            return {"error": "bad_message"}
    session = await sio.get_session(sid)
    thread = session["thread"]
    event = {
        "at": time.time_ns() // 1_000_000,
        "from": session["user_id"],
        "device": session["device_id"],
        "cid": cid,
        "text": text,
    }
    keys = [f"{thread}:log", f"{thread}:cids"]
    async with slots:
        seq, known = await append(keys=keys, args=[cid, json.dumps(event), ""])
        if not known:
            await sio.emit("event", {"seq": seq, **event}, room=thread)
    return {"cid": cid, "seq": seq, "dup": bool(known)}
