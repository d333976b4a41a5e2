"""What a row does to a contact."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from onethread.contacts.csv.decision import Decided, decide
from onethread.contacts.csv.rows import Draft, Skip
from onethread.contacts.profile import Contact, visit
from onethread_protocol.people import User
from tests.identity.acme import NOW, THREAD

OTHER = "th_0_" + "z" * 20


def stored(**fields: object) -> Contact:
    """A contact of user_id 1, as an import left it."""
    contact = decide(None, Draft(user_id="1", fields={"name": "Ann"}), THREAD, NOW, None).contact
    return replace(contact, **fields)


def again(contact: Contact, pin: str | None = None, **row: Any) -> Decided:
    """What a later row about the contact does."""
    return decide(contact, Draft(**{"user_id": "1", **row}), OTHER, NOW + 1, pin)


def test_a_new_contact() -> None:
    """It is created, authenticated, with what the row gives and nothing else."""
    row = Draft(user_id="1", fields={"name": "Ann", "email": "a@b"}, texts={"plan": "pro"}, data={"seats": 5})
    decided = decide(None, row, THREAD, NOW, None)
    assert decided.outcome == "imported"
    assert decided.contact == Contact(
        thread=THREAD,
        name="Ann",
        created_at=NOW,
        user_id="1",
        email="a@b",
        custom_data={"plan": "pro", "seats": 5},
        authenticated=True,
    )


def test_a_new_contact_without_a_name() -> None:
    """It gets a random one, as everybody without a name."""
    decided = decide(None, Draft(user_id="1"), THREAD, NOW, None)
    assert decided.contact.random_name
    assert decided.contact.name.endswith("(anonym)")


def test_nothing_new() -> None:
    """What says nothing new changes nothing."""
    contact = stored(email="a@b", custom_data={"plan": "pro"})
    decided = decide(
        contact, Draft(user_id="1", fields={"email": "a@b"}, texts={"plan": "pro"}), OTHER, NOW + 1, None
    )
    assert (decided.outcome, decided.contact) == ("unchanged", contact)


def test_an_update() -> None:
    """Given fields are set, custom_data merges by key, all else stays; what a token locked changes too."""
    contact = stored(
        email="a@b", phone="1", custom_data={"plan": "pro", "x": 1}, locked=("email",), wrote=True
    )
    decided = decide(
        contact, Draft(user_id="1", fields={"email": "c@d"}, texts={"plan": "free"}), OTHER, NOW + 1, None
    )
    assert decided.outcome == "updated"
    assert decided.contact == replace(contact, email="c@d", custom_data={"plan": "free", "x": 1})


def test_a_name_for_one_who_had_none() -> None:
    """A given name takes the random one's place."""
    contact = decide(None, Draft(user_id="1"), THREAD, NOW, None).contact
    decided = again(contact, fields={"name": "Ann"})
    assert (decided.contact.name, decided.contact.random_name, decided.outcome) == ("Ann", False, "updated")


@pytest.mark.parametrize(
    ("held", "text", "becomes"),
    [
        (5, "6", 6),
        (5, "x", "x"),
        (5, "1.5", 1.5),
        (True, "FALSE", False),
        (True, "1", "1"),
        ("5", "6", "6"),
        ("x", "true", "true"),
    ],
)
def test_text_stays_text_unless_the_contact_has_a_number(held: object, text: str, becomes: object) -> None:
    """A key that holds a number keeps on holding one, if the text is one; a boolean likewise."""
    contact = stored(custom_data={"k": held})
    found = again(contact, texts={"k": text}).contact.custom_data["k"]
    assert (found, type(found)) == (becomes, type(becomes))


def test_a_number_is_not_a_boolean() -> None:
    """1 in place of true is a change, though Python takes them for equal."""
    contact = stored(custom_data={"k": True})
    assert again(contact, data={"k": 1}).outcome == "updated"


def test_by_import_key() -> None:
    """A contact without a user_id keeps the key by which it was imported; one with a user_id needs none."""
    contact = decide(None, Draft(import_key="k", fields={"name": "Ann"}), THREAD, NOW, None).contact
    assert (contact.user_id, contact.import_key) == (None, "k")
    assert (
        decide(contact, Draft(import_key="k", fields={"name": "Ann"}), OTHER, NOW, None).outcome
        == "unchanged"
    )
    assert decide(None, Draft(user_id="1", import_key="k"), THREAD, NOW, None).contact.import_key is None


def test_by_contact_id() -> None:
    """The id of a contact as its key is not stored as one: it is found by it anyway."""
    contact = replace(visit(None, User(name="Ann"), THREAD, NOW), authenticated=True)
    row = Draft(import_key=contact.id, fields={"name": "Ann"})
    assert decide(contact, row, OTHER, NOW, None).outcome == "unchanged"


def test_pins() -> None:
    """A security_hash is pinned, also in another's place; the same again changes nothing; none leaves it."""
    first = decide(None, Draft(user_id="1", security_hash="s"), THREAD, NOW, "pin")
    assert (first.contact.pin, first.repinned) == ("pin", True)
    same = again(first.contact, "pin", security_hash="s")
    assert (same.outcome, same.repinned) == ("unchanged", False)
    other = again(first.contact, "other", security_hash="t")
    assert (other.outcome, other.repinned, other.contact.pin) == ("updated", True, "other")
    none = again(first.contact)
    assert (none.outcome, none.contact.pin) == ("unchanged", "pin")


@pytest.mark.parametrize("held", [{}, {f"k{i}": "v" for i in range(60)}])
def test_too_much_custom_data(held: dict[str, str]) -> None:
    """What has no room in custom_data, with what is there already, does not go in."""
    contact = stored(custom_data=held)
    with pytest.raises(Skip, match="at most 100 keys"):
        again(contact, texts={f"n{i}": "v" for i in range(101 - len(held))})


fields = st.sampled_from(["name", "email", "phone", "company"])
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
values = st.booleans() | st.integers(-3, 3) | st.floats(-1, 1) | st.text(characters, max_size=3)
rows = st.builds(
    Draft,
    user_id=st.just("1"),
    fields=st.dictionaries(fields, st.text(characters, min_size=1, max_size=9)),
    texts=st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x", "1", "true", "2.5"])),
    data=st.dictionaries(st.sampled_from("abc"), values),
)


@given(rows, st.none() | rows)
def test_a_repeat_changes_nothing(row: Draft, earlier: Draft | None) -> None:
    """Whatever a row did, doing it again does nothing."""
    before = None if earlier is None else decide(None, earlier, THREAD, NOW, None).contact
    first = decide(before, row, THREAD, NOW, None)
    second = decide(first.contact, row, OTHER, NOW + 1, None)
    assert (second.outcome, second.contact) == ("unchanged", first.contact)
