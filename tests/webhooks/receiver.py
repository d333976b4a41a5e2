"""A backend that receives webhooks: a real HTTP server on a loopback port, by the standard library."""

import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

PATIENCE = 20.0
"""Seconds that something may take before a test is given up."""


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """What the message says that it tells of."""
        return str(self.json["data"]["event"]["text"])


Answer = tuple[int, dict[str, str], bytes]
OK: Answer = (204, {}, b"")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # of more than 5 connections at once, some would wait a second


class Receiver:
    """`answer` says what becomes of a request; everything that was received is in `received`, in order."""

    def __init__(self, answer: Callable[[Received], Answer] = lambda one: OK, pem: str | None = None) -> None:
        self.answer = answer
        self.received: list[Received] = []
        self._changed = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._scheme = "http"
        if pem is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self._scheme = "https"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def url(self, host: str = "127.0.0.1", path: str = "/hooks") -> str:
        """Its URL by a name."""
        return f"{self._scheme}://{host}:{self.port}{path}"

    def wait(self, until: Callable[[list[Received]], bool]) -> list[Received]:
        """Wait until what was received is so, and return it."""
        deadline = time.monotonic() + PATIENCE
        with self._changed:
            while not until(self.received):
                if not self._changed.wait(deadline - time.monotonic()):
                    raise AssertionError(
                        f"received only {[(one.path, one.body[:300]) for one in self.received]}"
                    )
            return list(self.received)

    def _take(self, one: Received) -> Answer:
        answer = self.answer(one)
        with self._changed:
            self.received.append(one)
            self._changed.notify_all()
        return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                port = int(self.client_address[1])
                status, more, answer = receiver._take(Received(self.path, headers, body, port))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(answer)), **more}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def texts(received: list[Received]) -> list[str]:
    """What the messages say, of each the first time it was told."""
    return list(dict.fromkeys(one.text for one in received))
