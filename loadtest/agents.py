"""Agents who watch the inbox, as consoles do: log in, ask for a page, and take every row that is told."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlsplit

import msgpack  # type: ignore[import-untyped]
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

LOGIN: Final = {"org": "demo", "email": "ana@demo.test", "password": "demo-password"}
PATIENCE_S: Final = 60.0


def log_in(url: str) -> str:
    """A session token of the demo's agent, from the server whose WebSocket is at `url`."""
    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE_S)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/v1/sessions", json.dumps(LOGIN), headers)
        return str(json.loads(connection.getresponse().read())["token"])
    finally:
        connection.close()


class Console(WSListener):
    """One agent's connection. `rows` has, of each thread told, the rev and the seq of its last message."""

    def __init__(self, faults: Counter[str]) -> None:
        self.rows: dict[str, tuple[int, int]] = {}
        self.told = 0
        self._faults = faults
        self._leaving = False
        self._transport: WSTransport | None = None
        self._watching: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def watch(self, url: str, token: str, number: int) -> None:
        """Connect, log in, and return when the first page is there."""
        headers = {"Sec-WebSocket-Protocol": "onethread.v1.msgpack"}
        await ws_connect(lambda: self, url, websocket_handshake_timeout=PATIENCE_S, extra_headers=headers)
        device = {"id": f"console-{number}", "kind": "web"}
        self._write({"t": "agent_init", "org": LOGIN["org"], "token": token, "device": device})
        self._write({"t": "inbox", "view": "open", "limit": 100})
        await asyncio.wait_for(self._watching, PATIENCE_S)

    def behind(self, heads: dict[str, int]) -> int:
        """How many of these threads were not told as they are: with a message of this seq as the last."""
        return sum(self.rows.get(thread, (0, 0))[1] != head for thread, head in heads.items())

    def leave(self) -> None:
        """Close the connection."""
        self._leaving = True
        if self._transport is not None:
            self._transport.send_close()
            self._transport.disconnect()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Keep the way to write (picows)."""
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take a page or a row (picows)."""
        if frame.msg_type == WSMsgType.BINARY:
            self._take(msgpack.unpackb(frame.get_payload_as_bytes()))

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Book a loss, unless it was meant (picows)."""
        self._transport = None
        if not self._leaving:
            self._faults["an agent's connection lost"] += 1

    def _take(self, frame: dict[str, Any]) -> None:
        match frame["t"]:
            case "inbox_row":
                self.told += 1
                self._row(frame["row"])
            case "inbox_page":
                for row in frame["rows"]:
                    self._row(row)
                self._watching.set_result(None)
            case "error":
                self._faults[f"to an agent: error {frame['code']} {frame['reason']}"] += 1

    def _row(self, row: dict[str, Any]) -> None:
        if row["rev"] > self.rows.get(row["thread"], (-1, 0))[0] and "last" in row:
            self.rows[row["thread"]] = (row["rev"], row["last"]["seq"])

    def _write(self, frame: dict[str, Any]) -> None:
        if self._transport is not None:
            self._transport.send(WSMsgType.BINARY, msgpack.packb(frame))
