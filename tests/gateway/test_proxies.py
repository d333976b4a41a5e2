"""Whose word is taken for a client's address."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.gateway.proxies import HOPS, TrustedProxies

PROXIES = TrustedProxies([ip_network(text) for text in ("10.0.0.0/8", "192.0.2.1/32", "2001:db8:aa::/48")])
PROXY, CLIENT, LIAR = "10.0.0.1", "203.0.113.7", "198.51.100.66"


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        # Nobody in between, or nobody who is trusted: the header is the client's own word.
        (CLIENT, [], CLIENT),
        (CLIENT, [LIAR], CLIENT),
        ("2001:db8:bb::1", [LIAR], "2001:db8:bb::1"),
        # One proxy; what stands before its entry, the client wrote.
        (PROXY, [CLIENT], CLIENT),
        (PROXY, [f"{LIAR}, {CLIENT}"], CLIENT),
        (PROXY, [LIAR, CLIENT], CLIENT),
        # Several proxies, in one header or in several.
        (PROXY, [f"{CLIENT}, 10.1.2.3, 192.0.2.1"], CLIENT),
        (PROXY, [f"{LIAR}, {CLIENT}", "10.1.2.3", "192.0.2.1"], CLIENT),
        (PROXY, [f"{LIAR}, 10.9.9.9, {CLIENT}, 10.1.2.3"], CLIENT),
        # All of them proxies: the one farthest from us.
        (PROXY, ["10.3.3.3, 10.2.2.2"], "10.3.3.3"),
        (PROXY, [], PROXY),
        # IPv6, ports, zones and spaces.
        ("2001:db8:aa::1", ["2001:DB8:bb:0:0::1"], "2001:db8:bb::1"),
        (PROXY, [f"  {CLIENT}:4711 ,\t10.2.2.2:80"], CLIENT),
        (PROXY, ["[2001:db8:bb::1]:4711"], "2001:db8:bb::1"),
        (PROXY, ["[2001:db8:bb::1]"], "2001:db8:bb::1"),
        (PROXY, ["fe80::1%eth0"], "fe80::1"),
        ("fe80::1%eth0", [], "fe80::1"),
        # IPv4 in IPv6 is IPv4, for trust too.
        ("::ffff:10.0.0.1", ["::ffff:203.0.113.7"], CLIENT),
        (f"::ffff:{CLIENT}", [LIAR], CLIENT),
        # What is no address ends the reading at the proxy that wrote it.
        *(
            (PROXY, [f"{LIAR}, {bad}"], PROXY)
            for bad in (
                "unknown",
                "_hidden",
                "",
                "1.2.3",
                "1.2.3.4.5",
                "01.2.3.4",
                "1.2.3.4:",
                "1.2.3.4:x",
                "1.2.3.4:123456",
                "1.2.3.4:²",
                "1.2.3.4%eth0",
                "[2001:db8::1",
                "[2001:db8::1]x",
                "[]",
                "[1.2.3.4]:",
                "2001:db8::1::",
                "for=1.2.3.4",
                '"1.2.3.4"',
                "999.1.1.1",
                "\x00",
            )
        ),
        (PROXY, [f"{LIAR}, unknown, 10.2.2.2"], "10.2.2.2"),
        # A peer without an address (a Unix socket) is nobody's proxy.
        ("", [LIAR], ""),
    ],
)
def test_client_is_the_nearest_who_is_no_trusted_proxy(peer: str, forwarded: list[str], client: str) -> None:
    """Each entry is believed only as far as the one who wrote it is trusted."""
    assert PROXIES.client(peer, forwarded) == client


def test_without_trusted_proxies_headers_are_ignored() -> None:
    """The default trusts nobody, not even the loopback."""
    assert TrustedProxies().client("127.0.0.1", [CLIENT]) == "127.0.0.1"


def test_endless_list_is_not_read_to_its_end() -> None:
    """A header of thousands of entries costs a bounded look."""
    entries = [f"10.0.{i // 250}.{i % 250}" for i in range(5_000)]
    assert PROXIES.client(PROXY, [",".join(entries)]) == entries[-HOPS]


@given(st.text(max_size=40), st.lists(st.text(max_size=60), max_size=4))
def test_no_header_whatever_raises(peer: str, forwarded: list[str]) -> None:
    """Any text is answered with some address, or with the peer as it was."""
    assert isinstance(PROXIES.client(peer, forwarded), str)
    assert isinstance(PROXIES.client(PROXY, forwarded), str)
