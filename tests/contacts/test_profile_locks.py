"""What a token set of a profile, and who may still change it."""

import pytest

from onethread.contacts.profile import admit, edit
from onethread.identity.decision import Admit
from onethread_protocol.people import User, UserEdit
from tests.contacts.people import GIVEN, OPEN, known, refusal, signed
from tests.identity.acme import NOW, THREAD


def test_claims_override_the_frame() -> None:
    """Field by field, and key by key in custom_data; what the token leaves out the frame may give."""
    admission = signed(name="Ana of Acme", custom_data={"plan": "silver"})
    contact = admit(None, admission, GIVEN, THREAD, NOW)
    assert (contact.name, contact.email) == ("Ana of Acme", "ana@acme.test")
    assert contact.custom_data == {"plan": "silver", "seats": 5}
    assert not contact.random_name


def test_what_a_token_set_is_locked() -> None:
    """Each field and key that a token gave, and none that the frame gave; later tokens add theirs."""
    first = admit(None, signed(name="Ana", custom_data={"plan": "gold"}), GIVEN, THREAD, NOW)
    assert first.locked == ("custom_data.plan", "name")
    second = admit(first, signed(email="a@b.test"), User(), THREAD, NOW)
    assert second.locked == ("custom_data.plan", "email", "name")


@pytest.mark.parametrize("admission", [OPEN, signed(phone="+49 2")])
def test_locked_fields_of_an_init_are_passed_over(admission: Admit) -> None:
    """An init that gives them is no error, but they stay as the token set them; its other fields count."""
    contact = known(locked=("custom_data.plan", "email", "name"))
    user = User(name="Eve", email="eve@evil.test", company="Evil", custom_data={"plan": "free", "seats": 1})
    after = admit(contact, admission, user, THREAD, NOW)
    assert (after.name, after.email, after.company) == ("Ana", "ana@acme.test", "Evil")
    assert after.custom_data == {"plan": "gold", "seats": 1}


def test_a_token_may_change_what_it_locked() -> None:
    """Locks are for customers: a newer token sets the field anew, and it stays locked."""
    contact = known(locked=("name",))
    after = admit(contact, signed(name="Anna"), User(name="Eve"), THREAD, NOW)
    assert (after.name, after.locked) == ("Anna", ("name",))


def test_a_key_that_a_token_cleared_is_locked_too() -> None:
    """Otherwise a customer could put back what its backend took away."""
    after = admit(
        known(), signed(custom_data={"plan": None}), User(custom_data={"plan": "gold"}), THREAD, NOW
    )
    assert "plan" not in after.custom_data
    assert after.locked == ("custom_data.plan",)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (UserEdit(name="Eve"), "user.name"),
        (UserEdit(name=None), "user.name"),
        (UserEdit(name="Ana"), "user.name"),
        (UserEdit(email="eve@evil.test", phone="1"), "user.email"),
        (UserEdit(custom_data={"plan": "free"}), "user.custom_data.plan"),
        (UserEdit(phone="1", custom_data={"seats": 1, "plan": None}), "user.custom_data.plan"),
    ],
)
def test_a_customer_cannot_edit_what_is_locked(change: UserEdit, field: str) -> None:
    """403 field_locked naming the field, for a set as for a clear; nothing else of the frame counts."""
    contact = known(locked=("custom_data.plan", "email", "name"))
    assert refusal(lambda: edit(contact, change)) == (403, "field_locked", field)


def test_agents_edit_what_is_locked() -> None:
    """Locks bind customers, not agents and HTTP; the field stays locked."""
    contact = known(locked=("custom_data.plan", "name"))
    after = edit(contact, UserEdit(name="Anna", custom_data={"plan": None}), by_customer=False)
    assert (after.name, after.custom_data, after.locked) == ("Anna", {"seats": 5}, contact.locked)


def test_a_locked_key_does_not_lock_a_field_of_that_name() -> None:
    """A token's custom_data key "name" and its name are two things."""
    contact = admit(None, signed(custom_data={"name": "x"}), GIVEN, THREAD, NOW)
    assert edit(contact, UserEdit(name="Anna")).name == "Anna"
