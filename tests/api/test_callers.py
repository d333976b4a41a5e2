"""How a request says who makes it."""

import pytest
from starlette.requests import Request

from onethread.api.callers import presented
from onethread.api.problems import Problem

COOKIE = ("cookie", "theme=dark; onethread_session=ots_c~acme")
HOST = ("host", "chat.example")


def request(*headers: tuple[str, str], method: str = "GET") -> Request:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return Request({"type": "http", "method": method, "headers": raw})


@pytest.mark.parametrize("value", ["Bearer k", "bearer k", "BEARER  k "])
def test_a_bearer(value: str) -> None:
    """The scheme's case doesn't matter; an Authorization header counts before a cookie."""
    assert presented(request(("authorization", value), COOKIE)) == "k"


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic azo=", "k"])
def test_no_bearer(value: str) -> None:
    """Another scheme or an empty token is refused, with a cookie beside it too."""
    headers = [("authorization", value), COOKIE, HOST, ("origin", "https://chat.example")]
    with pytest.raises(Problem, match="bad_credentials"):
        presented(request(*headers))


def test_two_bearers() -> None:
    """Of two Authorization headers it would be unclear which one counts."""
    with pytest.raises(Problem, match="bad_credentials"):
        presented(request(("authorization", "Bearer a"), ("authorization", "Bearer b")))


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", [("origin", "https://chat.example")]),
        ("GET", [("origin", "https://chat.example")]),
        ("GET", [("sec-fetch-site", "same-origin")]),
        ("HEAD", [("sec-fetch-site", "same-origin")]),
    ],
)
def test_a_cookie_of_the_servers_own_page(method: str, headers: list[tuple[str, str]]) -> None:
    """A page of the server's own Origin is let in by its cookie; its reads have no Origin header."""
    assert presented(request(HOST, COOKIE, *headers, method=method)) == "ots_c~acme"


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", []),
        ("GET", []),
        ("POST", [("sec-fetch-site", "same-origin")]),
        ("GET", [("sec-fetch-site", "same-site")]),
        ("GET", [("sec-fetch-site", "none")]),
        ("GET", [("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")]),
        ("POST", [("origin", "https://evil.example")]),
        ("POST", [("origin", "null")]),
        ("DELETE", [("origin", "https://chat.example.evil.example")]),
    ],
)
def test_a_cookie_of_another_page(method: str, headers: list[tuple[str, str]]) -> None:
    """No other site's page can use somebody's cookie, not even to read."""
    with pytest.raises(Problem, match="own pages"):
        presented(request(HOST, COOKIE, *headers, method=method))


def test_nothing() -> None:
    """Without either, what is needed is told, and how."""
    with pytest.raises(Problem) as caught:
        presented(request(HOST))
    assert caught.value.status == 401
    assert caught.value.headers["WWW-Authenticate"].startswith("Bearer")
