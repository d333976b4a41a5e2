"""Which handshakes are answered at once, and that both ways give the same answer."""

import pytest

from onethread.gateway.handshake import Header, usual
from tests.gateway.client import MSGPACK, Client, request
from tests.gateway.harness import serve

KEY = "c2l4dGVlbiBieXRlcyBvaw=="


def headers(**changed: str | None) -> list[Header]:
    """A browser's headers, changed; None leaves one out."""
    given: dict[str, str | None] = {
        "host": "chat.test",
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec_websocket_version": "13",
        "sec_websocket_key": KEY,
        "user_agent": "Browser/1.0 (caf\xe9)",
        **changed,
    }
    return [
        (name.replace("_", "-").encode(), value.encode("latin-1"))
        for name, value in given.items()
        if value is not None
    ]


def test_a_browsers_handshake_is_usual() -> None:
    """All that it tells is read."""
    told = {
        "origin": "https://shop.test",
        "cookie": "a=b",
        "x_forwarded_for": "203.0.113.7",
        "sec_websocket_protocol": f"{MSGPACK},onethread.v1.json",
        "sec_websocket_extensions": "permessage-deflate",
    }
    opening = usual(headers(**told))
    assert opening is not None
    assert opening.key == KEY
    assert opening.offered == [MSGPACK, "onethread.v1.json"]
    assert (opening.origin, opening.host, opening.cookie) == ("https://shop.test", "chat.test", "a=b")
    assert opening.forwarded == "203.0.113.7"
    blanks = usual(headers(**{name: f"{value} \t" for name, value in told.items()}))
    assert blanks == opening
    bare = usual(headers(host=None))
    assert bare is not None
    assert (bare.offered, bare.origin, bare.host, bare.cookie, bare.forwarded) == ((), None, "", "", "")


@pytest.mark.parametrize("connection", ["Upgrade", "upgrade", "keep-alive, Upgrade", "Upgrade,keep-alive"])
@pytest.mark.parametrize("upgrade", ["websocket", "WebSocket"])
def test_case_and_company_of_tokens_are_usual(connection: str, upgrade: str) -> None:
    """As browsers and proxies write them."""
    assert usual(headers(connection=connection, upgrade=upgrade)) is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("upgrade", None),
        ("upgrade", "websocket, h2c"),
        ("connection", None),
        ("connection", "close"),
        ("connection", "upgraded"),
        ("sec_websocket_version", None),
        ("sec_websocket_version", "8"),
        ("sec_websocket_version", "13, 8"),
        ("sec_websocket_key", None),
        ("sec_websocket_key", ""),
        ("sec_websocket_key", "c2hvcnQ="),
        ("sec_websocket_key", "c2l4dGVlbiBieXRlcyBvaw"),
        ("sec_websocket_key", "c2l4dGVlbiBieXRlcyBvaz=="),
        ("sec_websocket_key", f"{KEY}\n"),
        ("sec_websocket_key", "not base64 at all!!!!!!!"),
        ("sec_websocket_protocol", ""),
        ("sec_websocket_protocol", ","),
        ("sec_websocket_protocol", "a b"),
        ("sec_websocket_protocol", f"{MSGPACK},"),
        ("origin", "https://caf\xe9.test"),
        ("cookie", "a=\xff"),
    ],
)
def test_anything_else_is_left_to_the_library(name: str, value: str | None) -> None:
    """Whatever would be refused, or could be read in two ways."""
    assert usual(headers(**{name: value})) is None


@pytest.mark.parametrize(
    "name", ["upgrade", "sec-websocket-key", "sec-websocket-protocol", "cookie", "origin"]
)
def test_a_header_given_twice_is_unusual(name: str) -> None:
    """Which one counts is the library's to say."""
    given = headers(sec_websocket_protocol=MSGPACK, cookie="a=b", origin="https://shop.test")
    twice = [header for header in given if header[0] == name.encode()]
    assert usual(given) is not None
    assert usual(given + twice) is None


@pytest.mark.parametrize("offered", [MSGPACK, None])
async def test_both_ways_answer_alike(offered: str | None) -> None:
    """Whoever is answered at once is told what uvicorn would have told, the date aside."""
    answers = []
    for kind in ("ready", "swapped"):
        async with serve(kind) as running:
            client = await Client.dial(running.port)
            client.send(request(sec_websocket_key=KEY, sec_websocket_protocol=offered))
            status, told = await client.response()
            told.pop("date", None)
            answers.append((status, told))
            await client.leave()
    assert answers[0] == answers[1]
    assert answers[0][0] == 101
