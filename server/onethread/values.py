"""How the texts of settings become values; each reader raises ValueError that says what is expected."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network

STORE_SCHEMES = ("redis", "rediss", "unix")
# HMAC-SHA256 is as strong as its key: 32 bytes, the size of its output (RFC 2104 section 3).
SECRET_KEY_BYTES = 32
QUOTED_CHARACTERS = 64
SIZE_UNITS = {"": 1, "b": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30, "kb": 10**3, "mb": 10**6, "gb": 10**9}


def quoted(text: str) -> str:
    """A value as an error may show it: in quotes, shortened to 64 characters, without a URL's password."""
    text = re.sub(r"//.*@", "//***@", text)
    text = re.sub(r"(password=)[^&]*", r"\1***", text)
    return repr(text if len(text) <= QUOTED_CHARACTERS else text[: QUOTED_CHARACTERS - 1] + "…")


def store_url(text: str) -> str:
    """A store's address, with a host and a port, or with the path of a socket."""
    try:
        parts = urlsplit(text)
        place = parts.path if parts.scheme == "unix" else parts.hostname
        known = parts.scheme in STORE_SCHEMES and bool(place) and parts.port != 0
    except ValueError:  # a port that is none
        known = False
    if not known:
        raise ValueError("is no address of a store: redis://HOST:PORT, rediss://HOST:PORT, unix:///PATH")
    return text


def path(text: str) -> Path:
    """A path; `~` is the home folder."""
    return Path(text).expanduser()


def secret(text: str) -> bytes:
    """A key's bytes."""
    key = text.encode()
    if len(key) < SECRET_KEY_BYTES:
        raise ValueError(
            f"has {len(key)} bytes, at least {SECRET_KEY_BYTES} are needed: openssl rand -hex 32"
        )
    return key


def integer(text: str, *, least: int = 0, most: int = 10**9) -> int:
    """A whole number within bounds."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise ValueError(f"is not a whole number from {least} to {most}")
    return number


def number(text: str, *, least: float = 0, most: float = 10**9) -> float:
    """A finite number within bounds."""
    try:
        value = float(text)
    except ValueError:
        value = least - 1
    if not least <= value <= most:  # false for NaN too
        raise ValueError(f"is not a number from {least:g} to {most:g}")
    return value


def seconds(text: str) -> float:
    """A time of 0.05 s to an hour, as `25` or `25s`: pings closer together would be most of the traffic."""
    return number(text.removesuffix("s"), least=0.05, most=3600)


def size(text: str, *, least: int, most: int) -> int:
    """Bytes, as `1048576` or with a unit, `1MiB`."""
    match = re.fullmatch(r"(\d{1,12})\s*([A-Za-z]*)", text)
    unit = SIZE_UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None or not least <= int(match[1]) * unit <= most:
        raise ValueError(f"is not a size from {least} to {most} bytes, such as 1048576 or 1MiB")
    return int(match[1]) * unit


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas; bits beside the mask (10.0.0.5/8) are an error."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ValueError(f"is no list of addresses and networks: {error}") from None


def networks_or_all(text: str) -> tuple[Network, ...]:
    """Addresses and networks, or all of them: `all`, and what people write to switch something on."""
    if text.lower() in ("all", "true", "yes", "on", "1"):
        return (ip_network("0.0.0.0/0"), ip_network("::/0"))
    return networks(text)
