"""Who may see an entry of the log, and as what."""

import msgspec
import pytest

from onethread.hub.entry import HEAD, Audience, Entry, pack, unpack, visible
from onethread_protocol.codec import JSON

ID = "0123456789abcdef"
CONTACT = {"id": "ct_0_1", "name": "Giant Duck (anonym)", "authenticated": False}

ENTRIES = {
    "message": Entry(5, "message", "agent", "ag_ana", "Ana", text="hi"),
    "note": Entry(5, "note", "agent", "ag_ana", "Ana", text="inside"),
    "edited": Entry(5, "edited", "agent", "ag_ana", "Ana", text="new", target=1, target_id=ID),
    "deleted": Entry(5, "deleted", "agent", "ag_ana", "Ana", target=1, target_id=ID),
    "edited note": Entry(
        5, "edited", "agent", "ag_ana", "Ana", text="x", target=1, target_id=ID, extra="hidden"
    ),
    "deleted note": Entry(5, "deleted", "agent", "ag_ana", "Ana", target=1, target_id=ID, extra="hidden"),
    "status": Entry(5, "status", "system", "system", "Acme", extra="closed"),
    "assigned": Entry(5, "assigned", "agent", "ag_ana", "Ana", extra={"id": "ag_ben", "name": "Ben"}),
    "assigned to nobody": Entry(5, "assigned", "agent", "ag_ana", "Ana", extra=None),
    "merged": Entry(5, "merged", "system", "system", "Acme", extra={"thread": "th_0_1", "count": 3}),
    "identified": Entry(5, "identified", "system", "system", "Acme", extra=CONTACT),
    "pinned": Entry(5, "pinned", "system", "system", "Acme"),
}
HIDDEN = {"note", "edited note", "deleted note", "assigned", "assigned to nobody", "pinned"}


def seen(entry: Entry, audience: Audience) -> dict[str, object] | None:
    """The event as it goes to the wire."""
    event = visible(7, ID, entry, audience)
    return None if event is None else dict(msgspec.json.decode(JSON.encode(event)))


@pytest.mark.parametrize("name", ENTRIES)
def test_p5_customers_see_no_hidden_event(name: str) -> None:
    """Notes, assignments, pins and changes of notes exist for agents only; the rest is the same for both."""
    entry = ENTRIES[name]
    agents = seen(entry, "agent")
    assert agents is not None
    assert {"seq": 7, "id": ID, "at": 5, "kind": entry.kind}.items() <= agents.items()
    assert seen(entry, "customer") == (
        None if name in HIDDEN else {k: v for k, v in agents.items() if k != "cid"}
    )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("message", {"text": "hi"}),
        ("edited", {"text": "new", "target": 1, "target_id": ID}),
        ("deleted", {"target": 1, "target_id": ID}),
        ("status", {"status": "closed"}),
        ("assigned", {"agent": {"id": "ag_ben", "name": "Ben"}}),
        ("assigned to nobody", {"agent": None}),
        ("merged", {"thread": "th_0_1", "count": 3}),
        ("identified", {"contact": CONTACT}),
        ("pinned", {}),
    ],
)
def test_an_event_has_its_kinds_fields_and_no_other(name: str, fields: dict[str, object]) -> None:
    """What is told beside the common fields is exactly what WIRE.md section 5 lists for the kind."""
    event = seen(ENTRIES[name], "agent")
    assert event is not None
    assert {k: v for k, v in event.items() if k not in {"seq", "id", "at", "kind", "from"}} == fields


def test_a_changed_message_has_rev_and_its_new_text() -> None:
    """An edited one carries the last change's seq; a deleted one no text at all."""
    edited = msgspec.structs.replace(ENTRIES["message"], rev=9)
    assert (seen(edited, "customer") or {}).items() >= {"rev": 9, "text": "hi"}.items()
    deleted = seen(msgspec.structs.replace(edited, deleted=1, text=""), "customer")
    assert deleted is not None
    assert (deleted["deleted"], deleted["rev"], "text" in deleted) == (True, 9, False)


def test_an_edit_whose_text_left_the_log_has_none() -> None:
    """The event stays, without a text."""
    event = seen(msgspec.structs.replace(ENTRIES["edited"], text=""), "customer")
    assert event is not None
    assert "text" not in event


@pytest.mark.parametrize(
    ("author", "audience", "told"),
    [
        ("contact", "customer", True),
        ("contact", "agent", False),
        ("agent", "agent", True),
        ("agent", "customer", False),
    ],
)
def test_a_cid_goes_to_its_authors_side_only(author: str, audience: Audience, told: bool) -> None:
    """Who is on the other side can't repeat a command under its author's cid."""
    event = seen(Entry(5, "message", author, "x", "X", "laptop", "my-cid", "hi"), audience)
    assert event is not None
    assert ("cid" in event) is told
    assert event["device"] == "laptop"


def test_what_is_packed_is_unpacked() -> None:
    """An element's id and body come back as they were."""
    for entry in ENTRIES.values():
        assert unpack(bytes(HEAD - 16) + ID.encode() + pack(entry)) == (ID, entry)
