"""`/v1/api_keys` and `/v1/identity_keys`: keys of an organization's backends, as administrators manage them.

A key is told once, when it is made.
"""

from __future__ import annotations

import secrets
from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, UnsetType
from starlette.responses import Response

from onethread.api.administration import RecordsOf, actor_of, refusals
from onethread.api.operation import Call, Contract, Noun, answered, done
from onethread.identity.organization import Scope
from onethread.identity.record import ApiKey, Record, add_identity_key, remove_identity_key
from onethread_protocol.bounds import Id, Millis, Name, Secret
from onethread_protocol.shape import Misfit, Shape

SHORTEST: Final = 32
"""Bytes of an identity key: HMAC-SHA256 is as strong as its key (RFC 7518 section 3.2)."""
Kid = Annotated[str, Meta(min_length=1, max_length=64)]


class ApiKeyView(Shape, frozen=True, kw_only=True):
    """An API key, without the key itself."""

    id: Id
    name: str
    scope: Scope
    created_at: Millis


class ApiKeyPage(Shape, frozen=True, kw_only=True):
    """All API keys, in the order made."""

    items: list[ApiKeyView]


class NewApiKey(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an API key is for and may do."""

    name: Name | UnsetType = UNSET
    scope: Scope = "write"


class MadeApiKey(ApiKeyView, frozen=True, kw_only=True):
    """An API key with the key, which is told only now."""

    key: Secret


class IdentityKeyView(Shape, frozen=True, kw_only=True):
    """An identity key's name in tokens, without the key itself."""

    kid: Kid


class IdentityKeyPage(Shape, frozen=True, kw_only=True):
    """All identity keys: two at most."""

    items: list[IdentityKeyView]


class NewIdentityKey(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The next number as kid, and a random key, unless given."""

    kid: Kid | UnsetType = UNSET
    key: Secret | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.key is not UNSET and len(self.key.encode()) < SHORTEST:
            raise Misfit("key", f"must have at least {SHORTEST} bytes")


class MadeIdentityKey(IdentityKeyView, frozen=True, kw_only=True):
    """An identity key with the key, which is told only now."""

    key: Secret


class KeyOperations(Noun):
    """The rows of the table, and what they do."""

    def __init__(self, records: RecordsOf) -> None:
        self._records = records

    @Contract(
        method="GET",
        path="/v1/api_keys",
        summary="List the API keys, without the keys themselves.",
        scope="admin",
        answers={200: ApiKeyPage},
    )
    async def _list(self, call: Call) -> Response:
        record = await self._records(actor_of(call.caller)).get(call.organization.org)
        return answered(ApiKeyPage(items=[ApiKeyView(**_fields(key)) for key in record.api_keys.values()]))

    @Contract(
        method="POST",
        path="/v1/api_keys",
        summary="Make an API key; it is told once.",
        scope="admin",
        body=NewApiKey,
        answers={201: MadeApiKey},
    )
    async def _add(self, call: Call) -> Response:
        given: NewApiKey = call.body
        name = "" if given.name is UNSET else given.name
        records = self._records(actor_of(call.caller))
        made, key = await records.add_api_key(call.organization.org, name, scope=given.scope)
        return answered(MadeApiKey(**_fields(made), key=key), 201)

    @Contract(
        method="DELETE",
        path="/v1/api_keys/{id}",
        summary="Remove an API key: it is refused from then on.",
        scope="admin",
        answers={204: None},
        reasons=("unknown_key",),
    )
    async def _remove(self, call: Call) -> Response:
        with refusals("unknown_key"):
            await self._records(actor_of(call.caller)).remove_api_key(call.organization.org, call.path["id"])
        return done()

    @Contract(
        method="GET",
        path="/v1/identity_keys",
        summary="List the identity keys, without the keys themselves.",
        scope="admin",
        answers={200: IdentityKeyPage},
    )
    async def _list_identity(self, call: Call) -> Response:
        items = [IdentityKeyView(kid=kid) for kid in call.organization.identity_keys]
        return answered(IdentityKeyPage(items=items))

    @Contract(
        method="POST",
        path="/v1/identity_keys",
        summary="Add an identity key, so that it can take the place of the other one.",
        scope="admin",
        body=NewIdentityKey,
        answers={201: MadeIdentityKey},
        reasons=("exists", "full"),
    )
    async def _add_identity(self, call: Call) -> Response:
        given: NewIdentityKey = call.body
        key = secrets.token_urlsafe(SHORTEST) if given.key is UNSET else given.key
        kids: list[str] = []

        def edit(record: Record) -> Record:
            record, kid = add_identity_key(record, None if given.kid is UNSET else given.kid, key)
            kids[:] = [kid]
            return record

        with refusals("unknown_key"):
            await self._records(actor_of(call.caller)).edit(call.organization.org, edit)
        return answered(MadeIdentityKey(kid=kids[0], key=key), 201)

    @Contract(
        method="DELETE",
        path="/v1/identity_keys/{kid}",
        summary="Remove an identity key: what it signed is refused from then on.",
        scope="admin",
        answers={204: None},
        reasons=("unknown_key",),
    )
    async def _remove_identity(self, call: Call) -> Response:
        with refusals("unknown_key"):
            await self._records(actor_of(call.caller)).edit(
                call.organization.org, lambda record: remove_identity_key(record, call.path["kid"])
            )
        return done()


def _fields(key: ApiKey) -> dict[str, Any]:
    return {"id": key.id, "name": key.name, "scope": key.scope, "created_at": key.created_at}
