"""Whom a webhook may reach."""

from ipaddress import ip_address, ip_network

import pytest

from onethread.webhooks.addresses import UrlError, check_url, may_reach

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_what_is_not_public_is_refused(address: str) -> None:
    """Also an IPv4 address inside an IPv6 one; and as a URL's host, before anything is sent."""
    assert not may_reach(ip_address(address), ())
    host = f"[{address.replace('%', '%25')}]" if ":" in address else address
    with pytest.raises(UrlError):
        check_url(f"https://{host}/", ())


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",
    ],
)
def test_what_is_public_is_reached(address: str) -> None:
    """What lies next to a private network too."""
    assert may_reach(ip_address(address), ())


def test_what_is_allowed_is_reached() -> None:
    """The networks that the installation names, however the address is written, and no others."""
    for address in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "1.1.1.1"):
        assert may_reach(ip_address(address), LOOPBACK)
    for address in ("10.0.0.1", "fe80::1", "169.254.169.254"):
        assert not may_reach(ip_address(address), LOOPBACK)


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "https://shop.example:8443/hooks?key=1",
        "https://1.1.1.1/",
        "https://[2606:4700::1111]/",
        "https://xn--bcher-kva.example/",
        "https://2130706433/",  # a number may stand for an address: that is seen when it is called
    ],
)
def test_urls(url: str) -> None:
    """What may be a webhook's is kept as it is."""
    assert check_url(url, ()) == url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://shop.example/", "begin with https://"),
        ("ftp://shop.example/", "begin with https://"),
        ("//shop.example/", "begin with https://"),
        ("shop.example", "begin with https://"),
        ("https:///hooks", "a URL"),
        ("https://shop.example:0/", "a URL"),
        ("https://shop.example:99999/", "a URL"),
        ("https://[::1/", "a URL"),
        ("https://bücher.example/", "ASCII"),
        ("https://shop.example/a b?key=hush", "ASCII"),
        ("https://shop.example/\r\nX: y", "ASCII"),
        ("https://shop.example\\@127.0.0.1/", "ASCII"),
        ("https://ana:hush@shop.example/", "user"),
        ("https://shop.example/#hush", "fragment"),
        (f"https://shop.example/{'x' * 2048}", "at most 2048"),
        ("https://127.0.0.1/", 'public address, not "https://127.0.0.1/"'),
        ("https://[::1]:8443/", "public address"),
    ],
)
def test_urls_that_can_not_be_a_webhooks(url: str, expected: str) -> None:
    """The sentence says what is wrong and quotes the URL, but for what may be secret in it."""
    with pytest.raises(UrlError, match=expected) as caught:
        check_url(url, ())
    assert "hush" not in str(caught.value)
    assert 'not "' in str(caught.value)


def test_plain_http_is_for_those_who_allow_private_addresses() -> None:
    """Nobody else's network is on the way."""
    assert check_url("http://127.0.0.1:9000/", LOOPBACK)
    assert check_url("http://backend.internal/", LOOPBACK)
    with pytest.raises(UrlError, match="https:// or http://"):
        check_url("gopher://127.0.0.1/", LOOPBACK)
    with pytest.raises(UrlError, match="public"):
        check_url("http://10.0.0.1/", LOOPBACK)
