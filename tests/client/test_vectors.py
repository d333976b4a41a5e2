"""The client against the golden vectors: it reads every server frame, and the protocol's decoder takes what
it writes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from onethread_client import commands
from onethread_client.events import Event
from onethread_client.frames import Unknown, parse
from onethread_client.wire import pack, unpack
from onethread_protocol.codec import JSON, MSGPACK
from tests.client.builders import mine
from tests.client.talk import Talk

VECTORS = Path(__file__).parents[2] / "protocol" / "vectors"
SERVER: list[dict[str, Any]] = json.loads((VECTORS / "server.json").read_text(encoding="utf-8"))
# What a customer's client hears and has no use for: `pong` was heard, the others are for agents.
UNUSED = {"pong", "track", "opened", "inbox_page", "inbox_row", "gone"}


@pytest.mark.parametrize("vector", SERVER, ids=lambda vector: vector["name"])
def test_every_server_frame_is_read(vector: dict[str, Any]) -> None:
    """From MessagePack it is the same map as in JSON, and its type is known unless it is an agent's."""
    frame = unpack(bytes.fromhex(vector["msgpack"]))
    assert frame == vector["frame"]
    if frame.get("role") != "agent":
        assert isinstance(parse(frame), Unknown) is (frame["t"] in UNUSED)


def test_every_event_comes_back_from_its_record() -> None:
    """What is kept on disk of an event is the event."""
    events = [Event.of(vector["frame"]["event"]) for vector in SERVER if vector["frame"]["t"] == "event"]
    assert events
    assert [Event.of(json.loads(json.dumps(event.record()))) for event in events] == events


def test_every_frame_that_the_client_writes_is_a_customers() -> None:
    """The protocol's strict decoder takes each of them, in both codecs (WIRE.md section 2)."""
    talk = Talk({"user_id": "12345", "name": "Ada", "security_hash": "hash", "custom_data": {"plan": "pro"}})
    first = talk.open("jwt")
    talk.lose()
    talk.live(mine(1), visitor="v-token")
    commands.page(talk.session, "https://demo.test/", "Home")
    commands.profile(talk.session, {"name": "Ada", "phone": None, "custom_data": {"seats": 3, "old": None}})
    commands.prechat(talk.session, {"name": "Ada", "email": "ada@demo.test"})
    commands.history(talk.session, 50)
    commands.read(talk.session, None)
    commands.auth(talk.session, "jwt")
    commands.track(talk.session, "clicked", {"n": 1})
    commands.typing(talk.session, True)
    commands.edit(talk.session, 1, "new")
    frames = [first, *talk.writes()]
    talk.lose()
    frames.append(talk.open("jwt"))
    assert {"visitor", "resume", "token", "page", "user"} <= frames[-1].keys()
    talk.live()
    talk.types("hi")
    frames += [*talk.writes(), {"t": "logout"}, {"t": "ping"}]
    for frame in frames:
        assert MSGPACK.decode_customer(_bytes(pack(frame, "msgpack")))
        assert JSON.decode_customer(_bytes(pack(frame, "json")))
    assert {frame["t"] for frame in frames} >= {
        "init",
        "page",
        "profile",
        "prechat",
        "history",
        "read",
        "auth",
        "edit",
    }


def _bytes(message: bytes | str) -> bytes:
    return message.encode() if isinstance(message, str) else message
