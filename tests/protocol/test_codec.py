"""Choosing a codec, first frames, and what encoding leaves to its caller."""

import json

import msgpack
import msgspec
import pytest

from onethread_protocol import agent, customer, inbox, server
from onethread_protocol.codec import CODECS, JSON, MSGPACK, Codec, by_subprotocol
from onethread_protocol.people import Device
from tests.protocol.reading import refused

both_codecs = pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)


def test_subprotocols_are_the_wires() -> None:
    """`onethread.v1.msgpack` is binary, `onethread.v1.json` is text; another name has no codec."""
    assert by_subprotocol("onethread.v1.msgpack") is MSGPACK
    assert by_subprotocol("onethread.v1.json") is JSON
    assert (MSGPACK.name, MSGPACK.binary, JSON.name, JSON.binary) == ("msgpack", True, "json", False)
    for name in ("", "json", "onethread.v2.json", "ONETHREAD.V1.JSON"):
        with pytest.raises(KeyError):
            by_subprotocol(name)


@both_codecs
def test_first_frame_is_an_init_of_either_side(codec: Codec) -> None:
    """Either side's init is read before it is known who is there; all other frames are unknown there."""
    device = Device(id="d", kind="web")
    init = customer.Init(org="acme", app_id=1, app_secret="s", device=device)
    agent_init = agent.AgentInit(org="acme", device=device)
    assert codec.decode_first(codec.encode(init)) == init
    assert codec.decode_first(codec.encode(agent_init)) == agent_init
    ping = codec.encode(customer.Ping(ref="r"))
    error = refused(codec, ping, "first")
    assert (error.reason, error.ref) == ("unknown_frame", "r")
    wrong = codec.encode(msgspec.structs.replace(init, org=""))
    assert refused(codec, wrong, "first").reason == "bad_field"


@both_codecs
def test_absent_is_left_out_and_none_is_null(codec: Codec) -> None:
    """UNSET fields are not written; None is written as null."""
    edit = customer.Profile(user=customer.UserEdit(phone=None))
    data = codec.encode(edit)
    read = msgpack.unpackb(data) if codec.binary else json.loads(data)
    assert read == {"t": "profile", "user": {"phone": None}}


@both_codecs
def test_encoded_events_are_copied_as_they_are(codec: Codec) -> None:
    """The hub encodes an event once: msgspec.Raw in a frame's place for it gives the same frame."""
    event = {
        "kind": "message",
        "seq": 1,
        "id": "e1",
        "at": 5,
        "from": {"type": "contact", "id": "ct_1", "name": "Zoë"},
        "text": "hi",
    }
    raw = msgspec.Raw(msgpack.packb(event) if codec.binary else json.dumps(event).encode())
    frame = server.EventFrame(thread="th_0_x", event=raw)  # type: ignore[arg-type]
    read = codec.decode_server(codec.encode(frame))
    assert msgspec.to_builtins(read) == {"t": "event", "thread": "th_0_x", "event": event}


def test_repr_keeps_secrets_and_texts() -> None:
    """A frame's repr, which may get into a log, tells of a secret or a text only that it is there."""
    user = customer.User(user_id="12345", security_hash="hash-of-12345")
    device = Device(id="d", kind="web")
    init = customer.Init(org="acme", app_id=1, app_secret="s3cret", device=device, user=user, token="jwt")
    assert repr(init) == (
        "Init(org='acme', app_id=1, app_secret=Ellipsis, device=Device(id='d', kind='web'), "
        "user=User(user_id='12345', security_hash=Ellipsis), token=Ellipsis)"
    )
    assert repr(customer.Send(cid="c", text="my words")) == "Send(cid='c', text=Ellipsis)"


def test_frames_that_cant_be_are_not_built() -> None:
    """Fields that depend on each other are checked when the server builds a frame, not only on reading."""
    with pytest.raises(ValueError, match="`agents_online`"):
        server.Presence()
    with pytest.raises(ValueError, match="`thread`"):
        server.Ready(session="s", org="o", role="visitor", agents_online=0, heartbeat_ms=25_000)
    with pytest.raises(ValueError, match="`active_at`"):
        inbox.Row(thread="th", rev=1)
