"""What is told: the bodies of requests, as JSON."""

from typing import Literal

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from onethread.contacts.profile import Contact, view
from onethread.hub.entry import unpack, visible
from onethread.webhooks.outbox import Due
from onethread.webhooks.record import EventType
from onethread_protocol.bounds import Id, Millis, Org, ThreadStatus
from onethread_protocol.events import Event
from onethread_protocol.people import ContactView, Named
from onethread_protocol.shape import Shape


class ThreadNews(Shape, frozen=True, kw_only=True):
    """Of `message.created` and `thread.…`: the event, and how its thread stands when it is told."""

    thread: Id
    status: ThreadStatus
    assignee: Named | None
    contact: ContactView
    event: Event


class ContactNews(Shape, frozen=True, kw_only=True):
    """Of `contact.…`: the contact when it is told."""

    contact: ContactView


class Notification(Shape, frozen=True, kw_only=True):
    """What a webhook is told. `id` is the same whenever this is told again, `at` is when it happened."""

    id: Id
    type: EventType
    at: Millis
    org: Org
    data: ThreadNews | ContactNews


def body_of(org: str, due: Due, assignee: Named | None) -> bytes | None:
    """Return the body that tells of this; None if what it is about is gone."""
    if due.contact is None:
        return None
    data: ThreadNews | ContactNews
    if due.element:
        event_id, entry = unpack(due.element)
        event = visible(due.number, event_id, entry, "agent")
        if event is None:
            raise AssertionError("nothing is hidden from agents")
        status: Literal["open", "closed"] = "closed" if due.status == "closed" else "open"
        data = ThreadNews(
            thread=due.thread, status=status, assignee=assignee, contact=view(due.contact), event=event
        )
    elif due.type.startswith("contact."):
        data = ContactNews(contact=profile_of(due.contact))
    else:
        return None
    return msgspec.json.encode(Notification(id=due.id, type=due.type, at=due.at, org=org, data=data))


def profile_of(contact: Contact) -> ContactView:
    """Return a contact as it is told of: its profile, without where it is and who has the same e-mail."""
    return replace(
        view(contact),
        thread=contact.thread,
        custom_data=contact.custom_data or UNSET,
        created_at=contact.created_at,
    )
