"""What is told, as JSON."""

import json
from typing import Any

import pytest

from onethread.contacts.profile import register
from onethread.hub.entry import Entry, pack
from onethread.webhooks.outbox import Due
from onethread.webhooks.payload import body_of
from onethread_protocol.people import Named, User

SUFFIX = "0_00000000000000000000"
THREAD, CONTACT = f"th_{SUFFIX}", f"ct_{SUFFIX}"
ZOE = register(User(user_id="7", name="Zoe", custom_data={"plan": "gold"}), THREAD, 5)
SHOWN = {"id": CONTACT, "name": "Zoe", "user_id": "7", "authenticated": True}
ANA = Named(id="ag_1", name="Ana")


def element(kind: str, **fields: Any) -> bytes:
    """An entry of the log, by an agent."""
    return b"\0" * 8 + b"e" * 16 + pack(Entry(10, kind, "agent", "ag_1", "Ana", cid="c1", **fields))


def due(type_: Any, **fields: Any) -> Due:
    """Something about Zoe's open thread."""
    found = {"thread": THREAD, "status": "open", "contact": ZOE, "element": b"", "number": 3, **fields}
    return Due(till=0, tries=0, now=0, at=11, type=type_, id="e" * 16, **found)


def told(one: Due, assignee: Named | None = None) -> dict[str, Any]:
    """The body, read."""
    body = body_of("shop", one, assignee)
    assert body is not None
    found: dict[str, Any] = json.loads(body)
    return found


@pytest.mark.parametrize(
    ("type_", "kind", "fields", "event"),
    [
        ("message.created", "message", {"text": "hello"}, {"text": "hello"}),
        ("message.created", "message", {"text": "new", "rev": 9}, {"text": "new", "rev": 9}),
        ("message.created", "message", {"deleted": 1, "rev": 9}, {"deleted": True, "rev": 9}),
        ("thread.status", "status", {"extra": "closed"}, {"status": "closed"}),
        (
            "thread.assigned",
            "assigned",
            {"extra": {"id": "ag_1", "name": "Ana"}},
            {"agent": {"id": "ag_1", "name": "Ana"}},
        ),
        ("thread.assigned", "assigned", {}, {"agent": None}),
        (
            "thread.merged",
            "merged",
            {"extra": {"thread": "th_0_x", "count": 2}},
            {"thread": "th_0_x", "count": 2},
        ),
    ],
)
def test_of_a_thread(type_: str, kind: str, fields: dict[str, Any], event: dict[str, Any]) -> None:
    """The event as HTTP gives it, and whose thread it is."""
    author = {"type": "agent", "id": "ag_1", "name": "Ana"}
    common = {"seq": 3, "id": "e" * 16, "at": 10, "kind": kind, "from": author, "cid": "c1"}
    assert told(due(type_, element=element(kind, **fields))) == {
        "id": "e" * 16,
        "type": type_,
        "at": 11,
        "org": "shop",
        "data": {
            "thread": THREAD,
            "status": "open",
            "assignee": None,
            "contact": SHOWN,
            "event": {**common, **event},
        },
    }


def test_how_the_thread_stands() -> None:
    """Now, not when it happened."""
    data = told(due("message.created", element=element("message", text="x"), status="closed"), ANA)["data"]
    assert (data["status"], data["assignee"]) == ("closed", {"id": "ag_1", "name": "Ana"})


@pytest.mark.parametrize("type_", ["contact.created", "contact.updated"])
def test_of_a_contact(type_: str) -> None:
    """The whole profile, without what is only of the moment."""
    found = told(due(type_))
    assert (found["type"], list(found["data"])) == (type_, ["contact"])
    whole = {**SHOWN, "thread": THREAD, "custom_data": {"plan": "gold"}, "created_at": 5}
    assert found["data"]["contact"] == whole


def test_of_what_is_gone_nothing_is_told() -> None:
    """An erased or carried person, a log that was lost."""
    assert body_of("shop", due("contact.updated", contact=None), None) is None
    assert body_of("shop", due("message.created", contact=None, element=element("message")), None) is None
    assert body_of("shop", due("message.created"), None) is None
