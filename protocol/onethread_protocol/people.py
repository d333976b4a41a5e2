"""Maps that describe people and their devices, inside frames of all three unions."""

from typing import Literal

from msgspec import UNSET, UnsetType

from onethread_protocol.bounds import (
    AgentRole,
    AgentState,
    DeviceId,
    DeviceKind,
    Email,
    Id,
    Millis,
    Name,
    Phone,
    Secret,
    Title,
    Url,
    UserId,
)
from onethread_protocol.custom_data import CustomData, check_merge
from onethread_protocol.shape import Shape


class Device(Shape, frozen=True, kw_only=True):
    """One client installation, as it names itself in `init` and `agent_init`."""

    id: DeviceId
    kind: DeviceKind
    name: Name | UnsetType = UNSET


class DevicePresence(Device, frozen=True, kw_only=True):
    """A device of a thread, and whether a connection of it is there."""

    online: bool


class User(Shape, frozen=True, kw_only=True):
    """`init.user`: who the customer is, and the proof of it."""

    user_id: UserId | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    company: Name | UnsetType = UNSET
    security_hash: Secret | UnsetType = UNSET
    user_hash: Secret | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.custom_data is not UNSET:
            check_merge(self.custom_data)


class UserEdit(Shape, frozen=True, kw_only=True):
    """`profile.user`: fields to set; null clears a field or a key of custom_data, which merges by key."""

    name: Name | UnsetType | None = UNSET
    email: Email | UnsetType | None = UNSET
    phone: Phone | UnsetType | None = UNSET
    company: Name | UnsetType | None = UNSET
    custom_data: CustomData | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.custom_data is not UNSET:
            check_merge(self.custom_data)


class FirstPage(Shape, frozen=True, kw_only=True):
    """`init.page`: where the customer is at init."""

    url: Url
    title: Title


class CurrentPage(Shape, frozen=True, kw_only=True):
    """`presence.page`: where the customer is now."""

    url: Url
    title: Title | UnsetType = UNSET


class Author(Shape, frozen=True, kw_only=True):
    """Who did it: `from` of events and of `typing`."""

    type: Literal["contact", "agent", "system"]
    id: Id
    name: Name


class Named(Shape, frozen=True, kw_only=True):
    """An assignee, a viewer, or who read: an id and the name to show."""

    id: Id
    name: Name


class AgentPresence(Named, frozen=True, kw_only=True):
    """An agent and its state, as other agents see them."""

    state: AgentState


class AgentView(Named, frozen=True, kw_only=True):
    """`ready.agent`: the agent that logged in."""

    email: Email
    role: AgentRole


class ContactView(Shape, frozen=True, kw_only=True):
    """A contact. Customers get the fields up to `authenticated`, agents and HTTP the others too."""

    id: Id
    name: Name
    email: Email | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    company: Name | UnsetType = UNSET
    user_id: UserId | UnsetType = UNSET
    authenticated: bool
    thread: Id | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET
    devices: list[DevicePresence] | UnsetType = UNSET
    created_at: Millis | UnsetType = UNSET
    seen_at: Millis | UnsetType = UNSET
    same_email: list[Id] | UnsetType = UNSET
