"""The organization acme as these tests meet it: its keys, its customer Ana, and proofs made without the
server's code.
"""

import base64
import hashlib
import hmac
import json
from typing import Any

from msgspec.structs import replace

from onethread.identity.organization import App, Organization
from onethread.identity.tokens import TokenMint
from onethread_protocol.customer import Init
from onethread_protocol.people import Device, User

NOW = 1_800_000_000_000
NOW_S = NOW // 1000
KEY_1 = "the-first-identity-key-of-acme-inc"
KEY_2 = "another-identity-key-of-acme-inc-too"
KEYS = {"1": KEY_1, "2": KEY_2}
ANA, BEN = "ana-12345", "ben-67890"
THREAD = "th_0_0123456789abcdefghij"
OTHER_THREAD = "th_3_zyxwvutsrqponmlkjihg"
EPOCH = "an-epoch-of-16-c"
MINT = TokenMint(b"the server's own key, 32 bytes long or more")
APP = App(app_id=7, secret="app-secret")
ACME = Organization(org="acme", name="Acme Inc", apps={7: APP}, identity_keys=KEYS)


def acme(**settings: Any) -> Organization:
    """Acme with other settings than the default ones."""
    return replace(ACME, **settings)


def init(user: User | None = None, **fields: Any) -> Init:
    """An init of acme's app with good credentials."""
    if user is not None:
        fields["user"] = user
    device = Device(id="laptop", kind="web")
    return Init(**{"org": "acme", "app_id": 7, "app_secret": "app-secret", "device": device, **fields})


def user_hash(user_id: str, key: str = KEY_1) -> str:
    """The user_hash that a backend with this identity key gives."""
    return hmac.new(key.encode(), user_id.encode(), hashlib.sha256).hexdigest()


def jwt(claims: Any, *, key: str = KEY_1, **header: Any) -> str:
    """A JWT signed with HMAC-SHA256 by RFC 7515's own recipe; a header given as None is left out."""
    header = {"typ": "JWT", "alg": "HS256", "kid": "1", **header}
    named = {name: value for name, value in header.items() if value is not None}
    return jws(json.dumps(named).encode(), json.dumps(claims).encode(), key)


def jws(header: bytes, payload: bytes, key: str = KEY_1) -> str:
    """Any header and any payload, signed with HMAC-SHA256."""
    signed = f"{_base64url(header)}.{_base64url(payload)}"
    return f"{signed}.{_base64url(hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest())}"


def token(sub: str = ANA, exp_in_s: float = 600, **claims: Any) -> str:
    """A good token of this customer."""
    return jwt({"sub": sub, "exp": NOW_S + exp_in_s, **claims})


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
