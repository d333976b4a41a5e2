"""The agents of an organization."""

import pytest

from onethread.agents import roster as rosters
from onethread.agents.account import Account, AccountError, agent_view, check_email, check_name, new_agent_id
from onethread.agents.roster import FORMER, MOST, Roster, Taken, Unknown, put, remove


def account(who: str, **fields: object) -> Account:
    """An agent of this name, which is its id too."""
    given = {"id": f"ag_{who}", "name": who, "email": f"{who}@acme.test", "role": "agent"}
    return Account(**{**given, "password": "hush", "created_at": 1, **fields})  # type: ignore[arg-type]


def test_an_agent_is_found_by_id_and_by_email_in_any_case() -> None:
    """Whoever types an e-mail need not think of its case."""
    roster = put(Roster(), account("ana"))
    for words in ("ag_ana", "ana@acme.test", " ANA@Acme.Test "):
        assert roster.find(words).id == "ag_ana"
    with pytest.raises(Unknown, match=r"'ben@acme\.test'"):
        roster.find("ben@acme.test")


def test_an_email_is_one_agents() -> None:
    """A second account with it is refused and named; the same account may keep it."""
    roster = put(Roster(), account("ana"))
    with pytest.raises(Taken, match="ag_ana"):
        put(roster, account("ben", email="Ana@ACME.test"))
    assert put(roster, account("ana", name="Anna")).find("ag_ana").name == "Anna"


def test_a_removed_agent_leaves_its_name_only() -> None:
    """Threads assigned to it still have a name to show; it can't log in, and its e-mail is free again."""
    roster = remove(put(Roster(), account("ana")), "ana@acme.test")
    assert (roster.accounts, roster.former) == ({}, {"ag_ana": "ana"})
    assert (roster.name_of("ag_ana"), roster.name_of("ag_nobody")) == ("ana", "ag_nobody")
    assert "ag_2" in put(roster, account("ana", id="ag_2")).accounts
    with pytest.raises(Unknown):
        remove(roster, "ag_ana")


def test_there_is_room_for_so_many() -> None:
    """One account more than the bound is refused; of removed ones the oldest names are forgotten."""
    full = Roster(accounts={str(i): account(str(i)) for i in range(MOST)})
    with pytest.raises(AccountError, match=str(MOST)):
        put(full, account("more"))
    former = Roster(former={str(i): "x" for i in range(FORMER)}, accounts={"ag_ana": account("ana")})
    assert list(remove(former, "ag_ana").former)[-1] == "ag_ana"
    assert len(remove(former, "ag_ana").former) == FORMER
    assert rosters.MOST > 50


@pytest.mark.parametrize(
    "wrong", ["", "ana", "ana@", "@acme.test", "a b@acme.test", "a@b@c", "a@" + "b" * 320]
)
def test_an_email_is_checked(wrong: str) -> None:
    """What nobody could be reached at is refused."""
    with pytest.raises(AccountError):
        check_email(wrong)
    assert check_email(" ana@acme.test ") == "ana@acme.test"


@pytest.mark.parametrize("wrong", ["", "  ", "x" * 256])
def test_a_name_is_checked(wrong: str) -> None:
    """A name can be read, and fits the wire."""
    with pytest.raises(AccountError):
        check_name(wrong)
    assert check_name("Ana Ünï") == "Ana Ünï"


def test_a_repr_and_a_view_have_no_hash() -> None:
    """What ends up in logs and frames is no secret."""
    ana = account("ana")
    assert "hush" not in repr(ana) + repr(agent_view(ana))
    assert "acme" not in repr(ana)
    assert agent_view(ana).email == "ana@acme.test"


def test_ids_are_fresh() -> None:
    """Two agents never get one id."""
    assert len({new_agent_id() for _ in range(1_000)}) == 1_000
    assert len(new_agent_id()) == 19
