"""How contacts are found: folding, the terms they are filed under, and what a search finds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.contacts.profile import Contact
from onethread.contacts.search import (
    ByAuthenticated,
    ByCustomData,
    ByEmail,
    ByPrefix,
    Everyone,
    Filter,
    fold,
    holds,
    prefixes,
    refiled,
    terms,
    text_of,
)
from tests.identity.acme import NOW, THREAD


def contact(**fields: Any) -> Contact:
    return Contact(**{"thread": THREAD, "name": "Giant Duck (anonym)", "created_at": NOW, **fields})


LOPEZ = contact(
    name="Ana López", email="ana@shop.example", user_id="user-007", phone="+49 151 234", company="ACME GmbH"
)


def found(wanted: Filter, one: Contact) -> bool:
    """Whether a search finds a contact: it is filed under what is looked up, and holds."""
    begins = prefixes(wanted)
    looked_up = not begins or any(term.startswith(begin) for begin in begins for term in terms(one))
    return looked_up and holds(wanted, one)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ana", "ana"),
        ("  ANA \t  María ", "ana maria"),
        ("José", "jose"),
        ("Jose\u0301", "jose"),
        ("Straße", "strasse"),
        ("ﬁnn", "finn"),
        ("İpek", "ipek"),
        ("ＡＮＡ １２", "ana 12"),
        ("Ζαΐρα", "ζαιρα"),
        ("\u200fשלום", "שלום"),
        ("zero\u200bwidth", "zerowidth"),
        ("nul\0l", "null"),
        ("\u0301\u200f", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    """Case, accents, widths, ligatures, invisible characters and spaces make no difference to a search."""
    assert fold(text) == folded


@pytest.mark.parametrize(
    "query",
    [
        "a",
        "ANA",
        "ána",
        "Ana Lópe",
        "ana@",
        "ANA@SHOP.EX",
        "user-00",
        "+49 (15",
        "+4915",
        "+49-151/23",
        "49151",
        "49 (151) 2",
        "0049151",
        "4",
        "ac",
        "Ácme G",
    ],
)
def test_a_prefix_of_any_field_finds(query: str) -> None:
    """A query is a prefix of name, e-mail, user_id, phone or company; a phone's separators don't matter."""
    assert found(ByPrefix(query), LOPEZ)


@pytest.mark.parametrize(
    "query", ["López", "shop", "007", "151", "GmbH", "anaa", "ana maria", " ", "\u200f", "+", "user 0"]
)
def test_nothing_else_finds(query: str) -> None:
    """What is inside a field, longer than it, or nothing at all finds nobody."""
    assert not found(ByPrefix(query), LOPEZ)


@pytest.mark.parametrize(
    ("phone", "query", "finds"),
    [
        ("0049 151", "+49151", True),
        ("0049 151", "004915", True),
        ("0049 151", "49151", False),
        ("0049 151", "00", True),
        ("+49 151", "00", False),
        ("0151 49", "+151", False),
        ("0151 49", "0151", True),
        ("49 151", "+49", False),
        ("+1 5", "15", True),
    ],
)
def test_how_phones_begin(phone: str, query: str, finds: bool) -> None:
    """A plus may be left out or be written 00; other digits are as they are."""
    assert found(ByPrefix(query), contact(phone=phone)) is finds


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("Łukasz Żak", ["lukasz", "Łuk", "łukasz za", "LUKASZ ZAK"]),
        ("Søren Ærø", ["soren a", "sør", "SOREN AERO", "soren æ"]),
        ("Đorđe", ["dord", "đor"]),
        ("Þórður", ["thordu", "þor"]),
        ("Işık", ["isik", "işı"]),
        ("Œuvre Weiß", ["oeuvre weiss", "œu"]),
        ("Lukasz", ["łukasz", "lukasz"]),
    ],
)
def test_letters_that_others_have_no_key_for(name: str, queries: list[str]) -> None:
    """They are found as they are written, and as people without the key type them."""
    for query in queries:
        assert found(ByPrefix(query), contact(name=name))
        assert found(ByPrefix(query), contact(company=name))


def test_what_was_filed_before_is_found() -> None:
    """Plain letters came later: who is filed without them is found as before, and leaves nothing behind."""
    one = contact(name="Łukasz")
    assert "tłukasz" in prefixes(ByPrefix("Łukasz"))
    assert holds(ByPrefix("Łukasz"), one)
    assert "tłukasz" in refiled(one, None).removed


def test_a_phone_may_be_any_text() -> None:
    """A phone that is no number is found as it is written."""
    assert found(ByPrefix("ext. f"), contact(phone="ext. five"))
    assert not found(ByPrefix("extf"), contact(phone="ext. five"))


def test_beyond_what_is_filed_the_profile_is_checked() -> None:
    """Two texts that differ only after what is filed of them are told apart."""
    long = "x" * 100
    assert found(ByPrefix(f"{long}a"), contact(name=f"{long}ab"))
    assert not found(ByPrefix(f"{long}a"), contact(name=f"{long}bb"))


def test_an_email_is_compared_whole() -> None:
    """An e-mail finds its contacts in any case, and no others; who has none is not found by an empty one."""
    assert found(ByEmail("Ana@Shop.Example"), contact(email="ana@shop.example"))
    assert not found(ByEmail("ana@shop"), contact(email="ana@shop.example"))
    assert not found(ByEmail(""), contact())


@pytest.mark.parametrize("authenticated", [True, False])
def test_authenticated(authenticated: bool) -> None:
    """Either half can be asked for."""
    assert found(ByAuthenticated(authenticated), contact(authenticated=authenticated))
    assert not found(ByAuthenticated(not authenticated), contact(authenticated=authenticated))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("gold", "gold"),
        (42, "42"),
        (42.0, "42"),
        (2.5, "2.5"),
        (True, "true"),
        (False, "false"),
        ("", ""),
        (-3, "-3"),
    ],
)
def test_custom_data_is_found_by_its_value_as_text(value: Any, text: str) -> None:
    """A value of custom_data is found under its own key, whatever its type, and no other value is."""
    one = contact(custom_data={"plan": value})
    assert text_of(value) == text
    assert found(ByCustomData("plan", text), one)
    assert not found(ByCustomData("plan", text + "x"), one)
    assert not found(ByCustomData("other", text), one)


def test_custom_data_is_compared_to_the_letter() -> None:
    """A filter is exact: case counts, and a key and a value can't be mistaken for another pair."""
    one = contact(custom_data={"plan": "Gold", "a\0b": "c"})
    assert not found(ByCustomData("plan", "gold"), one)
    assert not found(ByCustomData("a", "b\0c"), one)


def test_everyone_needs_no_term() -> None:
    """All contacts are listed without looking a term up."""
    assert prefixes(Everyone()) == ()
    assert found(Everyone(), contact())


def test_terms_hold_no_whole_email_of_any_length() -> None:
    """Under the exact e-mail only a digest is filed."""
    assert "ana@shop.example" not in {
        term[1:] for term in terms(contact(email="ana@shop.example")) if term[0] == "e"
    }


def test_refiled_is_what_changed() -> None:
    """A change files what is new and takes away what is gone; an equal profile does neither."""
    before = contact(email="ana@shop.example", custom_data={"plan": "gold", "seats": 1})
    after = contact(email="ana@shop.example", custom_data={"plan": "silver", "seats": 1}, phone="+49 1")
    filing = refiled(before, after)
    assert set(filing.added) == terms(after) - terms(before)
    assert set(filing.removed) == terms(before) - terms(after)
    assert len(filing.added) == 2
    assert refiled(before, before) == refiled(None, None)
    assert set(refiled(None, after).added) == terms(after)
    assert set(refiled(after, None).removed) == terms(after)


texts = st.text(max_size=40)


@given(
    texts.filter(fold), st.integers(1, 50), st.sampled_from(["name", "email", "user_id", "company", "phone"])
)
def test_every_prefix_of_every_text_finds(text: str, length: int, field: str) -> None:
    """Whatever a field holds, each prefix of it that is not nothing to the eye finds the contact."""
    prefix = text[:length]
    # The beginning of a text may fold to what the whole does not begin with: a sign that joins with the next.
    if fold(prefix) and fold(text).startswith(fold(prefix)):
        assert found(ByPrefix(prefix), contact(**{field: text}))


@given(texts, texts)
def test_what_is_found_begins_so(query: str, name: str) -> None:
    """A name is found exactly if, folded, it begins with the folded query."""
    wanted = bool(fold(query)) and fold(name).startswith(fold(query))
    assert holds(ByPrefix(query), contact(name=name)) is wanted
