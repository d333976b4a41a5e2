"""App credentials and Origin: rows 2 and 3 of WIRE.md section 8's table."""

import hmac

import pytest
from msgspec.structs import replace

from onethread.identity import credentials
from onethread.identity.credentials import LOOPBACK, find_app, origin_allowed
from onethread.identity.organization import Organization
from tests.identity.acme import ACME, APP


def test_good_credentials_name_the_app() -> None:
    """org, app_id and app_secret that belong together give that app."""
    assert find_app(ACME, 7, "app-secret") is APP


@pytest.mark.parametrize(
    ("organization", "app_id", "secret"),
    [
        (None, 7, "app-secret"),
        (ACME, 8, "app-secret"),
        (ACME, -7, "app-secret"),
        (ACME, 7, "app-secreT"),
        (ACME, 7, "app-secret "),
        (ACME, 7, "é"),
        (None, 0, ""),
        (ACME, 0, ""),
    ],
)
def test_wrong_credentials_name_none(organization: Organization | None, app_id: int, secret: str) -> None:
    """Whichever is wrong, there is no app; the stand-in for an unknown app can't be named either."""
    assert find_app(organization, app_id, secret) is None


@pytest.mark.parametrize(
    ("organization", "app_id", "secret"),
    [
        (None, 7, "app-secret"),
        (ACME, 8, "app-secret"),
        (ACME, 7, "x"),
        (ACME, 7, "x" * 255),
        (ACME, 7, "app-secret"),
    ],
)
def test_the_work_is_the_same_whichever_is_wrong(
    organization: Organization | None, app_id: int, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Always exactly one constant-time comparison, of values of one length: time tells nothing."""
    lengths = []

    def compare(a: bytes, b: bytes) -> bool:
        lengths.append((len(a), len(b)))
        return hmac.compare_digest(a, b)

    monkeypatch.setattr(credentials, "compare_digest", compare)
    find_app(organization, app_id, secret)
    assert lengths == [(32, 32)]


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        ((), "https://anywhere.test", True),
        ((), "null", True),
        ((), None, True),
        (("https://acme.test",), None, True),
        (("https://acme.test",), "https://acme.test", True),
        (("https://acme.test/",), "https://acme.test", True),
        (("https://Acme.test",), "https://acme.test", True),
        (("https://acme.test:443",), "https://acme.test", True),
        (("http://acme.test:80",), "http://acme.test", True),
        (("http://acme.test:443",), "http://acme.test", False),
        (("https://acme.test",), "HTTPS://ACME.test:443", True),
        (("https://acme.test",), "http://acme.test", False),
        (("https://acme.test",), "https://acme.test:8443", False),
        (("https://acme.test",), "https://shop.acme.test", False),
        (("https://acme.test",), "https://acme.test.evil.test", False),
        (("https://acme.test",), "https://evil.test/https://acme.test", False),
        (("https://acme.test",), "null", False),
        (("https://acme.test",), "", False),
        (("null",), "null", True),
        (("null",), "https://acme.test", False),
        (("https://a.test", "capacitor://localhost"), "capacitor://localhost", True),
    ],
)
def test_origins(origins: tuple[str, ...], origin: str | None, allowed: bool) -> None:
    """An empty list allows all, no header is allowed, `null` only if listed, others only as listed."""
    assert origin_allowed(replace(APP, origins=origins), origin) is allowed


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:8000", True),
        ("https://localhost", True),
        ("http://demo.localhost:3000", True),
        ("http://127.0.0.1:8000", True),
        ("http://127.1.2.3", True),
        ("http://[::1]:8000", True),
        (None, True),
        ("http://10.0.0.1", False),
        ("http://localhost.evil.test", False),
        ("http://evillocalhost", False),
        ("http://127.0.0.1.evil.test", False),
        ("http://127.0.0.1@evil.test", False),
        ("http://evil@127.0.0.1", False),
        ("ftp://localhost", False),
        ("http://[::1", False),
        ("http://", False),
        ("null", False),
        ("", False),
    ],
)
def test_loopback_lists_this_machine_only(origin: str | None, allowed: bool) -> None:
    """The demo's apps take pages of this machine, whatever the port, and no others."""
    assert origin_allowed(replace(APP, origins=(LOOPBACK,)), origin) is allowed
