"""What the server signs or hashes with its own key: visitor tokens, clean-chat tokens, pinned hashes.

A token is base64url of a MessagePack body followed by an HMAC-SHA256 over context and body. The context
(the organization; for a clean chat the refused user_id too) is not in the token: it has to be given again,
and only the same one verifies. Each purpose has a key of its own, so that none of them passes for another.
"""

import base64
import hashlib
import hmac
from typing import Final, TypeVar

import msgspec

TOKEN_LIFETIME_MS: Final = 180 * 24 * 3600 * 1000
"""How long a visitor token lives from its issue (WIRE.md section 8, Visitor tokens)."""

_MAC: Final = hashlib.sha256().digest_size


class VisitorToken(msgspec.Struct, frozen=True, array_like=True):
    """What a token opens: a thread, with the epoch it has or will be stored with. `issued_at` in ms."""

    thread: str
    epoch: str
    issued_at: int


class CleanToken(VisitorToken, frozen=True, array_like=True):
    """What a clean-chat token opens, beside the same refused user_id only. It is never carried."""


_Token = TypeVar("_Token", bound=VisitorToken)


class TokenMint:
    """Makes and reads what depends on the server's key. Equal keys make mints that accept each other's."""

    __slots__ = ("_clean", "_pin", "_visitor")

    def __init__(self, secret_key: bytes) -> None:
        """ValueError: an empty key."""
        if not secret_key:
            raise ValueError("the server key is empty")
        self._visitor = _derive(secret_key, "visitor token")
        self._clean = _derive(secret_key, "clean token")
        self._pin = _derive(secret_key, "pinned hash")

    def visitor(self, org: str, thread: str, epoch: str, now_ms: int) -> str:
        """Return a token that opens the visitor's thread for 180 days."""
        return _seal(self._visitor, (org,), VisitorToken(thread, epoch, now_ms))

    def read_visitor(self, org: str, token: str, now_ms: int) -> VisitorToken | None:
        """Return what the token opens; None if it is forged, another organization's, or too old.

        Whether it was ended (by logout, carry or erasure) is for the store to say.
        """
        body = _unseal(self._visitor, (org,), token)
        return None if body is None else _in_time(msgspec.msgpack.decode(body, type=VisitorToken), now_ms)

    def clean(self, org: str, thread: str, epoch: str, user_id: str, now_ms: int) -> str:
        """Return a token that opens the clean chat beside this `user_id` only; the id is not in it."""
        return _seal(self._clean, (org, user_id), CleanToken(thread, epoch, now_ms))

    def read_clean(self, org: str, token: str, user_id: str, now_ms: int) -> CleanToken | None:
        """Return what the token opens; None if it is forged, too old, or given beside another `user_id`."""
        body = _unseal(self._clean, (org, user_id), token)
        return None if body is None else _in_time(msgspec.msgpack.decode(body, type=CleanToken), now_ms)

    def pin(self, org: str, user_id: str, security_hash: str) -> str:
        """Return a security_hash as it is stored when pinned; compare with `hmac.compare_digest`."""
        return _mac(self._pin, (org, user_id), security_hash.encode()).hex()


def _derive(secret_key: bytes, purpose: str) -> bytes:
    return hmac.digest(secret_key, f"onethread {purpose} v1".encode(), "sha256")


def _mac(key: bytes, context: tuple[str, ...], body: bytes) -> bytes:
    # Packed, not joined: no two different contexts and bodies make the same bytes.
    return hmac.digest(key, msgspec.msgpack.encode((*context, body)), "sha256")


def _seal(key: bytes, context: tuple[str, ...], token: VisitorToken) -> str:
    body = msgspec.msgpack.encode(token)
    return _spell(body + _mac(key, context, body))


def _unseal(key: bytes, context: tuple[str, ...], token: str) -> bytes | None:
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    if _spell(sealed) != token:  # base64 can spell the same bytes in several ways; a token has one
        return None
    body, mac = sealed[:-_MAC], sealed[-_MAC:]
    return body if hmac.compare_digest(mac, _mac(key, context, body)) else None


def _spell(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _in_time(token: _Token, now_ms: int) -> _Token | None:
    return token if now_ms < token.issued_at + TOKEN_LIFETIME_MS else None
