"""What is told: the bodies of requests, as JSON."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

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

MEANINGS: Final[Mapping[EventType, str]] = MappingProxyType(
    {
        "message.created": "anybody wrote a message: the contact, an agent, the system, a backend over HTTP",
        "thread.status": "a thread was opened or closed, also when a customer's message reopened it",
        "thread.assigned": "a thread was given to an agent, or to nobody",
        "thread.merged": "a visitor's thread was carried into the thread of the contact that the visitor is",
        "contact.created": "a visitor or contact was stored for the first time, whoever brought it in",
        "contact.updated": "a contact's profile, custom data or `authenticated` is another",
    }
)
"""When each event is told; docs/webhooks.md has the same."""


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
    """What is told. `id` is the same whenever this is told again, `at` is when it happened."""

    id: Id
    type: EventType
    at: Millis
    org: Org


class ThreadNotification(Notification, frozen=True, kw_only=True):
    """What is told of a thread. `id` is the same whenever it is told again, `at` is when it happened."""

    data: ThreadNews


class ContactNotification(Notification, frozen=True, kw_only=True):
    """What is told of a contact. `id` is the same whenever it is told again, `at` is when it happened."""

    data: ContactNews


def notification_of(type_: EventType) -> type[Notification]:
    """Return of which kind the body is that tells of such an event."""
    return ContactNotification if type_.startswith("contact.") else ThreadNotification


def body_of(org: str, due: Due, assignee: Named | None) -> bytes | None:
    """Return the body that tells of this; None if what it is about is gone."""
    if due.contact is None:
        return None
    said: dict[str, Any] = {"id": due.id, "type": due.type, "at": due.at, "org": org}
    if notification_of(due.type) is ContactNotification:
        news = ContactNews(contact=profile_of(due.contact))
        return msgspec.json.encode(ContactNotification(**said, data=news))
    if not due.element:
        return None
    return msgspec.json.encode(ThreadNotification(**said, data=_of_thread(due, due.contact, assignee)))


def _of_thread(due: Due, contact: Contact, assignee: Named | None) -> ThreadNews:
    event_id, entry = unpack(due.element)
    event = visible(due.number, event_id, entry, "agent")
    if event is None:
        raise AssertionError("nothing is hidden from agents")
    status: ThreadStatus = "closed" if due.status == "closed" else "open"
    return ThreadNews(thread=due.thread, status=status, assignee=assignee, contact=view(contact), event=event)


def profile_of(contact: Contact) -> ContactView:
    """Return a contact as it is told of: its profile, without where it is and who has the same e-mail."""
    return replace(
        view(contact),
        thread=contact.thread,
        custom_data=contact.custom_data or UNSET,
        created_at=contact.created_at,
    )
