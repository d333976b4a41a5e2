"""Calls webhooks' URLs: only addresses that may be reached, whatever a name leads to.

httpcore speaks HTTP and keeps connections; it follows no redirect, reads no proxy from the environment and
keeps no cookie. Every connection it opens goes through `_Network`, which looks the name up itself, refuses it
if any of its addresses may not be reached, and connects to one of those that it has seen: so a name that
leads elsewhere a moment later (DNS rebinding) gets nobody anywhere. TLS is checked against the URL's name.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from importlib.metadata import version
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Final, Self, TypeAlias, cast

import httpcore

from onethread.webhooks.addresses import Address, Network, may_reach

PATIENCE: Final = 10.0
"""Seconds for a whole call, from the look-up of the name to the end of the answer."""
LARGEST: Final = 64 * 1024
"""Bytes of an answer that are read, and thrown away, as only its status counts; after more it is cut."""
KEPT_SECONDS: Final = 20.0
"""How long a connection that nothing is sent through is kept."""
LOOK_UPS: Final = 4
"""Names looked up at a time, in threads of their own: the C library can't be told to stop, and what hangs in
it must not hold up anybody else."""
_WHY_CHARACTERS: Final = 200

LookUp: TypeAlias = Callable[[str, int], Awaitable[Sequence[Address]]]


class _Forbidden(Exception):
    """The name or address may not be reached."""


class Client:
    """`async with Client(allowed) as client:` calls public addresses and those of the allowed networks.

    `look_up` gives a name's addresses; OSError: it has none.
    """

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        *,
        patience: float = PATIENCE,
        trusted: ssl.SSLContext | None = None,
        look_up: LookUp | None = None,
    ) -> None:
        self._threads = ThreadPoolExecutor(LOOK_UPS, "webhooks")
        self._patience = patience
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trusted or ssl.create_default_context(),
            max_connections=None,  # whoever calls has a bound of its own
            keepalive_expiry=KEPT_SECONDS,
            network_backend=_Network(allowed, look_up or self._look_up),
        )
        self._agent = f"Onethread/{version('onethread')}"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> str:
        """Send JSON; return "" if it was answered with 2xx in time, else why it failed, for a person."""
        sent = {"Content-Type": "application/json", "User-Agent": self._agent, **headers}
        try:
            async with asyncio.timeout(self._patience):
                status = await self._exchange(url, sent, body)
        except TimeoutError:
            return f"no answer within {self._patience:g} s"
        except _Forbidden as forbidden:
            return str(forbidden)
        except (socket.gaierror, UnicodeError):
            return "the name has no address"
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            return f"no connection: {error or type(error).__name__}"[:_WHY_CHARACTERS]
        if status // 100 == 3:
            return f"HTTP {status}: redirects are not followed"
        return "" if status // 100 == 2 else f"HTTP {status}"

    async def _exchange(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        named = [(name.encode(), value.encode()) for name, value in headers.items()]
        async with (
            self._pool.stream("POST", url.encode(), headers=named, content=body) as response,
            aclosing(cast("AsyncGenerator[bytes]", response.aiter_stream())) as parts,
        ):
            size = 0
            async for part in parts:
                size += len(part)
                if size > LARGEST:
                    break
            return response.status

    async def _look_up(self, name: str, port: int) -> list[Address]:
        def ask() -> list[Any]:
            return socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)

        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        return [ip_address(place[0]) for *_, place in found]


class _Network(httpcore.AsyncNetworkBackend):
    def __init__(self, allowed: Sequence[Network], look_up: LookUp) -> None:
        self._allowed = allowed
        self._look_up = look_up
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = list(dict.fromkeys(await self._look_up(host, port)))
        for address in addresses:
            if not may_reach(address, self._allowed):
                raise _Forbidden(f"{address} is no public address")
        failed: Exception = OSError("there is no address")
        for address in addresses:
            try:
                return await self._network.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except httpcore.ConnectError as error:
                failed = error
        raise failed
