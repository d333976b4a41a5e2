"""What an organization's record keeps and what it never shows."""

import msgspec
import pytest

from onethread.identity.organization import App, Organization, PrechatField
from tests.identity.acme import ACME, KEY_1


def test_the_defaults_are_the_designs() -> None:
    """Unset settings are those of DESIGN.md section 5."""
    organization = Organization(org="o", name="O")
    assert (organization.identity, organization.pinning, organization.on_refused, organization.shards) == (
        "sticky",
        "first_use",
        "clean_chat",
        1,
    )
    app = App(app_id=1, secret="s")
    assert app.origins == ()
    assert app.prechat_fields == (PrechatField("name", True), PrechatField("email", True))


def test_a_third_identity_key_is_refused() -> None:
    """Two keys can be valid at a time, in a record that is made and in one that is read."""
    keys = {"1": "a", "2": "b", "3": "c"}
    with pytest.raises(ValueError, match="at most 2"):
        Organization(org="o", name="O", identity_keys=keys)
    with pytest.raises(msgspec.ValidationError, match="at most 2"):
        msgspec.convert({"org": "o", "name": "O", "identity_keys": keys}, Organization)


def test_a_repr_shows_no_secret() -> None:
    """What ends up in logs and exception texts has neither app secrets nor identity keys."""
    shown = f"{ACME!r} {ACME.apps[7]!r} {ACME.apps!r}"
    assert "app-secret" not in shown
    assert KEY_1 not in shown


def test_a_record_survives_the_store() -> None:
    """Encoded and decoded it is the same record, with integer app ids as keys."""
    packed = msgspec.msgpack.encode(ACME)
    assert msgspec.msgpack.decode(packed, type=Organization) == ACME
