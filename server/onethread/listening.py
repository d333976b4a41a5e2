"""The socket that a server listens on."""

from __future__ import annotations

import errno
import socket
from ipaddress import ip_address
from typing import Any, Final, NamedTuple

from onethread.settings import SettingsError

# Connections that wait to be accepted: a restart brings all devices back within seconds.
BACKLOG = 4096


class Source(NamedTuple):
    """Which option or variable gave a host, and which a port: an error names it."""

    host: str = "--host"
    port: str = "--port"


OPTIONS: Final = Source()


def listen(host: str, port: int, *, loopback_only: bool = False, source: Source = OPTIONS) -> socket.socket:
    """A socket that listens there; of a name's addresses the first, IPv4 before IPv6; `::` is IPv4 too.

    Raises SettingsError, naming where host and port are from, when that can't be or, with `loopback_only`, is
    not loopback.
    """
    family, address = _resolve(host, port, source)
    if loopback_only and not ip_address(address[0].partition("%")[0]).is_loopback:
        raise SettingsError(
            f"--demo: {source.host} {host!r} is not loopback, and the demo's secrets are public"
        )
    dual = family == socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(address, family=family, backlog=BACKLOG, dualstack_ipv6=dual)
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            reason = "is in use" if error.errno == errno.EADDRINUSE else "is not allowed to this user"
            raise SettingsError(f"{source.port}: '{port}' {reason}") from None
        raise SettingsError(f"{source.host}: {host!r} is no address of this machine") from None


def websocket_url(listener: socket.socket) -> str:
    """Where clients reach it, as seen from this machine."""
    host, port = listener.getsockname()[:2]
    return f"ws://[{host}]:{port}/ws" if listener.family == socket.AF_INET6 else f"ws://{host}:{port}/ws"


def _resolve(host: str, port: int, source: Source) -> tuple[socket.AddressFamily, Any]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise SettingsError(f"{source.host}: {host!r} is no address of this machine") from None
    found.sort(key=lambda info: info[0] != socket.AF_INET)
    return found[0][0], found[0][4]
