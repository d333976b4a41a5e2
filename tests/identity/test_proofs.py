"""JWT and user_hash: WIRE.md section 8, Proofs."""

import json
import re
from contextlib import suppress
from typing import Any

import jwt as pyjwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from onethread.identity.proofs import LEEWAY_MS, Claims, Failure, ValidToken, check_user_hash, verify_token
from onethread_protocol.errors import ProtocolError
from tests.identity.acme import ANA, BEN, KEY_1, KEY_2, KEYS, NOW, NOW_S, jws, jwt, token, user_hash


def verify(text: str) -> ValidToken | Failure:
    return verify_token(text, KEYS, NOW)


def refuses_claim(name: str, /, **claims: Any) -> bool:
    """Whether a well-signed token with these claims is 400 bad_field naming this claim, quoting nothing."""
    with pytest.raises(ProtocolError) as caught:
        verify(jwt({"sub": ANA, "exp": NOW_S + 60, **claims}))
    error = caught.value
    assert ANA not in error.message
    assert re.fullmatch(r"(A key of )?`token\.[^`]+` must (be|have) [^`]+[^`.]\.", error.message)
    claim = str(error.field).removesuffix(".plan").removesuffix(".k")
    return (error.code, error.reason, claim) == (400, "bad_field", f"token.{name}")


def test_a_token_of_a_backend_is_valid() -> None:
    """A token as PyJWT makes it, the way backends do, proves its sub until its exp."""
    text = pyjwt.encode({"sub": ANA, "exp": NOW_S + 600}, KEY_1, algorithm="HS256", headers={"kid": "1"})
    verdict = verify(text)
    assert isinstance(verdict, ValidToken)
    assert (verdict.user_id, verdict.expires_at_ms) == (ANA, NOW + 600_000)


def test_two_keys_are_valid_at_a_time() -> None:
    """Each of two keys signs for its own kid, and for no other."""
    claims = {"sub": ANA, "exp": NOW_S + 600}
    assert isinstance(verify(jwt(claims, key=KEY_1, kid="1")), ValidToken)
    assert isinstance(verify(jwt(claims, key=KEY_2, kid="2")), ValidToken)
    assert verify(jwt(claims, key=KEY_2, kid="1")) is Failure.INVALID
    assert verify(jwt(claims, key=KEY_1, kid="2")) is Failure.INVALID


@pytest.mark.parametrize("kid", [None, "3", "", 1, True, ["1"], {"1": "1"}])
def test_a_key_is_chosen_by_kid_alone(kid: Any) -> None:
    """A missing, unknown or mistyped kid is invalid, whatever key signed."""
    header = {"alg": "HS256", **({} if kid is None else {"kid": kid})}
    payload = json.dumps({"sub": ANA, "exp": NOW_S + 600}).encode()
    assert verify(jws(json.dumps(header).encode(), payload)) is Failure.INVALID


@pytest.mark.parametrize(
    "alg", [None, "none", "None", "NONE", "", "HS384", "HS512", "RS256", "ES256", 5, ["HS256"]]
)
def test_no_other_algorithm_is_accepted(alg: Any) -> None:
    """Only HS256 is: a header that names another, none, or nothing proves nothing, though well signed."""
    header = {"kid": "1", **({} if alg is None else {"alg": alg})}
    payload = json.dumps({"sub": ANA, "exp": NOW_S + 600}).encode()
    assert verify(jws(json.dumps(header).encode(), payload)) is Failure.INVALID


def test_an_unsigned_token_is_invalid() -> None:
    """`alg: none` with an empty signature proves nothing."""
    header, payload, _ = jwt({"sub": ANA, "exp": NOW_S + 600}, alg="none").split(".")
    assert verify(f"{header}.{payload}.") is Failure.INVALID


@pytest.mark.parametrize("text", ["a", "a.b", "a.b.c", "...", "é.é.é", "e30.e30.e30", "\x00", "a" * 8192])
def test_what_is_no_token_is_invalid(text: str) -> None:
    """Text that is no JWT at all is invalid, not an error of the server's."""
    assert verify(text) is Failure.INVALID


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"7", b'"x"', b"null", b"{", b"{}x", b'{"sub":"\xff"}', b'{"exp":NaN}']
)
def test_a_payload_that_is_no_json_object_is_invalid(payload: bytes) -> None:
    """RFC 7519: claims are a JSON object; anything else is no JWT, however well signed."""
    assert verify(jws(b'{"alg":"HS256","kid":"1"}', payload)) is Failure.INVALID


@pytest.mark.parametrize("depth", [900, 5_000])
def test_nesting_bombs_are_invalid(depth: int) -> None:
    """Deep nesting in header or payload ends in a verdict, not in a RecursionError."""
    bomb = b'{"x":' + b"[" * depth + b"]" * depth + b"}"
    assert verify(jws(bomb, b"{}")) is Failure.INVALID
    assert verify(jws(b'{"alg":"HS256","kid":"1"}', bomb)) is Failure.INVALID


def test_exp_and_sub_are_required() -> None:
    """A token that never ends, or is nobody's, proves nothing."""
    assert verify(jwt({"sub": ANA})) is Failure.INVALID
    assert verify(jwt({"exp": NOW_S + 600})) is Failure.INVALID


@pytest.mark.parametrize(
    ("exp_in_s", "valid"), [(1, True), (0, True), (-29.999, True), (-30, False), (-31, False)]
)
def test_the_leeway_is_30_seconds(exp_in_s: float, valid: bool) -> None:
    """A token holds until exp plus 30 s, and at that moment it is expired."""
    verdict = verify(token(exp_in_s=exp_in_s))
    assert isinstance(verdict, ValidToken) if valid else verdict is Failure.EXPIRED
    assert LEEWAY_MS == 30_000


def test_expired_is_told_only_of_a_good_signature() -> None:
    """A forged token is invalid even if it also claims to be expired: only a real one's expiry is told."""
    old = {"sub": ANA, "exp": NOW_S - 600}
    assert verify(jwt(old)) is Failure.EXPIRED
    assert verify(jwt(old, key="x" * 32)) is Failure.INVALID


@pytest.mark.parametrize("exp", [0, -5, -1.5, 1e-300, -9_007_199_254_740])
def test_an_exp_long_ago_is_expired(exp: float) -> None:
    """Zero and negative times are times like others."""
    assert verify(jwt({"sub": ANA, "exp": exp})) is Failure.EXPIRED


def test_exp_may_be_a_fraction() -> None:
    """RFC 7519's NumericDate may be non-integer; it is kept to the millisecond."""
    verdict = verify(jwt({"sub": ANA, "exp": NOW_S + 0.25}))
    assert isinstance(verdict, ValidToken)
    assert verdict.expires_at_ms == NOW + 250


@pytest.mark.parametrize("exp", [str(NOW_S), "", None, True, [NOW_S], {}, 10**13, -(10**13), 10**400, 1e300])
def test_an_exp_that_is_no_time_is_a_bad_field(exp: Any) -> None:
    """A wrong type, or a time that no frame could carry in milliseconds, is 400 bad_field."""
    assert refuses_claim("exp", exp=exp)


def test_the_latest_exp_fits_a_frame() -> None:
    """The largest exp taken is one that `authed` can still carry as a safe integer."""
    verdict = verify(jwt({"sub": ANA, "exp": (2**53 - 1) // 1000}))
    assert isinstance(verdict, ValidToken)
    assert verdict.expires_at_ms <= 2**53 - 1


@pytest.mark.parametrize("sub", [12345, None, True, ["x"], {}, "", "x" * 256])
def test_a_sub_that_is_no_user_id_is_a_bad_field(sub: Any) -> None:
    """`sub` has the bounds of a user_id: a string of 1 to 255 characters."""
    assert refuses_claim("sub", sub=sub)


def test_a_sub_counts_characters() -> None:
    """255 characters are code points, not bytes."""
    assert isinstance(verify(token(sub="😀" * 255)), ValidToken)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", 5),
        ("name", None),
        ("name", ""),
        ("name", "x" * 256),
        ("email", "x" * 321),
        ("email", ["a@b"]),
        ("phone", "1" * 65),
        ("phone", 49123),
        ("company", "x" * 256),
        ("company", ""),
        ("custom_data", []),
        ("custom_data", {"plan": ["gold"]}),
        ("custom_data", {"plan": {"deep": 1}}),
        ("custom_data", {"": 1}),
        ("custom_data", {"k" * 65: 1}),
        ("custom_data", {"k": "x" * 1001}),
        ("custom_data", {"k": 2**53}),
        ("custom_data", {f"k{i}": i for i in range(101)}),
        ("nbf", "soon"),
        ("nbf", 10**13),
        ("iat", "now"),
        ("iat", None),
    ],
)
def test_claims_have_the_bounds_of_their_fields(name: str, value: Any) -> None:
    """Claims of the wrong type or length are 400 bad_field, named `token.<claim>`."""
    assert refuses_claim(name, **{name: value})


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"sub": 12345}, "`token.sub` must be a string of 1 to 255 characters, not a number."),
        ({"sub": ""}, "`token.sub` must be a string of 1 to 255 characters, not a string of length 0."),
        ({"sub": "\ud800"}, "not a string of length 1 with a lone surrogate."),
        ({"exp": "soon"}, "`token.exp` must be a finite number, not a string of length 4."),
        ({"exp": 10**13}, "`token.exp` must be at most 9,007,199,254,740 seconds from 1970."),
        ({"name": None}, "`token.name` must be a string of 1 to 255 characters, not null."),
        ({"custom_data": {"plan": {}}}, "not a map."),
        ({"custom_data": {"": 1}}, "must be a string of 1 to 64 characters, not a string of length 0."),
        (
            {"custom_data": {f"k{i}": i for i in range(101)}},
            "`token.custom_data` must have at most 100 keys, not 101.",
        ),
    ],
)
def test_a_bad_claim_is_told_like_a_bad_field_but_not_quoted(claims: dict[str, Any], message: str) -> None:
    """The sentence says what the claim must be and what type and length it has; never what is in it."""
    with pytest.raises(ProtocolError) as caught:
        verify(jwt({"sub": ANA, "exp": NOW_S + 60, **claims}))
    assert caught.value.message.endswith(message)


def test_custom_data_of_a_token_is_bounded_as_a_whole() -> None:
    """32 KiB encoded is the limit for a token's custom_data too (a token so long only comes from a lax
    caller).
    """
    assert refuses_claim("custom_data", custom_data={f"k{i}": "x" * 1000 for i in range(40)})


def test_claims_are_read() -> None:
    """Profile claims come out as they went in; unknown ones, an audience among them, are ignored."""
    data: dict[str, Any] = {"plan": "gold", "seats": 5, "trial": False, "score": 1.5, "left": None}
    verdict = verify(
        token(name="Ana", email="ana@acme.test", phone="1", company="Acme", custom_data=data, aud="x", x=[])
    )
    assert isinstance(verdict, ValidToken)
    exp = NOW_S + 600
    assert verdict.claims == Claims(
        sub=ANA, exp=exp, name="Ana", email="ana@acme.test", phone="1", company="Acme", custom_data=data
    )
    assert verdict.claims.nbf is UNSET


@pytest.mark.parametrize(("nbf_in_s", "valid"), [(-5, True), (30, True), (30.5, False), (600, False)])
def test_a_token_is_not_valid_before_its_nbf(nbf_in_s: float, valid: bool) -> None:
    """RFC 7519: a token must not be accepted before nbf; the leeway counts here too."""
    verdict = verify(token(nbf=NOW_S + nbf_in_s))
    assert isinstance(verdict, ValidToken) if valid else verdict is Failure.INVALID


def test_iat_says_nothing() -> None:
    """A backend whose clock is ahead still proves: iat is no condition in RFC 7519."""
    assert isinstance(verify(token(iat=NOW_S + 3600)), ValidToken)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_part_voids_the_signature(part: int) -> None:
    """Header, claims and signature are all covered: another token's part in any place is invalid."""
    parts = token().split(".")
    parts[part] = token(sub=BEN).split(".")[part] if part else jwt({}, typ="jwt").split(".")[0]
    assert verify(".".join(parts)) is Failure.INVALID


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_any_text_gets_a_verdict(text: str) -> None:
    """Whatever stands in `token`, the answer is a verdict and no other exception."""
    assert verify(text) is Failure.INVALID
    assert verify(f"{token().rpartition('.')[0]}.{text}") is Failure.INVALID


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_signed_bytes_get_a_verdict(header: bytes, payload: bytes) -> None:
    """Signed nonsense is no claim to anything, and raises nothing but the protocol's own error."""
    assert verify(jws(header, payload)) is Failure.INVALID
    with suppress(ProtocolError):
        assert verify(jws(b'{"alg":"HS256","kid":"1"}', payload)) is Failure.INVALID


def test_no_keys_prove_nothing() -> None:
    """An organization without identity keys accepts no proof at all."""
    assert verify_token(token(), {}, NOW) is Failure.INVALID
    assert not check_user_hash(user_hash(ANA), ANA, {})


def test_a_user_hash_is_hmac_sha256_in_hex() -> None:
    """The value of RFC 4231's recipe, by either key, in lower or upper case, proves this user_id."""
    # echo -n ana-12345 | openssl dgst -sha256 -hmac the-first-identity-key-of-acme-inc
    known = "bb1937b2a5d64540a1b24efbf4f8f57304797aca6b6c6289c8b495a044ef10af"
    assert known == user_hash(ANA)
    assert check_user_hash(known, ANA, KEYS)
    assert check_user_hash(known.upper(), ANA, KEYS)
    assert check_user_hash(user_hash(ANA, KEY_2), ANA, KEYS)
    assert check_user_hash(user_hash("Žofie 😀"), "Žofie 😀", KEYS)


@pytest.mark.parametrize(
    "text", [user_hash(BEN), user_hash(ANA, "x" * 32), user_hash(ANA)[:-1], "é", "0" * 64, ""]
)
def test_any_other_user_hash_proves_nothing(text: str) -> None:
    """Another customer's hash, another key's, a cut one and nonsense are all refused."""
    assert not check_user_hash(text, ANA, KEYS)
