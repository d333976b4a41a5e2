"""The session cookie of the console's pages, and the Origin that it is taken with."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from onethread.identity.credentials import is_loopback

NAME: Final = "onethread_session"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def own_origin(origin: str | None, host: str) -> bool:
    """Tell whether a page of this Origin is the server's own: it has the host and port of the Host header.

    The scheme is not compared: behind a proxy that ends TLS the server sees another one than the page.
    """
    try:
        page = urlsplit(origin or "")
        default = _DEFAULT_PORTS[page.scheme]
        here = urlsplit(f"//{host}")
        return bool(page.hostname) and (page.hostname, page.port or default) == (
            here.hostname,
            here.port or default,
        )
    except (KeyError, ValueError):
        return False


def session_token(origin: str | None, host: str, cookies: Mapping[str, str]) -> str | None:
    """Return the session token that a request's cookie holds; None without one, or from another's page."""
    return cookies[NAME] if NAME in cookies and own_origin(origin, host) else None


def secure(host: str) -> bool:
    """Tell whether the cookie is for https only: on every host but this machine's own names."""
    return not is_loopback(f"http://{host}")
