"""What the audit log says of a change."""

from onethread.agents.audit import COMMAND, Actor, Change, act, changed_fields, differences
from tests.agents.test_roster import account


def test_each_change_is_named_and_nothing_that_was_in_it() -> None:
    """Added, removed, changed with the names of its fields; what is the same is no change."""
    before = {"ag_ana": account("ana"), "ag_ben": account("ben"), "ag_cy": account("cy")}
    after = {
        "ag_ana": account("ana", password="secret", role="admin"),
        "ag_cy": before["ag_cy"],
        "ag_di": account("di"),
    }
    changes = differences("agent", before, after)
    assert changes == [
        Change("agent.removed", "ag_ben"),
        Change("agent.changed", "ag_ana", ("role", "password")),
        Change("agent.added", "ag_di"),
    ]
    assert not {"secret", "acme.test", "hush"} & set(str(changes).split("'"))


def test_what_is_no_struct_has_no_fields() -> None:
    """A key that was replaced is only said to be another."""
    assert differences("identity_key", {"1": "old"}, {"1": "new"}) == [Change("identity_key.changed", "1")]
    assert changed_fields(account("ana"), account("ana")) == ()


def test_an_act_says_who_and_when() -> None:
    """The change, its time and its author."""
    done = act(Change("agent.changed", "ag_ana", ("name",)), Actor("agent", "ag_ben"), 17)
    assert (done.at, done.by.type, done.by.id) == (17, "agent", "ag_ben")
    assert (done.action, done.subject, done.fields) == ("agent.changed", "ag_ana", ("name",))
    assert act(Change("x", "y"), COMMAND, 1).by.id == ""
