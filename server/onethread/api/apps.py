"""`/v1/apps`: an organization's websites and mobile apps, as administrators list, add and remove them."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.responses import Response

from onethread.api.administration import RecordsOf, actor_of, refusals
from onethread.api.operation import Call, Contract, Noun, answered, done
from onethread.identity.credentials import is_origin
from onethread.identity.organization import App, PrechatField
from onethread.identity.record import Record, add_app, remove_app
from onethread_protocol.bounds import MAX_INT, Name, ProfileField, Secret
from onethread_protocol.server import AskedField
from onethread_protocol.shape import Misfit, Shape

AppId = Annotated[int, Meta(ge=1, le=MAX_INT)]
Origin = Annotated[str, Meta(min_length=1, max_length=255)]
ORIGINS: Final = 100
"""Origins of one app: every init compares them."""


class AppView(Shape, frozen=True, kw_only=True):
    """An app. `origins` lists the pages' origins that may connect, empty: all may; `prechat_fields` what its
    visitors are asked. Its secret is public in its pages."""

    app_id: AppId
    app_secret: Secret
    name: str
    origins: list[str]
    prechat_fields: list[AskedField]


class AppPage(Shape, frozen=True, kw_only=True):
    """All apps, by app_id."""

    items: list[AppView]


class NewApp(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An app to be added: the next free app_id, a random secret, name and e-mail asked, unless given."""

    app_id: AppId | UnsetType = UNSET
    app_secret: Secret | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    origins: list[Origin] | UnsetType = UNSET
    prechat_fields: list[AskedField] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.origins is not UNSET and len(self.origins) > ORIGINS:
            raise Misfit("origins", f"must be at most {ORIGINS}")
        for origin in () if self.origins is UNSET else self.origins:
            if not is_origin(origin):
                raise Misfit("origins", "must be origins such as https://shop.example, `null` or `loopback`")
        names: list[ProfileField] = (
            [] if self.prechat_fields is UNSET else [field.name for field in self.prechat_fields]
        )
        if len(set(names)) < len(names):
            raise Misfit("prechat_fields", "must ask for each field once")


class AppOperations(Noun):
    """The rows of the table, and what they do."""

    def __init__(self, records: RecordsOf) -> None:
        self._records = records

    @Contract(
        method="GET",
        path="/v1/apps",
        summary="List the apps.",
        scope="admin",
        answers={200: AppPage},
    )
    async def _list(self, call: Call) -> Response:
        apps = sorted(call.organization.apps.values(), key=lambda app: app.app_id)
        return answered(AppPage(items=[_view(app) for app in apps]))

    @Contract(
        method="POST",
        path="/v1/apps",
        summary="Add an app.",
        scope="admin",
        body=NewApp,
        answers={201: AppView},
        reasons=("exists",),
    )
    async def _add(self, call: Call) -> Response:
        given: NewApp = call.body
        added: list[App] = []

        def edit(record: Record) -> Record:
            record, app = add_app(record, None if given.app_id is UNSET else given.app_id, _fields(given))
            added[:] = [app]
            return record

        with refusals("unknown_app"):
            await self._records(actor_of(call.caller)).edit(call.organization.org, edit)
        return answered(_view(added[0]), 201)

    @Contract(
        method="DELETE",
        path="/v1/apps/{app_id}",
        summary="Remove an app: its pages can't connect any more; contacts and threads stay.",
        scope="admin",
        answers={204: None},
        reasons=("unknown_app",),
    )
    async def _remove(self, call: Call) -> Response:
        wanted = call.path["app_id"]
        app_id = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) <= 16 else 0
        with refusals("unknown_app"):
            await self._records(actor_of(call.caller)).edit(
                call.organization.org, lambda record: remove_app(record, app_id)
            )
        return done()


def _view(app: App) -> AppView:
    return AppView(
        app_id=app.app_id,
        app_secret=app.secret,
        name=app.name,
        origins=list(app.origins),
        prechat_fields=[AskedField(name=one.name, required=one.required) for one in app.prechat_fields],
    )


def _fields(given: NewApp) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if given.app_secret is not UNSET:
        fields["secret"] = given.app_secret
    if given.name is not UNSET:
        fields["name"] = given.name
    if given.origins is not UNSET:
        fields["origins"] = tuple(given.origins)
    if given.prechat_fields is not UNSET:
        fields["prechat_fields"] = tuple(
            msgspec.convert(msgspec.to_builtins(one), PrechatField) for one in given.prechat_fields
        )
    return fields
