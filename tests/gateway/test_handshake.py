"""The opening handshake on the real endpoint (RFC 6455 section 4; WIRE.md section 1)."""

import base64
import hashlib
import logging

import pytest

from tests.gateway.client import MSGPACK, Client, frame, request
from tests.gateway.harness import Running, serve

pytestmark = pytest.mark.asyncio(loop_scope="module")

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
JSON = "onethread.v1.json"


async def answer(running: Running, head: bytes) -> tuple[int, dict[str, str]]:
    """What the server says to a request's head."""
    client = await Client.dial(running.port)
    client.send(head)
    response = await client.response()
    await client.leave()
    return response


async def test_switches_protocols(running: Running) -> None:
    """The answer is 101 with the key's digest, and neither extension nor server name (4.2.2)."""
    key = base64.b64encode(b"sixteen bytes ok").decode()
    offer = "permessage-deflate; client_max_window_bits"
    status, headers = await answer(running, request(sec_websocket_key=key, sec_websocket_extensions=offer))
    digest = base64.b64encode(hashlib.sha1(key.encode() + GUID, usedforsecurity=False).digest()).decode()
    assert status == 101
    assert headers["sec-websocket-accept"] == digest
    assert headers["upgrade"].lower() == "websocket"
    assert headers["connection"].lower() == "upgrade"
    assert "sec-websocket-extensions" not in headers
    assert running.kind != "ready" or "server" not in headers


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (MSGPACK, MSGPACK),
        (JSON, JSON),
        (f"{JSON}, {MSGPACK}", JSON),
        (f"{MSGPACK},{JSON}", MSGPACK),
        (f"onethread.v2.json, {JSON}", JSON),
        (None, None),
    ],
)
async def test_first_known_subprotocol_is_chosen(
    running: Running, offered: str | None, chosen: str | None
) -> None:
    """Of the subprotocols offered the first known one is taken; with none offered, none is named."""
    client = await Client.dial(running.port)
    client.send(request(sec_websocket_protocol=offered))
    status, headers = await client.response()
    assert status == 101
    assert headers.get("sec-websocket-protocol") == chosen
    await client.leave()


@pytest.mark.parametrize("offered", ["mqtt", "mqtt, onethread.v1", "ONETHREAD.V1.JSON"])
async def test_only_unknown_subprotocols_are_refused(running: Running, offered: str) -> None:
    """Only unknown subprotocols offered: HTTP 400."""
    status, _ = await answer(running, request(sec_websocket_protocol=offered))
    assert status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"upgrade": "WebSocket"},
        {"connection": "keep-alive, Upgrade"},
        {"connection": "upgrade"},
        {"user_agent": "x" * 4_000},
    ],
)
async def test_lenient_headers_are_taken(running: Running, headers: dict[str, str]) -> None:
    """Names of tokens are compared without case, and other headers do no harm (4.2.1)."""
    status, _ = await answer(running, request(**headers))
    assert status == 101


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_websocket_key": None},
        {"sec_websocket_key": ""},
        {"sec_websocket_key": "c2hvcnQ="},
        {"sec_websocket_key": "not base64 at all!!!!!!!"},
        {"sec_websocket_version": None},
        {"sec_websocket_protocol": ","},
        {"sec_websocket_protocol": "a b"},
    ],
)
async def test_bad_handshake_is_refused(running: Running, headers: dict[str, str | None]) -> None:
    """A missing or malformed key, version or subprotocol header is HTTP 400 (4.2.1, 4.2.2)."""
    status, _ = await answer(running, request(**headers))
    assert status == 400


@pytest.mark.parametrize("version", ["8", "12", "14", "x", "13, 8"])
async def test_other_version_is_told_ours(ready: Running, version: str) -> None:
    """A version other than 13 is answered 426 with the one spoken here (4.2.2, 4.4)."""
    status, headers = await answer(ready, request(sec_websocket_version=version))
    assert status == 426
    assert headers["sec-websocket-version"] == "13"


async def test_post_is_refused(running: Running) -> None:
    """Only GET opens a WebSocket (4.2.1)."""
    status, headers = await answer(running, request(method="POST", content_length="0"))
    assert status == 405
    assert headers["allow"] == "GET"


async def test_a_line_longer_than_the_librarys_is_refused(ready: Running) -> None:
    """An unusual handshake with such a line is answered, and closed, and is in nobody's way at the end."""
    head = request(cookie="a=" + "x" * 9_000)
    assert (await answer(ready, head))[0] == 101
    client = await Client.dial(ready.port)
    client.send(head[:-2] + b"Cookie: b=c\r\n\r\n")
    assert (await client.response())[0] == 400
    await client.end()
    assert ready.server.server_state.connections == set()
    await client.leave()


@pytest.mark.parametrize("requests", [1, 3])
async def test_a_handshake_behind_an_unanswered_request_is_none(ready: Running, requests: int) -> None:
    """No answer comes in the middle of frames: the requests before are answered, and the connection ends."""
    client = await Client.dial(ready.port)
    client.send(request(connection=None, upgrade=None) * requests + request() + frame(b"in"))
    for _ in range(requests):
        status, headers = await client.response()
        assert status == 426
        await client.reader.readexactly(int(headers["content-length"]))
    await client.end()
    await client.leave()
    again = await Client.open(ready.port)
    again.send(frame(b"in"))
    assert await again.payload() == b"in"
    await again.leave()


async def test_http_1_0_is_refused(ready: Running) -> None:
    """Only HTTP/1.1 opens a WebSocket (4.2.1)."""
    status, _ = await answer(ready, request(version="HTTP/1.0"))
    assert status == 400


@pytest.mark.parametrize("headers", [{"upgrade": None}, {"connection": None}, {"connection": "close"}])
async def test_request_without_an_upgrade_is_told_to(
    running: Running, headers: dict[str, str | None]
) -> None:
    """A plain GET of the endpoint is answered 426."""
    status, answered = await answer(running, request(**headers))
    assert status == 426
    assert answered["upgrade"] == "websocket"


async def test_other_paths_are_no_websockets(running: Running) -> None:
    """There is a WebSocket at /ws and nowhere else."""
    status, _ = await answer(running, request(path="/other"))
    assert status in (403, 404)


@pytest.mark.parametrize("origin", [None, "https://shop.test", "null"])
async def test_peer_knows_the_origin(running: Running, origin: str | None) -> None:
    """The handshake's Origin header is given on as it is, or as None."""
    client, session = await running.open(origin=origin)
    assert session.peer.origin == origin
    await client.leave()


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [(None, "127.0.0.1"), ("203.0.113.7", "203.0.113.7"), ("10.9.9.9, 203.0.113.7", "203.0.113.7")],
)
async def test_peer_knows_the_address(running: Running, forwarded: str | None, address: str) -> None:
    """The client's address is the one that the trusted proxies, here the loopback, name."""
    client, session = await running.open(x_forwarded_for=forwarded)
    assert session.peer.address == address
    await client.leave()


@pytest.mark.parametrize("kind", ["ready", "starlette"])
async def test_connections_of_one_address_are_limited(kind: str) -> None:
    """Beyond the limit a connection is accepted and closed with 4429, without a session."""
    async with serve(kind, connections_per_address=2) as running:
        clients = [(await running.open(x_forwarded_for="203.0.113.7"))[0] for _ in range(2)]
        refused = await Client.open(running.port, x_forwarded_for="203.0.113.7")
        assert await refused.close_code() == 4429
        assert len(running.sessions) == 2
        other, _ = await running.open(x_forwarded_for="203.0.113.8")
        await clients[0].leave()
        await running.sessions[0].ended()
        again, _ = await running.open(x_forwarded_for="203.0.113.7")
        again.send(frame(b"in"))
        assert await again.payload() == b"in"
        assert running.edge.traffic.refused == 1
        for client in (*clients, refused, other, again):
            await client.leave()


@pytest.mark.parametrize("kind", ["ready", "starlette"])
async def test_handshake_while_draining_is_503(kind: str) -> None:
    """A hub that is about to end takes no new connection."""
    async with serve(kind) as running:
        running.edge.draining = True
        status, _ = await answer(running, request())
        assert status == 503


async def test_log_has_no_query_and_no_message(ready: Running, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever the log level, neither a URL's query nor what frames contain is logged."""
    with caplog.at_level(logging.DEBUG):
        for logger in ("uvicorn", "uvicorn.error", "websockets.server", "onethread.gateway.rules"):
            caplog.set_level(logging.DEBUG, logger)
        client = await Client.dial(ready.port)
        client.send(request(path="/ws?token=query-secret"))
        assert (await client.response())[0] == 101
        client.send(frame(b"text-secret"), frame(b"ping-secret", 0x9), frame(b"part-secret", fin=False))
        client.send(frame(b"rest-secret", 0x0), frame(b"\x03\xe8close-secret", 0x8))
        await client.end()
        bad = await answer(ready, request(path="/ws?token=query-secret", sec_websocket_key=None))
        assert bad[0] == 400
    assert "secret" not in caplog.text
    await client.leave()


async def test_refused_handshake_is_no_error_in_the_log(
    ready: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """A client's bad handshake gets its answer, and nothing is logged as an error."""
    for headers in ({"sec_websocket_protocol": "mqtt"}, {"sec_websocket_version": "8"}):
        await answer(ready, request(**headers))
    client = await Client.dial(ready.port)
    client.send(b"nonsense\r\n\r\n")
    await client.end()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    await client.leave()
