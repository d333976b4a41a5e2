"""Sessions and their tokens."""

import re

import pytest
from msgspec.structs import replace

from onethread.agents.login import LoggedIn
from onethread.agents.roster import Roster, put, remove
from onethread.agents.session import LIFETIME_MS, begin, holder, new_token, org_of
from tests.agents.test_roster import account

ANA = account("ana")
ROSTER = put(Roster(), ANA)


def test_a_session_is_its_agents_until_it_expires() -> None:
    """Good from the login on, for its lifetime, to the millisecond."""
    session = begin(ANA, 1_000)
    assert holder(session, ROSTER, 1_000 + LIFETIME_MS - 1) == ANA
    assert holder(session, ROSTER, 1_000 + LIFETIME_MS) is None
    assert holder(None, ROSTER, 1_000) is None


def test_a_removed_agents_session_and_one_of_an_old_password_are_nobodys() -> None:
    """A new name or role ends no session, a new password each that was opened before."""
    session = begin(ANA, 0)
    assert holder(session, remove(ROSTER, ANA.id), 1) is None
    assert holder(session, put(ROSTER, replace(ANA, name="Anna", role="admin")), 1) is not None
    renewed = replace(ANA, generation=1)
    assert holder(session, put(ROSTER, renewed), 1) is None
    assert holder(begin(renewed, 0), put(ROSTER, renewed), 1) == renewed


@pytest.mark.parametrize("org", ["demo", "a", "shop.example", "a-b_c.d", "x" * 64])
def test_a_token_names_its_organization(org: str) -> None:
    """And has 256 random bits, in characters that a Bearer header and a cookie may have."""
    token = new_token(org)
    assert org_of(token) == org
    assert token != new_token(org)
    assert len(token) - len(org) >= 43
    assert re.fullmatch(r"[A-Za-z0-9._~+/-]+", token)


@pytest.mark.parametrize("text", ["", "x", "demo", "ots_", "ots_abc", "ots_~demo", "ots_abc~", "abc~demo"])
def test_what_is_no_token_names_none(text: str) -> None:
    """Whatever a client sends."""
    assert org_of(text) is None


def test_a_repr_has_no_token() -> None:
    """What a login gives may get into a traceback."""
    assert "hush" not in repr(LoggedIn("hush-token", begin(ANA, 0), ANA))
