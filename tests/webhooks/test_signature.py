"""Signatures, against vectors of Standard Webhooks and by another way of computing them."""

import base64
import hashlib
import hmac

from onethread.webhooks.signature import new_secret, signed


def test_a_vector() -> None:
    """The example that the libraries of Standard Webhooks test themselves with."""
    headers = signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        1_614_265_330_999,
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_several_secrets() -> None:
    """Each signs, in this order."""
    one, two = new_secret(), new_secret()
    headers = signed("id", b"body", [one, two], 5_000)
    digests = [
        hmac.new(base64.b64decode(secret[6:]), b"id.5.body", hashlib.sha256).digest() for secret in (one, two)
    ]
    expected = " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
    assert headers["webhook-signature"] == expected


def test_secrets() -> None:
    """Each is another one, of 32 bytes."""
    found = {new_secret() for _ in range(100)}
    assert len(found) == 100
    assert {len(base64.b64decode(secret.removeprefix("whsec_"))) for secret in found} == {32}
