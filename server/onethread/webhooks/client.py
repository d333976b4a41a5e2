"""Calls webhooks' URLs: only addresses that may be reached, whatever a name leads to.

aiohttp speaks HTTP and keeps connections. Told so, it follows no redirect and keeps no cookie, and it reads
no proxy from the environment. A name is looked up for each connection, and refused if any of its addresses
may not be reached. A socket is made for one address, which is checked at that moment: so neither a name that
is answered differently then (DNS rebinding) nor an address in place of a name leads anywhere else. TLS is
checked against the URL's name.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from onethread.webhooks.addresses import Address, Network, may_reach

PATIENCE: Final = 10.0
"""Seconds for a whole call, from the look-up of the name to the answer's status."""
LARGEST: Final = 64 * 1024
"""Bytes of an answer that are read, and thrown away, as only its status counts; after more it is cut."""
DRAINED: Final = 0.25
"""Seconds in which an answer may end for its connection to be kept: about what a new one costs."""
KEPT_SECONDS: Final = 20.0
"""How long a connection that nothing is sent through is kept."""
LOOK_UPS: Final = 4
"""Names looked up at a time, in threads of their own: the C library can't be told to stop, and what hangs in
it must not hold up anybody else."""
_WHY_CHARACTERS: Final = 200

LookUp: TypeAlias = Callable[[str, int], Awaitable[Sequence[Address]]]


class _Forbidden(Exception):
    """The address may not be reached."""


class Client:
    """`async with Client(allowed) as client:` calls public addresses and those of the allowed networks.

    `look_up` gives a name's addresses; OSError: it has none. `trusted` has the authorities of certificates;
    the system's unless given.
    """

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        *,
        patience: float = PATIENCE,
        trusted: ssl.SSLContext | None = None,
        look_up: LookUp | None = None,
    ) -> None:
        self._allowed = allowed
        self._patience = patience
        self._trusted = trusted
        self._threads = ThreadPoolExecutor(LOOK_UPS, "webhooks")
        self._look_up = look_up or self._ask_system
        self._agent = f"Onethread/{version('onethread')}"
        self._session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # whoever calls has a bound of its own
                ssl=self._trusted or ssl.create_default_context(),
                resolver=_Resolver(self._look_up, self._check),
                use_dns_cache=False,
                socket_factory=self._socket,
                keepalive_timeout=KEPT_SECONDS,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> str:
        """Send JSON; return "" if it was answered with 2xx in time, else why it failed, for a person."""
        sent = {"Content-Type": "application/json", "User-Agent": self._agent, **headers}
        try:
            async with asyncio.timeout(self._patience):
                # As it is: to be spelled in another way may be to lead elsewhere.
                response = await self._session.post(
                    URL(url, encoded=True), headers=sent, data=body, allow_redirects=False
                )
        except TimeoutError:
            return f"no answer within {self._patience:g} s"
        except _Forbidden as forbidden:
            return str(forbidden)
        except (aiohttp.ClientConnectorDNSError, UnicodeError):
            return "the name has no address"
        except aiohttp.InvalidURL:
            return "the URL's host is no name, and no address as it is usually written"
        except aiohttp.ClientResponseError:
            return "the answer is no HTTP"
        except (aiohttp.ClientError, OSError) as error:
            return f"no connection: {_reason(error)}"[:_WHY_CHARACTERS]
        status = response.status
        await _drain(response)
        if status // 100 == 3:
            return f"HTTP {status}: redirects are not followed"
        return "" if status // 100 == 2 else f"HTTP {status}"

    def _check(self, address: Address) -> None:
        if not may_reach(address, self._allowed):
            raise _Forbidden(f"{address} is no public address")

    def _socket(self, place: Any) -> socket.socket:
        family, kind, protocol, _, target = place
        self._check(ip_address(target[0]))
        return socket.socket(family, kind, protocol)

    async def _ask_system(self, name: str, port: int) -> list[Address]:
        def ask() -> list[Any]:
            return socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)

        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        return [ip_address(place[0]) for *_, place in found]


async def _drain(response: aiohttp.ClientResponse) -> None:
    """Read an answer to its end, so that its connection is kept; if that takes long, close it."""
    left = LARGEST
    async with response:
        with suppress(TimeoutError, aiohttp.ClientError, OSError):
            async with asyncio.timeout(DRAINED):
                while left > 0 and (part := await response.content.read(left)):
                    left -= len(part)


def _reason(error: Exception) -> str:
    """Return what went wrong, without how aiohttp was set up."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return str(error.certificate_error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error.strerror or str(error.os_error)
    return str(error) or type(error).__name__


class _Resolver(AbstractResolver):
    def __init__(self, look_up: LookUp, check: Callable[[Address], None]) -> None:
        self._look_up = look_up
        self._check = check

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        addresses = list(dict.fromkeys(await self._look_up(host, port)))
        for address in addresses:
            self._check(address)
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""
