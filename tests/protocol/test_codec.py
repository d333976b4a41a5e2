"""Choosing a codec, first frames, and what encoding leaves to its caller."""

import json
from collections.abc import Callable
from typing import Any

import msgpack
import msgspec
import pytest

from onethread_protocol import agent, customer, inbox, server
from onethread_protocol.bounds import NESTING
from onethread_protocol.codec import CODECS, JSON, MSGPACK, Codec, by_subprotocol
from onethread_protocol.errors import ProtocolError
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


def nested(codec: Codec, levels: int, *, maps: bool = False, more: bytes = b"") -> bytes:
    """A ping with an unknown field, so many levels deep with the frame's own map; `more` is JSON."""
    deep = levels - 1
    if codec.binary:
        fields = json.loads(b"{%s}" % more.rstrip(b","))
        head = bytes([0x82 + len(fields)]) + msgpack.packb({"t": "ping", **fields})[1:] + msgpack.packb("x")
        return head + (b"\x81\xa1a" if maps else b"\x91") * deep + b"\xc0"
    opening, closing = (b'{"a":', b"}") if maps else (b"[", b"]")
    return b'{"t":"ping",%s"x":%s0%s}' % (more, opening * deep, closing * deep)


def below(frames: int, call: Callable[[], Any]) -> Any:
    """Call below so many other calls, as an edge does."""
    return call() if frames == 0 else below(frames - 1, call)


@both_codecs
@pytest.mark.parametrize("maps", [True, False])
@pytest.mark.parametrize("more", [b"", b'"ref":5,'])
def test_500_levels_are_taken(codec: Codec, maps: bool, more: bytes) -> None:
    """What is skipped may be nested as deeply as promised, below 200 calls too, and beside a wrong field."""
    data = nested(codec, NESTING, maps=maps, more=more)
    if more:
        assert below(200, lambda: refused(codec, data)).field == "ref"
    else:
        assert below(200, lambda: codec.decode_customer(data)) == customer.Ping()


@both_codecs
@pytest.mark.parametrize("maps", [True, False])
@pytest.mark.parametrize("levels", [501, 900, 990, 1_000, 1_100, 5_000, 40_000])
def test_deeper_nesting_is_taken_or_called_what_it_is(codec: Codec, maps: bool, levels: int) -> None:
    """Beyond the promise a frame is skipped as well, or refused as nested too deeply: never as unreadable."""
    taken, refused_so = "", "400 bad_frame: The frame is nested too deeply; 500 levels are always taken."
    outcome = taken
    try:
        assert codec.decode_customer(nested(codec, levels, maps=maps)) == customer.Ping()
    except ProtocolError as error:
        outcome = str(error)
    assert outcome in ([refused_so] if levels == 40_000 else [taken, refused_so])


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
