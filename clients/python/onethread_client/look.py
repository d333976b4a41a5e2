"""What a program can look at while a client runs: the conversation as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onethread_client.changes import Message
from onethread_client.entry import Entry
from onethread_client.events import Author, Event
from onethread_client.session import Session


class Look:
    """Reads a session; nothing here waits or changes anything."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def thread(self) -> str | None:
        """The conversation's id; None before the first `ready`."""
        return self._session.conversation.thread

    @property
    def messages(self) -> tuple[Message, ...]:
        """Those held, in `seq` order with edits and deletions applied, then those still in the outbox."""
        return self._session.messages

    @property
    def events(self) -> tuple[Event, ...]:
        """Every event held, in `seq` order, those that are no messages too."""
        return self._session.conversation.timeline.events

    @property
    def more(self) -> bool:
        """Whether `history` would bring older ones."""
        return self._session.conversation.timeline.more

    @property
    def outbox(self) -> tuple[Entry, ...]:
        """Commands not yet known to be in the log, and failed ones, of every conversation of this device."""
        return self._session.kept.outbox.entries

    @property
    def unread(self) -> int:
        """The other side's messages that `read` has not passed; 100 means "or more"."""
        return self._session.conversation.unread

    @property
    def read_positions(self) -> Mapping[str, int]:
        """How far each side, `contact` and `agents`, has read."""
        reading = self._session.conversation.reading
        return {"contact": reading.contact, "agents": reading.agents}

    @property
    def typists(self) -> tuple[Author, ...]:
        """Who else types now: agents, and the customer on another device."""
        return self._session.conversation.typists.now()

    @property
    def contact(self) -> Mapping[str, Any]:
        """The customer's profile as the server holds it."""
        return self._session.conversation.people.contact

    @property
    def prechat_form(self) -> Mapping[str, Any] | None:
        """The form to give with `prechat`: `fields` and `values`; None when there is none to give."""
        return self._session.conversation.people.prechat

    @property
    def devices(self) -> tuple[Mapping[str, Any], ...]:
        """The customer's devices: `id`, `kind`, `name` and whether `online`."""
        return self._session.conversation.people.devices

    @property
    def agents_online(self) -> int:
        """How many agents are there."""
        return self._session.conversation.people.agents_online

    @property
    def identity(self) -> str:
        """How the server knows the customer: `none`, `open`, `pinned` or `signed`; empty before `ready`."""
        return self._session.conversation.people.identity

    @property
    def refused(self) -> bool:
        """Whether the identity was refused and this is a clean chat."""
        return self._session.conversation.people.refused
