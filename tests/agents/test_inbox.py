"""Views, rows and cursors of the inbox."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.agents.inbox import PREVIEW, Place, Said, Spot, gone, read_cursor, row, shows, spell
from onethread_protocol.bounds import MAX_INT
from onethread_protocol.codec import JSON
from onethread_protocol.errors import ProtocolError
from onethread_protocol.inbox import RowContact
from onethread_protocol.people import Author, Named

ANA = "ag_ana"
PLACES = [
    Place("open", ""),
    Place("open", ANA),
    Place("open", "ag_ben"),
    Place("closed", ""),
    Place("closed", ANA),
]
SHOWN = {
    "open": [True, True, True, False, False],
    "mine": [False, True, False, False, False],
    "unassigned": [True, False, False, False, False],
    "closed": [False, False, False, True, True],
    "all": [True, True, True, True, True],
}
ANA_AUTHOR = Author(type="agent", id=ANA, name="Ana")


@pytest.mark.parametrize("view", SHOWN)
def test_what_each_view_shows(view: str) -> None:
    """6.8: `mine` and `unassigned` are subsets of `open`; a closed thread is in neither, whoever has it."""
    assert [shows(view, ANA, place) for place in PLACES] == SHOWN[view]  # type: ignore[arg-type]


def a_row(said: Said | None = None, unread: int = 0) -> dict[str, object]:
    """A row as it goes over the wire."""
    built = row(
        "th_0_x",
        7,
        active_at=9,
        contact=RowContact(id="ct_0_x", name="Mia", authenticated=False),
        place=Place("open", ANA),
        assignee=Named(id=ANA, name="Ana"),
        said=said,
        unread=unread,
        online=True,
    )
    found: dict[str, object] = json.loads(JSON.encode(built))
    return found


def test_a_row_has_what_the_wire_says() -> None:
    """Its last message or note, deleted ones without text; unread up to 100."""
    assert a_row(unread=250) == {
        "thread": "th_0_x", "rev": 7, "active_at": 9, "status": "open", "unread": 100, "online": True,
        "contact": {"id": "ct_0_x", "name": "Mia", "authenticated": False},
        "assignee": {"id": ANA, "name": "Ana"},
    }  # fmt: skip
    said = Said(seq=3, at=9, note=True, author=ANA_AUTHOR, text="hello")
    assert a_row(said)["last"] == {
        "seq": 3, "at": 9, "kind": "note", "text": "hello",
        "from": {"type": "agent", "id": ANA, "name": "Ana"},
    }  # fmt: skip
    deleted = a_row(Said(seq=3, at=9, note=False, author=ANA_AUTHOR, text=None))["last"]
    assert isinstance(deleted, dict)
    assert (deleted["kind"], "text" in deleted) == ("message", False)


@pytest.mark.parametrize(("length", "shown"), [(PREVIEW, PREVIEW), (PREVIEW + 1, PREVIEW), (10_000, PREVIEW)])
def test_a_long_message_is_shown_shortened(length: int, shown: int) -> None:
    """By characters, with a sign that there is more."""
    last = a_row(Said(seq=1, at=1, note=False, author=ANA_AUTHOR, text="😀" * length))["last"]
    assert isinstance(last, dict)
    assert len(last["text"]) == shown
    assert last["text"].endswith("…") is (length > PREVIEW)


def test_a_row_that_left_says_only_that() -> None:
    """Its thread and rev, nothing of its contact."""
    assert JSON.encode(gone("th_0_x", 8)) == b'{"thread":"th_0_x","rev":8,"gone":true}'


@given(
    st.sampled_from(["open", "mine", "unassigned", "closed", "all"]),
    st.integers(0, MAX_INT),
    st.from_regex(r"\Ath_[0-9]{1,4}_[0-9a-z]{20}\Z"),
)
def test_a_cursor_is_the_place_it_was_made_of(view: str, at: int, thread: str) -> None:
    """For the view it is of; to another it is 400 `bad_field`."""
    spot = Spot(view, at, thread)  # type: ignore[arg-type]
    assert read_cursor(spell(spot), view) == spot  # type: ignore[arg-type]
    other = "open" if view == "all" else "all"
    with pytest.raises(ProtocolError) as error:
        read_cursor(spell(spot), other)
    assert (error.value.code, error.value.field) == (400, "cursor")


@given(st.text(min_size=1, max_size=80))
def test_no_text_makes_reading_a_cursor_fail_otherwise(text: str) -> None:
    """Whatever a client sends is a place or 400 `bad_field`."""
    refused = None
    try:
        read_cursor(text, "open")
    except ProtocolError as error:
        refused = error
    assert refused is None or (refused.reason, refused.field) == ("bad_field", "cursor")
