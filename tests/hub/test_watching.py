"""Who is told of a changed row: decided once for all agents of a hub."""

import pytest

from onethread.agents.inbox import Place
from onethread.contacts.profile import Contact
from onethread.hub import watching
from onethread.hub.inbox_store import Listed, RowState, Unlisted
from onethread.hub.watching import Told, Viewpoint

ALL, OPEN, CLOSED = (Viewpoint(view, "ag_x") for view in ("all", "open", "closed"))  # type: ignore[arg-type]
ANAS, BENS = Viewpoint("mine", "ag_ana"), Viewpoint("mine", "ag_ben")
UNASSIGNED = Viewpoint("unassigned", "ag_x")
EVERYBODY = (ALL, OPEN, CLOSED, ANAS, BENS, UNASSIGNED)
FREE, ANA, BEN, SHUT = (
    Place("open", ""),
    Place("open", "ag_ana"),
    Place("open", "ag_ben"),
    Place("closed", ""),
)


def listed(rev: int, place: Place, thread: str = "th_0_x", *, online: bool = False) -> Listed:
    """A row of this thread."""
    contact = Contact(thread=thread, name="Mia", created_at=1)
    return Listed(
        thread=thread,
        rev=rev,
        active_at=rev,
        place=place,
        contact=contact,
        last=None,
        unread=0,
        online=online,
    )


def test_a_row_is_shown_to_whoever_sees_its_place() -> None:
    """One that nobody was told before is taken back from nobody."""
    told = Told()
    assert told.change(listed(1, ANA), EVERYBODY) == (1, {ALL: "shown", OPEN: "shown", ANAS: "shown"})


def test_a_row_that_leaves_a_view_is_gone_there_only() -> None:
    """With the rev of the change; views that never had it hear nothing."""
    told = Told()
    told.change(listed(1, FREE), EVERYBODY)
    assert told.change(listed(2, ANA), EVERYBODY) == (
        2, {ALL: "shown", OPEN: "shown", ANAS: "shown", UNASSIGNED: "gone"},
    )  # fmt: skip
    assert told.change(listed(3, BEN), EVERYBODY)[1] == {
        ALL: "shown", OPEN: "shown", BENS: "shown", ANAS: "gone",
    }  # fmt: skip
    assert told.change(listed(4, SHUT), EVERYBODY)[1] == {
        ALL: "shown", OPEN: "gone", BENS: "gone", CLOSED: "shown",
    }  # fmt: skip


def test_a_page_counts_as_told() -> None:
    """Also when it was of a place that the row has left meanwhile: the live one is taken back after it."""
    told = Told()
    told.page([listed(1, FREE)])
    told.change(listed(1, FREE), (UNASSIGNED,))
    told.page([listed(2, SHUT)])  # another agent's page has seen more than was told live
    assert told.change(listed(2, SHUT), (UNASSIGNED, CLOSED))[1] == {UNASSIGNED: "gone", CLOSED: "shown"}


def test_a_thread_that_is_no_more_is_gone_with_a_higher_rev() -> None:
    """Whatever the store still says of it: nobody keeps the row."""
    told = Told()
    told.change(listed(9, FREE), (OPEN,))
    assert told.change(Unlisted("th_0_x", 0), EVERYBODY) == (
        10,
        {ALL: "gone", OPEN: "gone", UNASSIGNED: "gone"},
    )
    assert "th_0_x" not in told
    assert told.change(Unlisted("th_0_x", 0), EVERYBODY)[1] == {}


def test_what_differs_from_the_store_is_found() -> None:
    """Another rev is another row; a device that faded unheard has changed no rev yet."""
    told = Told()
    for thread, online in (("th_0_a", True), ("th_0_b", True), ("th_0_c", False)):
        told.change(listed(5, FREE, thread, online=online), (OPEN,))
    states = [RowState(6, True), RowState(5, False), RowState(5, False), RowState(1, True)]
    assert told.differ(["th_0_a", "th_0_b", "th_0_c", "th_0_d"], states) == (["th_0_a"], ["th_0_b"])


def test_rows_are_forgotten_without_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound a row may have been told: it is taken back to be sure. Nobody watching, all is new."""
    monkeypatch.setattr(watching, "KNOWN", 2)
    told = Told()
    for thread in ("th_0_a", "th_0_b", "th_0_c"):
        told.change(listed(1, FREE, thread), (UNASSIGNED,))
    assert (len(told), told.threads()) == (2, ["th_0_b", "th_0_c"])
    assert told.change(listed(2, ANA, "th_0_a"), (UNASSIGNED,))[1] == {UNASSIGNED: "gone"}
    told.clear()
    assert told.change(listed(3, ANA, "th_0_a"), (UNASSIGNED,))[1] == {}


def test_a_row_that_nobody_sees_is_known_and_taken_back_from_nobody() -> None:
    """It need not be read again until it changes."""
    told = Told()
    assert told.change(listed(1, SHUT), (OPEN,))[1] == {}
    assert "th_0_x" in told
    assert told.change(listed(2, SHUT), (OPEN, CLOSED))[1] == {CLOSED: "shown"}
