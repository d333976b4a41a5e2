"""The server's frames that no log keeps: typing, read positions, profile, presence, authed (WIRE.md section
4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from onethread_client.events import Author, each, may, need


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody types, or stopped."""

    thread: str
    author: Author
    on: bool

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Typing:
        """Reads the frame. Raises `BadFrame`."""
        return cls(need(data, "thread", str), Author.of(need(data, "from", dict)), need(data, "on", bool))


@dataclass(frozen=True, slots=True)
class Read:
    """A side has read up to `seq`; `unread` is what is left to that side."""

    thread: str
    side: str
    seq: int
    unread: int | None

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Read:
        """Reads the frame. Raises `BadFrame`."""
        thread, side = need(data, "thread", str), need(data, "side", str)
        return cls(thread, side, need(data, "seq", int), may(data, "unread", int))


@dataclass(frozen=True, slots=True)
class Profile:
    """The contact as it is now. `form` tells whether the frame spoke of the pre-chat form, `prechat` is that
    form.
    """

    thread: str
    contact: Mapping[str, Any] = field(repr=False)
    form: bool
    prechat: Mapping[str, Any] | None = field(repr=False)
    ref: str | None

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Profile:
        """Reads the frame. Raises `BadFrame`."""
        thread, contact = need(data, "thread", str), need(data, "contact", dict)
        return cls(thread, contact, "prechat" in data, may(data, "prechat", dict), may(data, "ref", str))


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is online: the thread's devices, or how many agents."""

    devices: tuple[Mapping[str, Any], ...] | None
    agents_online: int | None

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Presence:
        """Reads the frame. Raises `BadFrame`."""
        devices = may(data, "devices", list)
        return cls(None if devices is None else each(devices, dict), may(data, "agents_online", int))


@dataclass(frozen=True, slots=True)
class Authed:
    """The fresh token is accepted until `exp` (milliseconds since 1970), `expires_in_ms` from now."""

    exp: int
    expires_in_ms: int
    ref: str | None

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Authed:
        """Reads the frame. Raises `BadFrame`."""
        return cls(need(data, "exp", int), need(data, "expires_in_ms", int), may(data, "ref", str))
