"""How what is told is signed: as Standard Webhooks 1.0 has it, so that its libraries can verify it.

    webhook-id           the same whenever the same thing is told again
    webhook-timestamp    seconds since 1970 UTC, of this try
    webhook-signature    `v1,` and base64 of HMAC-SHA256(key, "ID.TIMESTAMP.BODY"); of several, one must hold

The key is the base64 in a secret `whsec_…`.
"""

import base64
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

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
