"""A contact's profile: what an init, a token, its customer and its agents make of it."""

import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from onethread.contacts.profile import Contact, admit, edit, fill, register, role, view, visit
from onethread.identity.decision import Admit
from onethread_protocol.customer import Prechat
from onethread_protocol.errors import ProtocolError
from onethread_protocol.people import ContactView, User, UserEdit
from tests.contacts.people import GIVEN, OPEN, known, refusal, signed
from tests.identity.acme import ANA, NOW, OTHER_THREAD, THREAD

RANDOM = "Swift Antelope (anonym)"


def keys(count: int, value: Any = 1) -> dict[str, Any]:
    return {f"key{number}": value for number in range(count)}


def test_a_new_contact_has_what_init_gave() -> None:
    """Given fields are stored; the id is the thread's; a user_id makes it authenticated at once."""
    contact = admit(None, OPEN, GIVEN, THREAD, NOW)
    assert contact == Contact(
        thread=THREAD,
        name="Ana",
        created_at=NOW,
        user_id=ANA,
        email="ana@acme.test",
        phone="+49 1",
        company="Acme",
        custom_data={"plan": "gold", "seats": 5},
        authenticated=True,
    )
    assert contact.id == "ct_0_0123456789abcdefghij"


def test_missing_fields_are_kept_and_custom_data_merges() -> None:
    """A later init changes what it gives and nothing else; its thread and age stay."""
    later = User(email="new@acme.test", custom_data={"seats": 6, "trial": False})
    contact = admit(known(), OPEN, later, OTHER_THREAD, NOW + 5)
    data = {"plan": "gold", "seats": 6, "trial": False}
    assert contact == known(email="new@acme.test", custom_data=data)
    assert admit(known(), OPEN, User(), OTHER_THREAD, NOW + 5) == known()


def test_null_clears_a_key_of_custom_data_in_init_too() -> None:
    """custom_data merges by key, and null is no value to keep."""
    assert admit(known(), OPEN, User(custom_data={"plan": None}), THREAD, NOW).custom_data == {"seats": 5}


@pytest.mark.parametrize("user", [User(), User(email="a@b.test")])
def test_without_a_name_there_is_a_random_one(user: User) -> None:
    """Contacts and visitors alike; it derives from the thread, so it is the same wherever it is made."""
    for contact in (admit(None, OPEN, user, THREAD, NOW), visit(None, user, THREAD, NOW)):
        assert (contact.name, contact.random_name) == (RANDOM, True)
    assert visit(None, user, OTHER_THREAD, NOW).name != RANDOM


def test_a_random_name_is_kept_until_a_real_one_comes() -> None:
    """It stays through inits without a name, gives way to a given one, and comes back the same when that is
    cleared.
    """
    contact = admit(None, OPEN, User(), THREAD, NOW)
    assert admit(contact, OPEN, User(email="a@b.test"), THREAD, NOW).name == RANDOM
    named = edit(contact, UserEdit(name="Ana"))
    assert (named.name, named.random_name) == ("Ana", False)
    cleared = edit(named, UserEdit(name=None))
    assert (cleared.name, cleared.random_name) == (RANDOM, True)


def test_an_admission_brings_pin_and_mark() -> None:
    """A new pin is kept, none leaves the old one; a signed mark stays."""
    pinned = admit(None, Admit(user_id=ANA, means="pinned", pin_now="p1"), User(), THREAD, NOW)
    assert (pinned.pin, pinned.signed) == ("p1", False)
    marked = admit(pinned, signed(), User(), THREAD, NOW)
    assert (marked.pin, marked.signed) == ("p1", True)
    again = admit(marked, Admit(user_id=ANA, means="signed"), User(), THREAD, NOW)
    assert (again.pin, again.signed) == ("p1", True)


def test_a_visitor_has_what_its_init_gave() -> None:
    """Its profile at once, but neither a user_id nor authenticated; the next init changes what it gives."""
    visitor = visit(None, GIVEN, THREAD, NOW)
    assert (visitor.name, visitor.email, visitor.user_id, visitor.authenticated) == (
        "Ana",
        "ana@acme.test",
        None,
        False,
    )
    after = visit(visitor, User(email="new@acme.test"), OTHER_THREAD, NOW + 5)
    assert after == replace(visitor, email="new@acme.test")


def test_a_clean_chat_has_nothing_of_anybody() -> None:
    """Made from an empty user it holds a random name and no more."""
    assert visit(None, User(), THREAD, NOW) == Contact(
        thread=THREAD, name=RANDOM, created_at=NOW, random_name=True
    )


def test_an_edit_sets_clears_and_merges() -> None:
    """Given fields are set, null clears a field or a key, all others are kept."""
    change = UserEdit(phone=None, company="Acme Ltd", custom_data={"plan": None, "seats": 7})
    assert edit(known(), change) == known(phone="", company="Acme Ltd", custom_data={"seats": 7})
    assert edit(known(), UserEdit()) == known()


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({name: "A\0na"}, name, '` has a NUL character: "A\ufffdna".')
        for name in ("name", "email", "phone", "company")
    ]
    + [
        ({"custom_data": {"plan": "\0"}}, "custom_data.plan", '` has a NUL character: "\ufffd".'),
        ({"custom_data": {"pl\0an": 1}}, "custom_data", '` has a key with a NUL character: "pl\ufffdan".'),
    ],
)
def test_a_nul_is_refused(given: dict[str, Any], field: str, told: str) -> None:
    """Whoever says it, the field is named, the text quoted, and nothing is stored."""
    user, change = User(**given), UserEdit(**given)
    refused: dict[str, list[Callable[[], Contact]]] = {
        "user.": [
            lambda: visit(None, user, THREAD, NOW),
            lambda: admit(known(), OPEN, user, THREAD, NOW),
            lambda: edit(known(), change),
        ],
        "token.": [lambda: admit(known(), signed(**given), User(), THREAD, NOW)],
        "": [
            lambda: edit(known(), change, by_customer=False, within=""),
            lambda: register(user, THREAD, NOW),
            *([lambda: fill(known(), Prechat(**given))] if "custom_data" not in given else []),
        ],
    }
    for within, calls in refused.items():
        for call in calls:
            with pytest.raises(ProtocolError) as caught:
                call()
            error = caught.value
            assert (error.code, error.reason, error.field) == (400, "bad_field", f"{within}{field}")
            assert error.message == f"`{within}{field}{told}"


def test_a_nul_in_who_somebody_is_is_refused() -> None:
    """An export could not bring them elsewhere."""
    user = User(user_id="a\0")
    assert refusal(lambda: admit(None, OPEN, user, THREAD, NOW))[2] == "user.user_id"
    assert refusal(lambda: register(user, THREAD, NOW))[2] == "user_id"
    assert refusal(lambda: admit(None, signed(sub="a\0"), User(), THREAD, NOW))[2] == "token.sub"


@pytest.mark.parametrize(
    ("held", "more", "fits"),
    [
        (keys(99), {"last": 1}, True),
        (keys(100), {"key5": 2}, True),
        (keys(100), {"one more": 1}, False),
        (keys(100), {"one more": 1, "key5": None}, True),
        (keys(32, "x" * 1000), {"k": "x" * 400}, True),
        (keys(32, "x" * 1000), {"k": "x" * 1000}, False),
        (keys(32, "é" * 500), {"k": "é" * 500}, False),
    ],
)
def test_the_limits_of_custom_data_count_on_the_merge(held: Any, more: Any, fits: bool) -> None:
    """100 keys and 32 KiB of the result, not of the frame; beyond, 400 bad_field and nothing is stored."""
    contact = known(custom_data=held)
    changes: list[Callable[[], Contact]] = [
        lambda: edit(contact, UserEdit(custom_data=more)),
        lambda: admit(contact, OPEN, User(custom_data=more), THREAD, NOW),
        lambda: visit(contact, User(custom_data=more), THREAD, NOW),
    ]
    for change in changes:
        if fits:
            assert change().custom_data == {k: v for k, v in {**held, **more}.items() if v is not None}
        else:
            assert refusal(change) == (400, "bad_field", "user.custom_data")


@pytest.mark.parametrize(
    ("held", "claimed", "given", "field"),
    [
        (keys(100), {"one more": 1}, {}, "token"),
        (keys(100), {"one more": 1}, {"and more": 1}, "token"),
        (keys(60), {"one more": 1}, {f"own{i}": 1 for i in range(40)}, "user"),
        ({}, keys(60), {f"own{i}": 1 for i in range(41)}, "user"),
        (keys(100), {"key5": 2}, {"one more": 1}, "user"),
        (keys(100), {"one more": 1}, {"key5": None}, ""),
    ],
)
def test_what_makes_custom_data_too_large_is_named(held: Any, claimed: Any, given: Any, field: str) -> None:
    """The token's, if it is too much without the frame's; else the frame's, which its customer can change."""
    admission, user = signed(custom_data=claimed), User(custom_data=given)
    contact = known(custom_data=held)
    if not field:
        assert len(admit(contact, admission, user, THREAD, NOW).custom_data) == 100
        return
    with pytest.raises(ProtocolError) as caught:
        admit(contact, admission, user, THREAD, NOW)
    assert (caught.value.code, caught.value.reason) == (400, "bad_field")
    assert caught.value.field == f"{field}.custom_data"
    assert re.fullmatch(
        rf"`{field}\.custom_data` must have at most 100 keys, not 10[12]\.", caught.value.message
    )


def test_a_form_fills_fields() -> None:
    """The pre-chat form's fields are the profile's; a locked one is refused by its name in the frame."""
    assert fill(known(), Prechat(name="Anna", phone="2")) == known(name="Anna", phone="2")
    locked = known(locked=("email",))
    assert refusal(lambda: fill(locked, Prechat(email="x"))) == (403, "field_locked", "email")


def test_the_view_leaves_out_what_is_missing() -> None:
    """Customers see their profile without custom_data, pins and marks; nobody's fields are left out, not
    empty.
    """
    assert view(known()) == ContactView(
        id="ct_0_0123456789abcdefghij",
        name="Ana",
        email="ana@acme.test",
        phone="+49 1",
        company="Acme",
        user_id=ANA,
        authenticated=True,
    )
    bare = msgspec.to_builtins(view(visit(None, User(), THREAD, NOW)))
    assert bare == {"id": "ct_0_0123456789abcdefghij", "name": RANDOM, "authenticated": False}


def test_the_role_follows_authentication() -> None:
    """A visitor until it is authenticated, then a contact."""
    assert role(visit(None, User(), THREAD, NOW)) == "visitor"
    assert role(known()) == "contact"


def test_a_contact_is_stored_compactly_and_whole() -> None:
    """As an array without names: the same contact comes back, and one of an earlier, shorter form still
    reads.
    """
    contact = known(locked=("name",), pin="p", signed=True, form=True, wrote=True, carried=(OTHER_THREAD,))
    packed = msgspec.msgpack.encode(contact)
    assert msgspec.msgpack.decode(packed, type=Contact) == contact
    assert len(msgspec.msgpack.encode(visit(None, User(), THREAD, NOW))) < 90
    early = msgspec.msgpack.encode([THREAD, "Ana", NOW])
    assert msgspec.msgpack.decode(early, type=Contact) == Contact(thread=THREAD, name="Ana", created_at=NOW)


def test_a_repr_shows_nobody() -> None:
    """Neither the person nor the pin ends up in a log."""
    shown = repr(known(pin="p1n"))
    for private in ("Ana", ANA, "acme.test", "+49", "gold", "p1n"):
        assert private not in shown
