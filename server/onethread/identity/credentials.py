"""Whether an init comes from an app of the organization, and from a page that the app lists."""

import hashlib
import ipaddress
import re
from hmac import compare_digest
from typing import Final
from urllib.parse import urlsplit

from onethread.identity.organization import App, Organization

LOOPBACK: Final = "loopback"
"""An entry of `App.origins` that lists every http(s) page of this machine, whatever its port."""

_NOBODY: Final = App(app_id=0, secret="")  # no init can match it: an app_secret has 1 character or more
_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s?#@]+")
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


def find_app(organization: Organization | None, app_id: int, app_secret: str) -> App | None:
    """Return the app that these credentials are of, or None.

    The same work is done whichever of the three is wrong (WIRE.md section 8): an unknown organization or app
    compares too, and digests are compared, so that not even the secret's length shows in the time taken.
    """
    apps = {} if organization is None else organization.apps
    app = apps.get(app_id, _NOBODY)
    same = compare_digest(_digest(app.secret), _digest(app_secret))
    return app if same and app is not _NOBODY else None


def origin_allowed(app: App, origin: str | None) -> bool:
    """Tell whether a connection with this Origin header (None: it had none) may use the app.

    An empty list allows all and no header is always allowed; `null` only if listed. Upper and lower case, a
    final slash and a scheme's own port make no difference to a listed origin.
    """
    if origin is None or not app.origins:
        return True
    listed = {_plain(entry) for entry in app.origins}
    return _plain(origin) in listed or (LOOPBACK in listed and is_loopback(origin))


def is_origin(entry: str) -> bool:
    """Tell whether this may stand in `App.origins`: an origin as browsers send it, `null`, or LOOPBACK."""
    return entry in ("null", LOOPBACK) or _ORIGIN.fullmatch(entry.lower()) is not None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _plain(origin: str) -> str:
    plain = origin.lower().rstrip("/")
    scheme = plain.partition("://")[0]
    return plain.removesuffix(_DEFAULT_PORTS.get(scheme, "/"))


def is_loopback(origin: str) -> bool:
    """Tell whether an http(s) origin is one of this machine's own names."""
    try:
        parts = urlsplit(origin)
        host = parts.hostname or ""
        if parts.scheme not in _DEFAULT_PORTS or parts.username is not None:
            return False
        return host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
