"""Events of a thread's log as the wire brings them (WIRE.md section 5), and how two states of a message are
merged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from onethread_client.errors import BadFrame

T = TypeVar("T")


def need(data: Mapping[str, object], name: str, kind: type[T]) -> T:
    """The field, of exactly this type (a bool is no int). Raises `BadFrame` with its name, not its value."""
    value = data.get(name)
    if type(value) is not kind:
        raise BadFrame(f"field {name} of {data.get('t', data.get('kind', 'a map'))} is no {kind.__name__}")
    return value


def may(data: Mapping[str, object], name: str, kind: type[T]) -> T | None:
    """As `need`, but None when the field is left out or null."""
    return None if data.get(name) is None else need(data, name, kind)


def each(values: list[object], kind: type[T]) -> tuple[T, ...]:
    """The values, all of exactly this type. Raises `BadFrame`."""
    checked = tuple(value for value in values if type(value) is kind)
    if len(checked) < len(values):
        raise BadFrame(f"a list holds something that is no {kind.__name__}")
    return checked


@dataclass(frozen=True, slots=True)
class Position:
    """Where in a log one stands: the entry `seq` and its id; seq 0, without id, is before the first one."""

    seq: int = 0
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Who an event is from: `type` is contact, agent or system."""

    type: str
    id: str
    name: str

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Author:
        """The author in a map of the wire. Raises `BadFrame`."""
        return cls(need(data, "type", str), need(data, "id", str), need(data, "name", str))


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a thread's log. `fields` is the whole map as received, for kinds that this package does
    not know.
    """

    seq: int
    id: str
    at: int
    kind: str
    author: Author
    cid: str | None = None
    device: str | None = None
    text: str | None = field(default=None, repr=False)
    rev: int | None = None
    deleted: bool = False
    target: int | None = None
    target_id: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Event:
        """The event in a map of the wire. Raises `BadFrame`. An unknown kind is an event like any other."""
        return cls(
            seq=need(data, "seq", int),
            id=need(data, "id", str),
            at=need(data, "at", int),
            kind=need(data, "kind", str),
            author=Author.of(need(data, "from", dict)),
            cid=may(data, "cid", str),
            device=may(data, "device", str),
            text=may(data, "text", str),
            rev=may(data, "rev", int),
            deleted=may(data, "deleted", bool) or False,
            target=may(data, "target", int),
            target_id=may(data, "target_id", str),
            fields=data,
        )

    @property
    def is_message(self) -> bool:
        return self.kind == "message"

    def record(self) -> dict[str, object]:
        """The map to keep on disk; `of` reads it back. The text is this event's own: an older one is not
        kept.
        """
        kept = {name: value for name, value in self.fields.items() if name not in ("text", "rev", "deleted")}
        if self.text is not None:
            kept["text"] = self.text
        if self.rev is not None:
            kept["rev"] = self.rev
        if self.deleted:
            kept["deleted"] = True
        return kept

    def without_text(self) -> Event:
        """This event with its text forgotten, in `fields` too."""
        fields = {name: value for name, value in self.fields.items() if name != "text"}
        return replace(self, text=None, fields=fields)


def newest(one: Event, other: Event) -> Event:
    """Of two states of one message the deleted one, else the one of the higher `rev` (WIRE.md section 5)."""
    if one.deleted != other.deleted:
        return one if one.deleted else other
    return one if (one.rev or 0) >= (other.rev or 0) else other


def changed(message: Event, change: Event) -> Event:
    """The message as an `edited` or `deleted` event leaves it: itself if the change is for another or an
    older state.

    An `edited` without a text has been overtaken by a later one, which brings the text.
    """
    if message.id != change.target_id or message.deleted:
        return message
    if change.kind == "deleted":
        return replace(message, rev=change.seq, deleted=True).without_text()
    if change.text is None or change.seq <= (message.rev or 0):
        return message
    return replace(message.without_text(), rev=change.seq, text=change.text)
