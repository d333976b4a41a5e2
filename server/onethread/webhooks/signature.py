"""How what is told is signed: as Standard Webhooks 1.0 has it, so that its libraries can verify it.

The key is the base64 in a secret `whsec_…`.
"""

import base64
import hmac
import secrets
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "webhook-id": "The same whenever the same thing is told again.",
        "webhook-timestamp": "Seconds since 1970 UTC, of this try.",
        "webhook-signature": "`v1,` and base64 of HMAC-SHA256 of `ID.TIMESTAMP.BODY`; of several, with "
        "spaces between, one must hold.",
    }
)
"""The headers that sign, with their meaning."""
_PREFIX: Final = "whsec_"
_KEY_BYTES: Final = 32


def new_secret() -> str:
    """Return a fresh secret: 256 random bits."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def signed(id_: str, body: bytes, secrets_: Sequence[str], now_ms: int) -> dict[str, str]:
    """Return the headers that sign a body, with each of these secrets."""
    timestamp = now_ms // 1000
    content = b"%b.%d.%b" % (id_.encode(), timestamp, body)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{_digest(secret, content)}" for secret in secrets_),
    }


def _digest(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return base64.b64encode(hmac.digest(key, content, "sha256")).decode()
