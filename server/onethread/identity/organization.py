"""An organization and its apps, as the store keeps them and as identity is decided from them."""

from typing import Final, Literal, TypeAlias

import msgspec

IdentityPolicy: TypeAlias = Literal["open", "sticky", "signed"]
Pinning: TypeAlias = Literal["first_use", "backend"]
OnRefused: TypeAlias = Literal["clean_chat", "close"]

Scope: TypeAlias = Literal["read", "write", "admin"]
"""What an API key may do; each scope has those before it."""
SCOPES: Final[tuple[Scope, ...]] = ("read", "write", "admin")

IDENTITY_KEYS: Final = 2
"""Identity keys that can be valid at a time (WIRE.md section 8, Proofs): of a change the old and the new."""


class PrechatField(msgspec.Struct, frozen=True):
    """One field of an app's pre-chat form."""

    name: Literal["name", "email", "phone", "company"]
    required: bool = True


PRECHAT_FIELDS: Final = (PrechatField("name"), PrechatField("email"))
"""What an app asks of a visitor unless it is set otherwise (DESIGN.md section 5)."""


class App(msgspec.Struct, frozen=True, kw_only=True):
    """One installation of an organization. `origins` lists the Origin headers it accepts; empty: all."""

    app_id: int
    secret: str
    name: str = ""
    origins: tuple[str, ...] = ()
    prechat_fields: tuple[PrechatField, ...] = PRECHAT_FIELDS

    def __repr__(self) -> str:
        """Leave the secret out: a repr ends up in logs and exception texts."""
        return f"App(app_id={self.app_id})"


class Organization(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant with its settings, its apps by `app_id` and its identity keys by `kid`.

    Raises ValueError (msgspec.ValidationError when decoded) with more than IDENTITY_KEYS keys.
    """

    org: str
    name: str
    identity: IdentityPolicy = "sticky"
    pinning: Pinning = "first_use"
    on_refused: OnRefused = "clean_chat"
    shards: int = 1
    apps: dict[int, App] = {}
    identity_keys: dict[str, str] = {}

    def __post_init__(self) -> None:
        if len(self.identity_keys) > IDENTITY_KEYS:
            raise ValueError(f"an organization has at most {IDENTITY_KEYS} identity keys")

    def __repr__(self) -> str:
        """Leave secrets and keys out: a repr ends up in logs and exception texts."""
        return f"Organization(org={self.org!r})"
