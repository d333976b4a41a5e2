"""Onethread's dialect: the frames of protocol/README.md, and what they mean to a device."""

import json
from typing import Any

import msgpack
import pytest

from loadtest.dialect import (
    Ack,
    Admitted,
    Caller,
    Event,
    Heard,
    Leaving,
    Position,
    Refused,
    Replay,
    latency_us,
    text_due,
)
from loadtest.wire import Wire

EVENT = {"seq": 7, "id": "ev_7", "at": 1, "kind": "message", "from": {}, "cid": "c", "text": "hi"}


@pytest.mark.parametrize(
    ("resume", "told"),
    [
        (None, None),
        (Position("e", 0, ""), {"epoch": "e", "seq": 0}),
        (Position("e", 3, "ev_3"), {"epoch": "e", "seq": 3, "id": "ev_3"}),
    ],
)
def test_hello(resume: Position | None, told: dict[str, Any] | None) -> None:
    """An init names app, user and device, and the position to resume from, without an id at 0."""
    frame = msgpack.unpackb(Wire().hello(Caller("u", "d", resume)))
    assert frame["t"] == "init"
    assert (frame["org"], frame["user"], frame["device"]["id"]) == ("demo", {"user_id": "u"}, "d")
    assert frame.get("resume") == told


@pytest.mark.parametrize(
    ("frame", "heard"),
    [
        ({"t": "event", "thread": "th", "event": EVENT}, Event(7, "ev_7", "c", "hi")),
        ({"t": "ack", "cid": "c", "thread": "th", "seq": 7, "id": "ev_7", "dup": False}, Ack(7, "ev_7", "c")),
        ({"t": "ready", "thread": "th"}, Admitted("th")),
        ({"t": "error", "code": 429, "reason": "rate_limited"}, Refused("error 429 rate_limited")),
        ({"t": "bye", "reason": "restart"}, Leaving()),
        ({"t": "presence", "thread": "th"}, None),
        (
            {
                "t": "replay",
                "epoch": "e",
                "events": [EVENT],
                "at": {"seq": 7, "id": "ev_7"},
                "done": True,
                "reset": False,
            },
            Replay([(7, "ev_7", "c")], Position("e", 7, "ev_7"), reset=False, done=True),
        ),
        (
            {"t": "replay", "epoch": "e", "events": [], "at": {"seq": 0}, "done": False, "reset": True},
            Replay([], Position("e", 0, ""), reset=True, done=False),
        ),
    ],
)
def test_hear(frame: dict[str, Any], heard: Heard) -> None:
    """Each frame means what the wire says."""
    found = Wire().hear(msgpack.packb(frame))
    assert found == heard or (isinstance(found, Leaving) and isinstance(heard, Leaving))


def test_send() -> None:
    """A send carries cid and text."""
    assert msgpack.unpackb(Wire().send("c", "hi")) == {"t": "send", "cid": "c", "text": "hi"}


def test_json() -> None:
    """In JSON the frames are the same, as text under the subprotocol of that name."""
    wire = Wire(binary=False)
    assert (wire.headers["Sec-WebSocket-Protocol"], wire.binary) == ("onethread.v1.json", False)
    assert Wire().headers["Sec-WebSocket-Protocol"] == "onethread.v1.msgpack"
    assert wire.send("c", "hé") == '{"t":"send","cid":"c","text":"hé"}'.encode()
    assert wire.hear(json.dumps({"t": "event", "thread": "th", "event": EVENT}).encode()) == Event(
        7, "ev_7", "c", "hi"
    )


def test_text() -> None:
    """A text of the asked length tells whoever gets it how long it took."""
    text = text_due(1, 77)
    assert len(text) == 77
    assert latency_us(text) > 0
