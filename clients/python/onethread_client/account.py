"""Who connects, from what: the fields of `init` that stay the same from one connection to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from onethread_client.wire import Frame, check_frame


@dataclass(slots=True)
class Account:
    """`user` and `device` are the maps of WIRE.md section 2. Secrets are not in the repr."""

    org: str
    app_id: int
    app_secret: str = field(repr=False)
    device: Mapping[str, object]
    user: Mapping[str, object] | None = field(default=None, repr=False)
    page: Mapping[str, object] | None = None
    tail: int | None = None

    @property
    def has_user(self) -> bool:
        """Whether the init has a `user_id`: some closes may be reconnected only then."""
        return (self.user or {}).get("user_id") is not None

    def check(self) -> None:
        """Raises `ValueError` for fields that no init could carry."""
        check_frame(self.init(None, {}, None))

    def init(self, token: str | None, tokens: Frame, resume: Frame | None) -> Frame:
        """The first frame of a connection."""
        frame: Frame = {"t": "init", "org": self.org, "app_id": self.app_id, "app_secret": self.app_secret}
        optional = {"user": self.user, "page": self.page, "tail": self.tail, "token": token, "resume": resume}
        return frame | {"device": self.device} | tokens | {k: v for k, v in optional.items() if v is not None}
