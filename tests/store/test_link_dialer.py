"""Reaching a node: its URL, logging in, TLS, and what refuses the greeting."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from onethread.store.errors import StoreUnavailable
from onethread.store.link import Link
from onethread.store.link_dialer import read_node
from tests.store.link_proxy import CERTIFICATE, Proxy
from tests.store.link_store import Valkey, eventually

PASSWORD = "p@ss:w/o?rd#%20"


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Valkey]:
    """A store that asks for a password."""
    with Valkey(tmp_path, "--requirepass", PASSWORD) as store:
        yield store


def login(url: str, user: str, password: str) -> str:
    """The URL of a TCP node, with these credentials."""
    return url.replace("://", f"://{quote(user, safe='')}:{quote(password, safe='')}@")


async def test_it_logs_in(locked: Valkey) -> None:
    """With a password alone, or a user's name and password, of whatever characters; and is then that user."""
    async with Proxy(locked.path) as proxy:
        async with Link(login(proxy.url, "", PASSWORD)) as link:
            await link.ready()
            assert await link.command("ACL", "WHOAMI") == b"default"
            await link.command("ACL", "SETUSER", "hub", "on", f">{PASSWORD}", "+@all", "~*", "&*")
        async with Link(login(proxy.url, "hub", PASSWORD)) as link:
            await link.ready()
            assert await link.command("ACL", "WHOAMI") == b"hub"


@pytest.mark.parametrize("password", ["", "wrong-secret"])
async def test_a_wrong_password_is_said_and_not_shown(locked: Valkey, password: str) -> None:
    """The trouble names the refusal; neither it nor an error has the password in it."""
    async with Proxy(locked.path) as proxy, Link(login(proxy.url, "", password)) as link:
        await eventually(lambda: "NOAUTH" in link.trouble or "WRONGPASS" in link.trouble)
        with pytest.raises(StoreUnavailable) as caught:
            await link.command("PING")
        assert not link.connected
        assert "wrong-secret" not in link.trouble + str(caught.value)


async def test_it_uses_the_database_of_its_url(store: Valkey) -> None:
    """A key written over a link to database 3 is in database 3."""
    async with Proxy(store.path) as proxy, Link(f"{proxy.url}/3") as third, Link(store.url) as first:
        await third.ready()
        await first.ready()
        await third.command("SET", "key", "third")
        assert await first.command("GET", "key") is None
        assert await third.command("GET", "key") == b"third"
    async with Link(f"{store.url}?db=3") as third:
        await third.ready()
        assert await third.command("GET", "key") == b"third"


async def test_it_speaks_tls(store: Valkey) -> None:
    """With a certificate that the URL says to trust, for the name in the URL."""
    async with Proxy(store.path, tls=True) as proxy:
        url = f"rediss://localhost:{proxy.port}?ssl_ca_certs={quote(str(CERTIFICATE))}"
        async with Link(url) as link:
            await link.ready()
            assert await link.command("PING") == b"PONG"


async def test_it_does_not_trust_just_any_certificate(store: Valkey) -> None:
    """One that nobody vouches for is refused, and the trouble says so."""
    async with Proxy(store.path, tls=True) as proxy, Link(f"rediss://localhost:{proxy.port}") as link:
        await eventually(lambda: "certificate" in link.trouble.lower())
        assert not link.connected


async def test_a_server_that_is_no_store_is_not_taken_for_one(store: Valkey) -> None:
    """TLS where plain text was meant: no connection, and no harm."""
    async with Proxy(store.path, tls=True) as proxy, Link(proxy.url) as link:
        await eventually(lambda: "not dialed" not in link.trouble)
        assert not link.connected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:6379",
        "http://localhost",
        "redis://:pa/ss@localhost:port-secret/0",
        "redis://localhost:99999999",
        "redis://localhost?db=secret",
    ],
)
def test_a_url_of_no_store_is_refused_unquoted(url: str) -> None:
    """At once, and without its text, which may hold a password; not in the chain of causes either."""
    with pytest.raises(ValueError, match="redis://") as caught:
        Link(url)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_node_names_itself_without_credentials() -> None:
    """What is shown of it has host and port, or the path, and no password."""
    node = read_node("redis://user:secret@store.test:7000/2")
    assert node.label == "the store at store.test:7000"
    assert "secret" not in repr(node)
    assert read_node("unix://:secret@/run/a%20b/store.sock").label == "the store at /run/a b/store.sock"
    assert read_node("redis://").label == "the store at localhost:6379"
