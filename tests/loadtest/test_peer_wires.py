"""What the peers' clients say and hear."""

import pytest

from loadtest.dialect import Ack, Answer, Caller, Dialect, Event, Heard, Opened, Position, Refused, Replay
from loadtest.dialects import DIALECTS
from loadtest.peers.wires import PlainJson, SocketIo

EVENT = '{"seq":7,"at":1,"from":"u","device":"d","cid":"c","text":"h\\u00e9"}'


@pytest.mark.parametrize(
    ("payload", "heard"),
    [
        ('42["event",' + EVENT + "]", Event(7, "c", "c", "hé")),
        ('431[{"cid":"c","seq":7,"dup":false}]', Ack(7, "c", "c")),
        ('43100[{"cid":"c","error":"store_unavailable"}]', Refused("error store_unavailable")),
        (
            '42["replay",{"thread":"th_u","events":[' + EVENT + "]}]",
            Replay([(7, "c", "c")], Position("", 7, "c")),
        ),
        ('42["replay",{"thread":"th_u","events":[]}]', Replay([], Position("", 0, ""))),
        ('40{"sid":"x"}', None),
        ('44{"message":"no"}', Refused('refused: {"message":"no"}')),
        ("2", Answer(b"3")),
        ("6", None),
    ],
)
def test_socketio_hear(payload: str, heard: Heard) -> None:
    """Engine.IO and Socket.IO packets mean what their protocols say."""
    assert SocketIo().hear(payload.encode()) == heard


def test_socketio_opens() -> None:
    """The server speaks first; the hello is a CONNECT with auth."""
    socketio = SocketIo()
    assert socketio.listens_first
    assert isinstance(socketio.hear(b'0{"sid":"x","upgrades":[],"pingInterval":25000}'), Opened)
    assert socketio.hello(Caller("u", "d")) == b'40{"userId":"u","deviceId":"d"}'


def test_socketio_send() -> None:
    """Each send is an EVENT with a number of its own, so that its ack can be told."""
    socketio = SocketIo()
    assert socketio.send("c", "hé") == '420["send",{"cid":"c","text":"hé"}]'.encode()
    assert socketio.send("c", "h").startswith(b"421[")


@pytest.mark.parametrize(
    ("payload", "heard"),
    [
        ('{"type":"event","event":' + EVENT + "}", Event(7, "c", "c", "hé")),
        ('{"type":"ack","cid":"c","seq":7,"dup":false}', Ack(7, "c", "c")),
        (
            '{"type":"replay","thread":"th_u","events":[' + EVENT + "]}",
            Replay([(7, "c", "c")], Position("", 7, "c")),
        ),
        ('{"type":"error","reason":"bad_frame"}', Refused("error bad_frame")),
        ('{"type":"other"}', None),
    ],
)
def test_plain_hear(payload: str, heard: Heard) -> None:
    """Frames mean what their type says."""
    assert PlainJson(ordered=True).hear(payload.encode()) == heard


def test_plain_says() -> None:
    """Frames are compact JSON."""
    plain = PlainJson(ordered=False)
    assert plain.hello(Caller("u", "d")) == b'{"type":"init","user_id":"u","device_id":"d"}'
    assert plain.send("c", "h") == b'{"type":"send","cid":"c","text":"h"}'


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_dialects(dialect: Dialect) -> None:
    """Every dialect says hello and sends without a server."""
    assert dialect.hello(Caller("u", "d"))
    assert dialect.send("c", "h")
