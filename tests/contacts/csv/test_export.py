"""Contacts as CSV, and back."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from onethread.contacts.csv.decision import decide
from onethread.contacts.csv.export import Sheet, Survey
from onethread.contacts.csv.formulas import TRIGGERS, guard, unguard
from onethread.contacts.csv.rows import Draft
from onethread.contacts.profile import Contact, visit
from onethread_protocol.bounds import MAX_INT
from onethread_protocol.people import User
from tests.contacts.csv.files import drafts
from tests.identity.acme import NOW, THREAD

OTHER = "th_0_" + "z" * 20


CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")  # which no profile has


def text(most: int) -> st.SearchStrategy[str]:
    plain = st.text(CHARACTERS, min_size=1, max_size=most)
    return plain | st.text("'=+-@\t\r\n ,;\"＝x", min_size=1, max_size=6)


values = text(20) | st.just("") | st.booleans() | st.integers(-MAX_INT, MAX_INT)
values |= st.floats(allow_nan=False, allow_infinity=False)
keys = st.text(CHARACTERS, min_size=1, max_size=12)
keys |= st.sampled_from(["email", "custom.a", "a:number", "a:text", "custom_data", " x ", "=cmd", "user_id"])
contacts = st.builds(
    Contact,
    thread=st.just(THREAD),
    name=text(20),
    created_at=st.just(NOW),
    user_id=st.none() | text(20),
    import_key=st.none() | text(20),
    email=st.just("") | text(20),
    phone=st.just("") | text(20),
    company=st.just("") | text(20),
    custom_data=st.dictionaries(keys, values, max_size=5),
    authenticated=st.just(True),
)


def person(user_id: str, **fields: Any) -> Contact:
    return Contact(**{"thread": THREAD, "name": "A", "created_at": NOW, "user_id": user_id, **fields})


def sheet(people: Sequence[Contact]) -> Sheet:
    survey = Survey()
    survey.see(people)
    return survey.sheet()


def exported(people: Sequence[Contact]) -> str:
    made = sheet(people)
    return (made.header() + made.rows(people)).decode()


def parsed(people: Sequence[Contact]) -> list[dict[str, str]]:
    """As any other program reads it."""
    return list(csv.DictReader(io.StringIO(exported(people), newline="")))


def imported(row: Draft | str, before: Contact | None) -> tuple[str, Contact]:
    assert isinstance(row, Draft), row
    decided = decide(before, row, THREAD, NOW, None)
    return decided.outcome, decided.contact


@settings(max_examples=300)
@given(st.lists(contacts, min_size=1, max_size=4))
def test_an_export_changes_nothing_where_it_came_from(people: list[Contact]) -> None:
    """Imported again, each row finds its contact as it is."""
    found = [imported(row, contact) for row, contact in zip(drafts(exported(people)), people, strict=True)]
    assert [outcome for outcome, _ in found] == ["unchanged"] * len(people)


@settings(max_examples=300)
@given(st.lists(contacts, min_size=1, max_size=4))
def test_an_export_makes_the_same_contacts_elsewhere(people: list[Contact]) -> None:
    """Imported where nobody is known, each row makes the same contact, to the kind of every value."""
    rows = drafts(exported(people))
    for row, contact in zip(rows, people, strict=True):
        outcome, made = imported(row, None)
        key = None if contact.user_id else contact.import_key
        assert (outcome, made) == ("imported", replace(contact, import_key=key))
        assert {k: type(v) for k, v in made.custom_data.items()} == {
            k: type(v) for k, v in contact.custom_data.items()
        }


def test_columns() -> None:
    """One column for each key of custom_data and kind of value, by name; all else are fields."""
    people = [
        person("1", name="Ann", custom_data={"seats": 5, "plan": "pro"}),
        person("2", name="Ben", phone="+49 1", custom_data={"seats": "few"}),
    ]
    assert exported(people) == (
        "user_id,import_key,name,email,phone,company,custom.plan,custom.seats:number,custom.seats\r\n"
        "1,,Ann,,,,pro,5,\r\n"
        "2,,Ben,,'+49 1,,,,few\r\n"
    )


def test_delimiters_are_quoted() -> None:
    """A spreadsheet that expects another delimiter finds no formula behind one."""
    for delimiter in ",;|\t":
        assert f'"Ann{delimiter}=1"' in exported([person("1", name=f"Ann{delimiter}=1")])


def test_keys_without_a_user_id() -> None:
    """Who has no user_id is found again by import_key, or else by id."""
    visitor = visit(None, User(name="Ann"), THREAD, NOW)
    assert [row["import_key"] for row in parsed([visitor, replace(visitor, import_key="k")])] == [
        visitor.id,
        "k",
    ]


def test_a_random_name_is_none() -> None:
    """A name that the server made up is not exported: it would become a given one."""
    assert parsed([visit(None, User(), THREAD, NOW)])[0]["name"] == ""


def test_many_keys() -> None:
    """Keys beyond the first 500 share a column of JSON, and come back from it."""
    data = [{f"k{n}": n for n in range(at, at + 100)} for at in range(0, 700, 100)]
    people = [person(str(at), custom_data=each) for at, each in enumerate(data)]
    rows = drafts(exported(people))
    assert len(parsed(people)[0]) == 6 + 500 + 1
    assert [row.data for row in rows if isinstance(row, Draft)] == data


def test_nobody() -> None:
    """An export of nobody is a header, which imports as no rows."""
    assert drafts(exported([])) == []


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_no_formula_leaves(trigger: str) -> None:
    """Nothing that a spreadsheet would run begins a cell, in any field or key."""
    evil = f"{trigger}cmd|' /C calc'!A0"
    data = {evil: evil, "n": 1}
    [row] = parsed([person(evil, name=evil, email=evil, phone=evil, company=evil, custom_data=data)])
    assert [cell for pair in row.items() for cell in pair if cell[:1] == trigger] == []


@given(st.text("'=+-@\t\r\n＝ax ") | st.text())
def test_the_guard_is_undone(given_text: str) -> None:
    """Every text comes back from behind its guard, those among them that begin with an apostrophe."""
    assert unguard(guard(given_text)) == given_text
    assert guard(given_text)[:1] not in tuple(TRIGGERS)
