"""Whose word is taken for a client's address: X-Forwarded-For of trusted proxies. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

HOPS: Final = 32
"""Entries looked at, from the nearest on: more trusted proxies in a row than anybody has."""


class TrustedProxies:
    """The networks whose X-Forwarded-For is believed; none of them: every header is ignored."""

    __slots__ = ("_networks",)

    def __init__(self, networks: Sequence[Network] = ()) -> None:
        self._networks = tuple(networks)

    def client(self, peer: str, forwarded: Iterable[str]) -> str:
        """The address nearest to us that is not a trusted proxy's.

        `peer` is the socket's other end, "" if unknown; `forwarded` has the values of all X-Forwarded-For
        headers in order. Each proxy appends the address it was called from, so the list is read from its end,
        and only as far as the one who wrote an entry is trusted: what a client put there itself is not. An
        entry that is no address ends the reading at the proxy that wrote it. Addresses come out in their
        shortest form, IPv4 in IPv6 as IPv4, without port and zone; a peer that is no address, unchanged.
        """
        nearest = _read(peer)
        if nearest is None:
            return peer
        entries = _from_the_end(forwarded)
        for _ in range(HOPS):
            if not self._trusts(nearest):
                break
            hop = _read(next(entries, ""))
            if hop is None:
                break
            nearest = hop
        return str(nearest)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def _from_the_end(forwarded: Iterable[str]) -> Iterator[str]:
    for value in reversed(tuple(forwarded)):
        yield from (entry.strip() for entry in reversed(value.split(",")))


def _read(entry: str) -> Address | None:
    """An entry's address: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`."""
    host = entry
    if entry.startswith("["):
        host, bracket, port = entry[1:].partition("]")
        if not bracket or not _is_port(port):
            return None
    elif entry.count(":") == 1:
        host, _, port = entry.partition(":")
        if not _is_port(":" + port):
            return None
    if ":" in host:
        # An IPv6 zone names one of its own machine's interfaces.
        host = host.partition("%")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _is_port(text: str) -> bool:
    """Nothing, or a colon and a port's digits."""
    return not text or (text[0] == ":" and text[1:].isascii() and text[1:].isdigit() and len(text) <= 6)
