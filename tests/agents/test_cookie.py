"""The session cookie, and the Origin that it counts with."""

import pytest

from onethread.agents.cookie import NAME, own_origin, secure, session_token


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://localhost:8000", "LOCALHOST:8000"),
        ("https://chat.example", "chat.example"),
        ("https://chat.example", "chat.example:443"),
        ("http://chat.example:80", "chat.example"),
        ("https://CHAT.example:8443", "chat.example:8443"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_the_servers_own_pages(origin: str, host: str) -> None:
    """Host and port are the same, in any case and with or without a scheme's own port."""
    assert own_origin(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "chat.example"),
        ("", "chat.example"),
        ("null", "chat.example"),
        ("https://evil.example", "chat.example"),
        ("https://chat.example.evil.example", "chat.example"),
        ("https://chat.example:8443", "chat.example"),
        ("http://chat.example", "chat.example:443"),
        ("file://chat.example", "chat.example"),
        ("https://chat.example:x", "chat.example"),
        ("https://", ""),
        ("https://[chat", "chat.example"),
        ("https://chat.example", "chat.example:x"),
    ],
)
def test_all_others(origin: str | None, host: str) -> None:
    """No Origin, another's, another port's, and what is none."""
    assert not own_origin(origin, host)


def test_the_cookie_counts_with_the_own_origin_only() -> None:
    """A page of another site can make a browser send it, but not with this Origin."""
    cookies = {NAME: "ots_x~demo", "other": "y"}
    assert session_token("https://chat.example", "chat.example", cookies) == "ots_x~demo"
    assert session_token("https://evil.example", "chat.example", cookies) is None
    assert session_token(None, "chat.example", cookies) is None
    assert session_token("https://chat.example", "chat.example", {}) is None


@pytest.mark.parametrize(
    ("host", "needed"),
    [
        ("127.0.0.1:8000", False),
        ("localhost", False),
        ("[::1]:9", False),
        ("chat.example", True),
        ("", True),
        ("localhost.evil.example", True),
    ],
)
def test_the_cookie_is_for_https_but_on_loopback(host: str, *, needed: bool) -> None:
    """On this machine `make run` speaks http."""
    assert secure(host) is needed
