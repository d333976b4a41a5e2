"""Whom a webhook may reach: public addresses, and what the installation allows beside them. Pure."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from onethread_protocol.wording import shown

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_CHARACTERS: Final = 2_048
_NAT64: Final = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 4 bytes
_NOWHERE: Final = (
    ip_network("0.0.0.0/8"),  # this host (RFC 1122)
    ip_network("192.88.99.0/24"),  # relays of 6to4, which are no more (RFC 7526)
    ip_network("2002::/16"),  # 6to4: any IPv4 address, through a relay
    ip_network("fec0::/10"),  # site-local, before fc00::/7 took its place (RFC 3879)
)


class UrlError(ValueError):
    """The URL can't be a webhook's; the message says what is expected, and quotes it up to its query."""


def check_url(url: str, allowed: Sequence[Network]) -> str:
    """Return the URL, if it may be a webhook's. Raises UrlError.

    http is for installations that allow private addresses: elsewhere anybody on the way could read it. What a
    name leads to is seen when it is called.
    """
    wrong = _what_is_wrong(url, allowed)
    if wrong:
        raise UrlError(f"{wrong}, not {_shown(url)}")
    return url


def _what_is_wrong(url: str, allowed: Sequence[Network]) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # a port that is none, half an IPv6 address
        return "must be a URL such as https://shop.example/hooks"
    schemes = ("https", "http") if allowed else ("https",)
    if parts.scheme not in schemes:
        return f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    if not host or port == 0 or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return "must be a URL such as https://shop.example/hooks, in ASCII"
    if len(url) > _CHARACTERS:
        return f"must have at most {_CHARACTERS} characters"
    if "@" in parts.netloc or parts.fragment:
        return "must have neither a user, a password nor a fragment"
    literal = _literal(host)
    if literal is not None and not may_reach(literal, allowed):
        return "must lead to a public address"
    return ""


def _shown(url: str) -> str:
    """Return the URL in quotes, up to where secrets may stand, and not more than fits into a sentence."""
    place = re.split(r"[?#]", url, maxsplit=1)[0]
    return f'"{shown(re.sub("//.*@", "//***@", place))}"'


def may_reach(address: Address, allowed: Sequence[Network]) -> bool:
    """Tell whether webhooks may be sent to this address: it is public, or in one of the allowed networks."""
    address = _meant(address)
    if any(address in network for network in allowed if network.version == address.version):
        return True
    if any(address in network for network in _NOWHERE if network.version == address.version):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _meant(address: Address) -> Address:
    """Return the IPv4 address that stands in an IPv6 one, if one does: it is where the packets go."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None
