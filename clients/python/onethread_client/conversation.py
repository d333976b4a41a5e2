"""One thread as its customer sees it: events, read positions, who types, and the people at both ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from onethread_client.changes import (
    Change,
    EventHappened,
    MessageChanged,
    PersonChanged,
    PresenceChanged,
    ReadChanged,
    TypingChanged,
    UnreadChanged,
    shown,
)
from onethread_client.events import Event, need
from onethread_client.frames import Arrival, History, Ready, Replay
from onethread_client.live import Presence, Profile, Read, Typing
from onethread_client.reading import Reading
from onethread_client.timeline import Timeline
from onethread_client.typists import Typists


@dataclass(slots=True)
class People:
    """As the last `ready`, `profile` and `presence` told. `role` and `identity` are `ready`'s."""

    role: str = ""
    identity: str = ""
    refused: bool = False
    contact: Mapping[str, Any] = field(default_factory=dict, repr=False)
    prechat: Mapping[str, Any] | None = field(default=None, repr=False)
    devices: tuple[Mapping[str, Any], ...] = ()
    agents_online: int = 0


class Conversation:
    """Takes the frames of one thread and answers what changed. `thread` is None before the first `ready`."""

    def __init__(self, thread: str | None) -> None:
        self.timeline = Timeline(thread)
        self.reading = Reading()
        self.typists = Typists()
        self.people = People()
        self._unread = 0
        self._told = 0

    @property
    def thread(self) -> str | None:
        return self.timeline.thread

    @property
    def unread(self) -> int:
        """The other side's messages after the customer's read position; 100 means "or more"."""
        return self._unread

    @property
    def version(self) -> object:
        """Equal as long as `record` answers the same."""
        return (self.thread, self.timeline.version, self.reading.contact, self.reading.agents)

    def ready(self, ready: Ready) -> list[Change]:
        """Takes the connection's admission to this thread."""
        self.people = People(
            ready.role,
            ready.identity,
            ready.refused,
            ready.contact,
            ready.prechat,
            ready.devices,
            ready.agents_online,
        )
        # Beside a log that is replaced the replay tells the positions again, and then they may be lower.
        self.reading.moved("contact", ready.read_contact)
        self.reading.moved("agents", ready.read_agents)
        self._told = ready.unread
        return [self._person(), self._presence()]

    def replayed(self, part: Replay) -> list[Change]:
        """Takes a part of a replay. Raises `BadFrame` if it does not go on from what is held."""
        fresh = self.timeline.replayed(part)
        if part.reset:
            self.reading.restart(part.read_contact or 0, part.read_agents or 0)
            self._told = part.unread or 0
        if part.done:
            # Only now is all held that the server counted.
            self.reading.told(self._told, self.timeline)
        return [*map(EventHappened, part.events), *self._messages(fresh), *self._counted()]

    def arrived(self, arrival: Arrival) -> list[Change]:
        """Takes a live event; a repeat changes nothing."""
        fresh = self.timeline.arrived(arrival)
        if not fresh:
            return []
        author = arrival.event.author
        stopped = arrival.event.is_message and self.typists.wrote(author)
        ended: list[Change] = [TypingChanged(author, on=False)] if stopped else []
        return [EventHappened(arrival.event), *ended, *self._messages(fresh), *self._counted()]

    def paged(self, page: History, before: int) -> list[Change]:
        """Takes the page of older events that was asked for with `before`."""
        return [*self._messages(self.timeline.paged(page, before)), *self._counted()]

    def read(self, side: str, seq: int, unread: int | None = None) -> list[Change]:
        """A side has read up to `seq`; the customer's may be this very client."""
        if not self.reading.moved(side, seq):
            return []
        if side == "contact" and unread is not None:
            self.reading.told(unread, self.timeline)
        return [ReadChanged(side, seq), *self._counted()]

    def read_by(self, frame: Read) -> list[Change]:
        """Takes a `read` frame."""
        return self.read(frame.side, frame.seq, frame.unread)

    def typing(self, frame: Typing, now: float) -> list[Change]:
        """Takes a `typing` frame."""
        changed = self.typists.heard(frame.author, frame.on, now)
        return [TypingChanged(frame.author, frame.on)] if changed else []

    def expired(self, now: float) -> list[Change]:
        """Ends the typing of those not heard of for 6 s."""
        return [TypingChanged(author, on=False) for author in self.typists.expired(now)]

    def profile(self, frame: Profile) -> list[Change]:
        """Takes a `profile` frame."""
        self.people.contact = frame.contact
        if frame.form:
            self.people.prechat = frame.prechat
        return [self._person()]

    def presence(self, frame: Presence) -> list[Change]:
        """Takes a `presence` frame."""
        if frame.devices is not None:
            self.people.devices = frame.devices
        if frame.agents_online is not None:
            self.people.agents_online = frame.agents_online
        return [self._presence()]

    def record(self) -> dict[str, Any]:
        """Events, resume point and read positions as one map for a storage."""
        return self.timeline.record() | {"contact": self.reading.contact, "agents": self.reading.agents}

    @classmethod
    def of(cls, record: Mapping[str, object]) -> Conversation:
        """The conversation in such a map. Raises `BadFrame` when it was damaged."""
        timeline = Timeline.of(record)
        conversation = cls(timeline.thread)
        conversation.timeline = timeline
        conversation.reading.restart(need(record, "contact", int), need(record, "agents", int))
        conversation._unread = conversation.reading.unread(timeline)
        return conversation

    def own_message(self, seq: int) -> Event | None:
        """The customer's message at `seq`, if one is held there and can still be changed."""
        event = self.timeline.get(seq)
        changeable = event and event.is_message and event.author.type == "contact" and not event.deleted
        return event if changeable else None

    def _messages(self, fresh: Iterable[Event]) -> list[Change]:
        agents = self.reading.agents
        return [MessageChanged(shown(event, agents)) for event in fresh if event.is_message]

    def _counted(self) -> list[Change]:
        before, self._unread = self._unread, self.reading.unread(self.timeline)
        return [] if before == self._unread else [UnreadChanged(self._unread)]

    def _person(self) -> Change:
        return PersonChanged(self.people.contact, self.people.prechat)

    def _presence(self) -> Change:
        return PresenceChanged(self.people.devices, self.people.agents_online)
