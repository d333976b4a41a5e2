"""The listening socket: where it is, and what is said when it can't be."""

import socket

import pytest

from onethread.listening import listen, websocket_url
from onethread.settings import SettingsError


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.5"])
def test_it_listens(host: str) -> None:
    """A client reaches the socket where its URL says, on a free port when 0 was asked for."""
    with listen(host, 0) as listener:
        address = listener.getsockname()
        assert websocket_url(listener) == f"ws://{address[0]}:{address[1]}/ws"
        with socket.create_connection(address[:2]):
            connection, _ = listener.accept()
            connection.close()


def test_a_taken_port_is_named() -> None:
    """A port in use is an error that names the option and quotes the port."""
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(SettingsError, match=f"--port: '{port}' is in use"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["203.0.113.1", "a" * 300])
def test_an_address_of_another_machine_is_named(host: str) -> None:
    """A host that isn't here is an error that names the option and quotes the host."""
    with pytest.raises(SettingsError, match="--host") as refused:
        listen(host, 0)
    assert repr(host) in str(refused.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "203.0.113.1"])
def test_the_demo_stays_on_loopback(host: str) -> None:
    """The demo's public secrets are never served beyond this machine."""
    with pytest.raises(SettingsError, match="--demo") as refused:
        listen(host, 0, loopback_only=True)
    assert repr(host) in str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.9.9.9"])
def test_the_demo_is_served_on_any_loopback_address(host: str) -> None:
    """Loopback is more than one address."""
    listen(host, 0, loopback_only=True).close()


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_all_addresses_of_both_kinds() -> None:
    """`::` is reached over IPv4 too, and IPv6 addresses are in brackets in a URL."""
    with listen("::", 0) as listener:
        port = listener.getsockname()[1]
        assert websocket_url(listener) == f"ws://[::]:{port}/ws"
        with socket.create_connection(("127.0.0.1", port)):
            listener.accept()[0].close()
