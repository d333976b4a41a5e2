"""Logs: their two forms, and what never gets into them."""

import io
import json
import logging
import warnings
from collections.abc import Iterator

import msgspec
import pytest
import structlog

from onethread import logs
from onethread.gateway import endpoint
from tests.gateway.client import TEXT, frame
from tests.gateway.harness import serve


class Frame(msgspec.Struct):
    org: str
    app_secret: str


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave the logging of the test session as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_when_it_is_no_terminal() -> None:
    """Elsewhere than on a terminal each event is one line of JSON with level, time and its fields."""
    stream = io.StringIO()
    logs.configure(stream)
    structlog.get_logger().info("drained", connections=3, code=1012)
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["connections"]) == ("drained", "info", 3)
    assert str(line["timestamp"]).endswith("Z")


def test_text_on_a_terminal() -> None:
    """On a terminal an event is a line for a person."""
    stream = io.StringIO()
    logs.configure(stream, terminal=True)
    structlog.get_logger().warning("worker_ended", worker=2)
    assert "worker_ended" in stream.getvalue()
    assert "{" not in stream.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_secrets_are_dropped_by_name(terminal: bool) -> None:
    """Secrets and texts don't get into a line: in maps, sequences and structs neither, whoever logs."""
    stream = io.StringIO()
    logs.configure(stream, terminal=terminal)
    secret = "s3cr3t"
    fields: dict[str, object] = dict.fromkeys(
        (
            "text",
            "token",
            "visitor",
            "clean",
            "app_secret",
            "security_hash",
            "user_hash",
            "api_key",
            "password",
        ),
        secret,
    )
    structlog.get_logger().info("one", org="acme", **fields)
    structlog.get_logger().info("two", user={"security_hash": secret, "name": "Ana"}, all=[{"token": secret}])
    structlog.get_logger().info("three", given=Frame(org="acme", app_secret=secret))
    logging.getLogger("uvicorn.error").error("four", extra={"authorization": secret})
    assert secret not in stream.getvalue()
    assert all(word in stream.getvalue() for word in ("one", "two", "three", "four", "acme", "Ana"))


@pytest.mark.parametrize("terminal", [True, False])
def test_tracebacks_show_no_values(terminal: bool) -> None:
    """An exception is logged with its place and type, and without the variables that were around it."""
    stream = io.StringIO()
    logs.configure(stream, terminal=terminal)
    user_hash = "s3cr3t" * 2
    try:
        raise RuntimeError("broken" + user_hash[:0])
    except RuntimeError:
        structlog.get_logger().exception("failed")
    assert "RuntimeError: broken" in stream.getvalue()
    assert user_hash not in stream.getvalue()


def test_uvicorn_and_warnings_come_through_it() -> None:
    """What uvicorn and Python warn of has the same form; uvicorn's tales of each connection are left out."""
    stream = io.StringIO()
    logs.configure(stream)
    logging.getLogger("uvicorn.error").info(
        '%s - "WebSocket %s" [accepted]', "127.0.0.1:1", "/ws?token=s3cr3t"
    )
    logging.getLogger("uvicorn.access").info('%s - "GET %s"', "127.0.0.1:1", "/metrics")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    first, second = lines(stream)
    assert (first["event"], first["logger"]) == ("Invalid HTTP request received.", "uvicorn.error")
    assert "old" in str(second["event"])


@pytest.mark.parametrize("kind", ["starlette", "swapped"])
async def test_a_clients_invalid_utf8_is_no_error(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """The fallback edge is over uvicorn's own WebSocket, on its server and on ours: 1007, and no line."""
    stream = io.StringIO()
    monkeypatch.setattr(endpoint, "SWAP", "none that there is")
    async with serve(kind) as server:
        logs.configure(stream)
        client, session = await server.open(sec_websocket_protocol="onethread.v1.json")
        client.send(frame(b"caf\xe9", TEXT))
        assert (await client.close_code(), await session.ended()) == (1007, 1007)
        await client.leave()
    assert stream.getvalue() == ""


def test_other_errors_in_reading_text_are_told() -> None:
    """Only uvicorn's own tale of a client's bytes is left out: the same exception elsewhere is a fault."""
    stream = io.StringIO()
    logs.configure(stream)
    for event in ("Exception in ASGI application\n", "a message was not taken"):
        try:
            b"caf\xe9".decode()
        except UnicodeDecodeError:
            logging.getLogger("uvicorn.error").exception(event)
    logging.getLogger("uvicorn.error").error("Invalid UTF-8 sequence received from client.")
    assert len(lines(stream)) == 3
    assert stream.getvalue().count("UnicodeDecodeError") == 2


def test_a_worker_is_told_in_each_line() -> None:
    """What is bound to a process, its worker's index, is in all of its lines."""
    stream = io.StringIO()
    logs.configure(stream)
    structlog.contextvars.bind_contextvars(worker=3)
    structlog.get_logger().info("one")
    logging.getLogger("asyncio").warning("two")
    assert [line["worker"] for line in lines(stream)] == [3, 3]


def test_the_last_configuration_counts() -> None:
    """Configuring again replaces the handler: no line comes twice."""
    first, second = io.StringIO(), io.StringIO()
    logs.configure(first)
    logs.configure(second)
    structlog.get_logger().info("once")
    assert first.getvalue() == ""
    assert len(lines(second)) == 1
