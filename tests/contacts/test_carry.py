"""What a carried visitor's profile gives to the contact."""

from typing import Any

import pytest
from msgspec.structs import replace

from onethread.contacts.carry import absorb
from onethread.contacts.profile import Contact, admit, visit
from onethread.identity.decision import Admit
from onethread_protocol.people import User
from tests.identity.acme import ANA, NOW, OTHER_THREAD, THREAD

FULL = User(name="Vera", email="vera@acme.test", phone="1", company="Acme", custom_data={"plan": "gold"})


def contact(user: User | None = None, **fields: Any) -> Contact:
    return replace(admit(None, Admit(user_id=ANA, means="open"), user or User(), THREAD, NOW), **fields)


def visitor(user: User | None = None) -> Contact:
    return visit(None, user or User(), OTHER_THREAD, NOW)


def test_empty_fields_are_filled() -> None:
    """A random name counts as empty; user_id, thread, age, pin and marks are the contact's own."""
    before = contact(pin="p", signed=True)
    after = absorb(before, visitor(FULL))
    assert after == replace(
        before,
        name="Vera",
        random_name=False,
        email="vera@acme.test",
        phone="1",
        company="Acme",
        custom_data={"plan": "gold"},
        carried=(OTHER_THREAD,),
    )


def test_what_the_contact_has_stays() -> None:
    """The visitor's values never replace the contact's."""
    own = User(name="Ana", email="ana@acme.test", phone="2", company="Beta", custom_data={"plan": "free"})
    assert absorb(contact(own), visitor(FULL)) == contact(own, carried=(OTHER_THREAD,))


def test_a_random_name_fills_nothing() -> None:
    """Of two random names the contact keeps its own."""
    before = contact()
    after = absorb(before, visitor())
    assert (after.name, after.random_name) == (before.name, True)


@pytest.mark.parametrize("field", ["name", "email", "phone", "company"])
def test_a_locked_field_is_not_filled(field: str) -> None:
    """What tokens rule, a visitor can't bring in by being carried."""
    before = contact(locked=(field,))
    after = absorb(before, visitor(FULL))
    assert getattr(after, field) == getattr(before, field)


def test_a_locked_key_is_not_filled() -> None:
    """A key that a token cleared stays cleared."""
    assert absorb(contact(locked=("custom_data.plan",)), visitor(FULL)).custom_data == {}


def test_custom_data_without_room_is_left_behind() -> None:
    """A carry never fails for it: what fits within 100 keys and 32 KiB comes along."""
    full = {f"key{number}": 1 for number in range(99)}
    after = absorb(contact(custom_data=full), visitor(User(custom_data={"a": 1, "b": 2})))
    assert after.custom_data == {**full, "a": 1}
    heavy = {f"key{number}": "x" * 1000 for number in range(32)}
    after = absorb(contact(custom_data=heavy), visitor(User(custom_data={"long": "x" * 1000, "short": "y"})))
    assert after.custom_data == {**heavy, "short": "y"}


def test_a_repeated_carry_changes_nothing() -> None:
    """An interrupted carry may be finished by doing it again."""
    once = absorb(contact(), visitor(FULL))
    assert absorb(once, visitor(FULL)) == once


def test_the_last_20_carried_threads_are_kept() -> None:
    """In order, the oldest given up."""
    threads = [f"th_0_{number:020d}" for number in range(25)]
    carried = contact()
    for thread in threads:
        carried = absorb(carried, visit(None, User(), thread, NOW))
    assert list(carried.carried) == threads[-20:]
