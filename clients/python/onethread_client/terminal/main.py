"""What `onethread chat` does: a client for this person and device, on a terminal or in a pipe."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from pathlib import Path

from onethread_client.client import Client
from onethread_client.directory import DirectoryStorage
from onethread_client.terminal import plain
from onethread_client.terminal.talk import Talk

SECURITY_HASH = "ONETHREAD_CHAT_SECURITY_HASH"
TOKEN = "ONETHREAD_CHAT_TOKEN"  # noqa: S105 - a variable's name
"""Secrets come by the environment: command lines are for all of a machine to see."""


def run(
    *,
    user_id: str | None,
    device: str,
    url: str,
    org: str,
    app_id: int,
    app_secret: str,
    name: str | None = None,
    email: str | None = None,
    state_dir: Path | None = None,
) -> int:
    """Chat until the person quits or the input ends; the exit status.

    Tokens, outbox and what was read are kept for this device in `state_dir`, by default under
    `XDG_STATE_HOME` or ~/.local/state, mode 0600. ValueError: something given is outside the wire's limits.
    """
    if not url.startswith(("ws://", "wss://")):
        raise ValueError(f"--url: {url!r} is no address of a WebSocket, such as ws://127.0.0.1:8000/ws")
    device_id = f"terminal-{hashlib.sha256(device.encode()).hexdigest()[:16]}"
    given = {"user_id": user_id, "name": name, "email": email, "security_hash": os.environ.get(SECURITY_HASH)}
    # One device's visitor token and outbox are the same whoever logs in: that is how a visitor is carried.
    whose = hashlib.sha256("\0".join([url, org, f"{app_id}", device]).encode()).hexdigest()[:32]
    client = Client(
        url,
        org=org,
        app_id=app_id,
        app_secret=app_secret,
        user={field: value for field, value in given.items() if value} or None,
        device={"id": device_id, "kind": "other", "name": device},
        token=os.environ.get(TOKEN) or None,
        storage=DirectoryStorage((state_dir or _state()) / whose),
    )
    return asyncio.run(_chat(client, device_id))


async def _chat(client: Client, device_id: str) -> int:
    async with client:
        if sys.stdin.isatty() and sys.stdout.isatty():
            await Talk(client, device_id).run()
            return 0
        return await plain.run(client)


def _state() -> Path:
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "onethread-chat"
