"""All that is kept of an organization, and how administrators change it: pure edits of the record read."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from onethread.identity.organization import IDENTITY_KEYS, App, Organization, Scope


class OrganizationError(ValueError):
    """An edit that can't be made, with a sentence that says why."""


class Missing(OrganizationError):
    """There is no such organization, app or key."""


class Exists(OrganizationError):
    """There is one already; `subject` is its id, "" if that is not to be told."""

    def __init__(self, sentence: str, subject: str = "") -> None:
        super().__init__(sentence)
        self.subject = subject


class Full(OrganizationError):
    """There are as many as there may be."""


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """An API key as it is kept: without the key itself. `created_at` is in milliseconds."""

    id: str
    name: str
    digest: str
    created_at: int
    scope: Scope = "write"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """An organization with its API keys by their id."""

    organization: Organization
    api_keys: dict[str, ApiKey] = {}


Edit: TypeAlias = Callable[[Record], Record]


def app_of(record: Record, app_id: int) -> App:
    """Return an app. Raises Missing."""
    try:
        return record.organization.apps[app_id]
    except KeyError:
        raise Missing(f"organization {record.organization.org!r} has no app {app_id}") from None


def put_app(record: Record, app: App) -> Record:
    """Return the record with an app, in place of the one with its app_id if there is one."""
    return _changed(record, apps={**record.organization.apps, app.app_id: app})


def add_app(record: Record, app_id: int | None, given: Mapping[str, Any]) -> tuple[Record, App]:
    """Return the record with a new app, and the app: the next free app_id and a random secret if not given.

    Raises Exists.
    """
    known = record.organization.apps
    if app_id in known:
        raise Exists(f"organization {record.organization.org!r} has an app {app_id} already", str(app_id))
    secret = given.get("secret") or secrets.token_urlsafe(24)
    app = App(**{**given, "app_id": app_id or max(known, default=0) + 1, "secret": secret})
    return put_app(record, app), app


def remove_app(record: Record, app_id: int) -> Record:
    """Return the record without an app. Raises Missing."""
    gone = app_of(record, app_id)
    return _changed(record, apps={id_: app for id_, app in record.organization.apps.items() if app != gone})


def add_identity_key(record: Record, kid: str | None, key: str) -> tuple[Record, str]:
    """Return the record with another identity key, and its kid: the next number if not given.

    Raises Exists, Full.
    """
    org, known = record.organization.org, record.organization.identity_keys
    if kid in known:
        raise Exists(f"organization {org!r} has an identity key {kid!r} already", kid or "")
    if len(known) >= IDENTITY_KEYS:
        raise Full(
            f"organization {org!r} has {IDENTITY_KEYS} identity keys, {' and '.join(known)}: remove one"
        )
    kid = kid or str(max((int(one) for one in known if one.isdecimal()), default=0) + 1)
    return put_identity_key(record, kid, key), kid


def put_identity_key(record: Record, kid: str, key: str) -> Record:
    """Return the record with this key under a kid."""
    return _changed(record, identity_keys={**record.organization.identity_keys, kid: key})


def remove_identity_key(record: Record, kid: str) -> Record:
    """Return the record without an identity key. Raises Missing."""
    known = record.organization.identity_keys
    if kid not in known:
        raise Missing(f"organization {record.organization.org!r} has no identity key {kid!r}")
    return _changed(record, identity_keys={one: key for one, key in known.items() if one != kid})


def _changed(record: Record, **fields: Any) -> Record:
    organization = msgspec.structs.replace(record.organization, **fields)
    return msgspec.structs.replace(record, organization=organization)
