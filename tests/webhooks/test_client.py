"""Calls to a real server: what counts as told, and whom no name and no answer leads to."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Sequence
from ipaddress import ip_address
from itertools import count
from pathlib import Path

import pytest

from onethread.webhooks.addresses import Address
from onethread.webhooks.client import LARGEST, Client
from tests.webhooks.receiver import OK, Answer, Received, Receiver
from tests.webhooks.test_addresses import LOOPBACK

PEM = Path(__file__).parent.parent / "store" / "link_proxy.pem"


class Names:
    """Leads names where a test says, one answer after the other; the last one stays."""

    def __init__(self, *answers: str) -> None:
        self.answers = [[ip_address(one) for one in answer.split()] for answer in answers]
        self.asked: list[str] = []

    async def __call__(self, name: str, port: int) -> Sequence[Address]:
        self.asked.append(name)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, ""),
        (204, ""),
        (299, ""),
        (301, "HTTP 301: redirects are not followed"),
        (400, "HTTP 400"),
        (410, "HTTP 410"),
        (503, "HTTP 503"),
    ],
)
async def test_statuses(status: int, expected: str) -> None:
    """2xx is told; anything else is not, a redirect least of all: nobody follows it."""
    with (
        Receiver() as elsewhere,
        Receiver(lambda _: (status, {"Location": elsewhere.url()}, b"")) as receiver,
    ):
        async with Client(LOOPBACK) as client:
            assert await client.post(receiver.url(path="/a?b=c"), {"x-one": "1"}, b"{}") == expected
        [one] = receiver.received
        assert (one.path, one.body, one.headers["x-one"]) == ("/a?b=c", b"{}", "1")
        assert one.headers["content-type"] == "application/json"
        assert one.headers["user-agent"].startswith("Onethread/")
        assert elsewhere.received == []


async def test_connections_are_kept() -> None:
    """Many calls go through one, until an answer is longer than anybody needs."""
    lengths = iter([0, 10, LARGEST * 20, 0])
    with Receiver(lambda _: (200, {}, b"x" * next(lengths))) as receiver:
        async with Client(LOOPBACK) as client:
            for _ in range(4):
                assert await client.post(receiver.url(), {}, b"{}") == ""
    first, second, third, fourth = (one.connection for one in receiver.received)
    assert first == second == third != fourth


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "127.1"]
)
async def test_private_addresses_are_refused(host: str) -> None:
    """However they are written: nothing is sent there."""
    with Receiver() as receiver:
        async with Client() as client:
            why = await client.post(receiver.url(host), {}, b"{}")
            assert "is no public address" in why or "no address as it is usually written" in why
        assert receiver.received == []


async def test_a_name_with_one_private_address_is_refused() -> None:
    """Whichever of them would have been taken."""
    with Receiver() as receiver:
        async with Client(look_up=Names("1.1.1.1 127.0.0.1")) as client:
            assert await client.post(receiver.url("x.example"), {}, b"{}") == "127.0.0.1 is no public address"
        assert receiver.received == []


async def test_a_name_is_asked_once_for_each_connection() -> None:
    """What it leads to later, or to whoever asks beside, leads nobody away from what was checked."""
    names = Names("127.0.0.1", "10.0.0.1")
    with Receiver() as receiver:
        async with Client(LOOPBACK, look_up=names) as client:
            assert await client.post(receiver.url("rebound.example"), {}, b"{}") == ""
            assert receiver.received[0].headers["host"] == f"rebound.example:{receiver.port}"
            assert names.asked == ["rebound.example"]
        async with Client(LOOPBACK, look_up=names) as client:
            refused = await client.post(receiver.url("rebound.example"), {}, b"{}")
            assert refused == "10.0.0.1 is no public address"
        assert len(receiver.received) == 1


async def test_the_next_address_is_tried() -> None:
    """When nobody listens at the first."""
    with Receiver() as receiver:
        async with Client(LOOPBACK, look_up=Names("127.0.0.2 127.0.0.1")) as client:
            assert await client.post(receiver.url("two.example"), {}, b"{}") == ""


async def test_a_name_without_an_address() -> None:
    """Is said so, whether nobody knows it or it can be none."""

    async def nobody(name: str, port: int) -> Sequence[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with Client(look_up=nobody) as client:
        assert await client.post("https://nobody.example/", {}, b"{}") == "the name has no address"
    async with Client() as client:
        assert await client.post(f"https://{'x' * 64}.example/", {}, b"{}") == "the name has no address"


async def test_nobody_listens() -> None:
    """Is said so, without the URL."""
    with Receiver() as receiver:
        url = receiver.url(path="/?key=hush")
    async with Client(LOOPBACK) as client:
        why = await client.post(url, {}, b"{}")
    assert why.startswith("no connection: Connect call failed")
    assert "hush" not in why


async def test_an_answer_that_does_not_come() -> None:
    """Is waited for so long and no longer, also a byte at a time."""
    done = threading.Event()

    def answer(one: Received) -> Answer:
        done.wait()
        return OK

    with Receiver(answer) as receiver:
        async with Client(LOOPBACK, patience=0.05) as client:
            assert await client.post(receiver.url(), {}, b"{}") == "no answer within 0.05 s"
        done.set()


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH\r\n", b"", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000])
async def test_what_is_no_http(answer: bytes) -> None:
    """A garbled answer, none, a head without end: none is taken for an answer."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, Client(LOOPBACK) as client:
        why = await client.post(url, {}, b"{}")
        assert why == "the answer is no HTTP" or why.startswith("no connection: ")
        assert "SSH" not in why  # nobody is told what a stranger's machine says


@pytest.mark.parametrize(("status", "expected"), [("200 OK", ""), ("500 Oh", "HTTP 500")])
@pytest.mark.parametrize(
    "rest", ["Content-Length: 99\r\n\r\nx", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"]
)
@pytest.mark.parametrize("ends", [True, False])
async def test_only_the_status_counts(status: str, expected: str, rest: str, ends: bool) -> None:
    """A body that is broken off or never ends makes no difference; its connection is closed."""
    closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(f"HTTP/1.1 {status}\r\n{rest}".encode())
        if not ends:
            await reader.read()
        writer.close()
        closed.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, Client(LOOPBACK) as client:
        assert await client.post(url, {}, b"{}") == expected
        await closed.wait()


async def test_tls() -> None:
    """The certificate must be trusted, and be the name's."""
    trusted = ssl.create_default_context(cafile=str(PEM))
    with Receiver(pem=str(PEM)) as receiver:
        async with Client(LOOPBACK, trusted=trusted, look_up=Names("127.0.0.1")) as client:
            assert await client.post(receiver.url("localhost"), {}, b"{}") == ""
            assert "Hostname mismatch" in await client.post(receiver.url("shop.example"), {}, b"{}")
        async with Client(LOOPBACK) as client:
            assert "self-signed certificate" in await client.post(receiver.url("localhost"), {}, b"{}")
        assert len(receiver.received) == 1


async def test_calls_at_once() -> None:
    """None waits for another."""
    numbers, all_there = count(1), threading.Event()

    def answer(one: Received) -> Answer:
        if next(numbers) == 8:
            all_there.set()
        all_there.wait()
        return OK

    with Receiver(answer) as receiver:
        async with Client(LOOPBACK) as client:
            calls = (client.post(receiver.url(), {}, b"{}") for _ in range(8))
            assert set(await asyncio.gather(*calls)) == {""}
