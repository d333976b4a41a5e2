"""The two proofs that a backend vouches for a user_id: a JWT, and an HMAC of it (WIRE.md section 8, Proofs).

Both are made with an identity key of the organization, two of which can be valid at a time.
"""

import enum
import hmac
from collections.abc import Mapping
from typing import Final

import jwt
import msgspec
from msgspec import UNSET, UnsetType

from onethread_protocol import careful
from onethread_protocol.bounds import MAX_INT, Email, Name, Phone, UserId
from onethread_protocol.custom_data import CustomData, check_merge
from onethread_protocol.errors import ProtocolError

LEEWAY_MS: Final = 30_000
"""How far the clocks of backend and hub may differ; a token is accepted this long after its `exp`."""

LATEST_S: Final = MAX_INT // 1000
"""How many seconds from 1970 a time may be: `authed` carries it in milliseconds."""

_JWS: Final = jwt.PyJWS(algorithms=["HS256"])


class Failure(enum.Enum):
    """Why a token proves nothing: EXPIRED is well signed, INVALID is everything else."""

    EXPIRED = "expired"
    INVALID = "invalid"


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says: user_id, times in seconds, and profile fields in the bounds that frames have."""

    sub: UserId | UnsetType = UNSET
    exp: int | float | UnsetType = UNSET
    nbf: int | float | UnsetType = UNSET
    iat: int | float | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    company: Name | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.custom_data is not UNSET:
            check_merge(self.custom_data)


class ValidToken(msgspec.Struct, frozen=True):
    """A token valid now: whose it is, its `exp` in ms (LEEWAY_MS later it is expired), and all it says."""

    user_id: str
    expires_at_ms: int
    claims: Claims


def verify_token(token: str, keys: Mapping[str, str], now_ms: int) -> ValidToken | Failure:
    """Check a JWT: HS256 only, by the key that `kid` names; `sub` and `exp` required; 30 s of leeway.

    A token before its `nbf` is invalid (RFC 7519 section 4.1.5); `iat` and `aud` say nothing here.
    ProtocolError 400 `bad_field`: it is well signed, but a claim is of the wrong type or length.
    """
    payload = _signed_payload(token, keys)
    claims = None if payload is None else careful.read_claims(payload, Claims)
    if claims is None:
        return Failure.INVALID
    return _judge(claims, now_ms)


def check_user_hash(user_hash: str, user_id: str, keys: Mapping[str, str]) -> bool:
    """Tell whether it is hex HMAC-SHA256(identity key, user_id) by one of the keys, in constant time."""
    given = user_hash.lower().encode()
    # No short cut at the first that matches: the time shall not tell which key is in use.
    matches = [
        hmac.compare_digest(hmac.digest(key.encode(), user_id.encode(), "sha256").hex().encode(), given)
        for key in keys.values()
    ]
    return any(matches)


def _signed_payload(token: str, keys: Mapping[str, str]) -> bytes | None:
    try:
        header = _JWS.get_unverified_header(token)
        if header.get("kid") not in keys:
            return None
        payload: bytes = _JWS.decode(token, keys[header["kid"]], algorithms=["HS256"])
    except (jwt.PyJWTError, ValueError):
        return None
    return payload


def _judge(claims: Claims, now_ms: int) -> ValidToken | Failure:
    exp, nbf = _milliseconds("exp", claims.exp), _milliseconds("nbf", claims.nbf)
    if exp is None:
        return Failure.INVALID
    if now_ms >= exp + LEEWAY_MS:
        return Failure.EXPIRED
    if claims.sub is UNSET or (nbf is not None and nbf > now_ms + LEEWAY_MS):
        return Failure.INVALID
    return ValidToken(claims.sub, exp, claims)


def _milliseconds(claim: str, seconds: int | float | UnsetType) -> int | None:
    if seconds is UNSET:
        return None
    if abs(seconds) > LATEST_S:
        field = f"token.{claim}"
        message = f"`{field}` must be at most {LATEST_S:,} seconds from 1970."
        raise ProtocolError(400, "bad_field", message, field=field)
    return int(seconds * 1000)
