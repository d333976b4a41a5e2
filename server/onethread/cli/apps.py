"""`onethread apps`: the websites and phone apps of an organization."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from onethread.cli.administration import administer
from onethread.cli.options import (
    given_options,
    json_option,
    name,
    org_option,
    origin,
    prechat,
    secret,
    show,
    with_settings,
)
from onethread.identity.organization import App
from onethread.identity.record import Record, add_app, app_of, put_app, remove_app
from onethread.settings import Settings
from onethread.values import quoted

# Integers that every client reads exactly (WIRE.md section 1).
MOST_APP_ID = 2**53 - 1


class AppId(click.IntRange):
    """An app_id on a command line."""

    name = "app_id"

    def __init__(self) -> None:
        super().__init__(1, MOST_APP_ID)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number. Raises BadParameter, in words for a person."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{quoted(str(value))} is no whole number from 1 to {MOST_APP_ID}", param, ctx)


app_id_argument = click.argument("app_id", type=AppId())
name_option = click.option("--name", callback=name, help="What it is, for the organization's people.")
secret_option = click.option(
    "--secret", callback=secret, help="Its app_secret, 1 to 255 characters; '-' reads it from standard input."
)
origin_option = click.option(
    "--origin",
    "origins",
    multiple=True,
    callback=origin,
    metavar="ORIGIN",
    help="A page's origin that may connect, such as https://shop.example; 'loopback' for this machine's "
    "pages; repeat it for more. Without any, all may.",
)
prechat_option = click.option(
    "--prechat",
    "prechat_fields",
    callback=prechat,
    metavar="FIELDS",
    help="What visitors are asked: name, email, phone, company, separated by commas, ':optional' behind what "
    "may be left out; 'none' for no form. name,email if not given.",
)


@click.group()
def apps() -> None:
    """Apps: an organization's websites, iOS and Android apps, each with its app_id and app_secret."""


@apps.command("add")
@org_option
@click.option("--app-id", type=AppId(), help="The next free one if not given.")
@secret_option
@name_option
@origin_option
@prechat_option
@with_settings
def add(settings: Settings, org: str, app_id: int | None, secret: str | None, **options: Any) -> None:
    """Add an app and print its app_id and app_secret."""
    options["secret"] = secret
    given = {name: value for name, value in options.items() if value is not None}
    record = administer(
        settings,
        lambda organizations: organizations.edit(org, lambda record: add_app(record, app_id, given)[0]),
    )
    # The newest is the last: an object's order is kept.
    added = list(record.organization.apps.values())[-1]
    click.echo(f"app_id      {added.app_id}")
    click.echo(f"app_secret  {added.secret}")


@apps.command("list")
@org_option
@json_option
@with_settings
def list_(settings: Settings, org: str, as_json: bool) -> None:
    """List the apps of an organization, with their secrets: those are public in its pages anyway."""
    record = administer(settings, lambda organizations: organizations.get(org))
    rows = [_row(app) for app in sorted(record.organization.apps.values(), key=lambda app: app.app_id)]
    show(rows, ("app_id", "name", "app_secret", "origins", "prechat"), as_json)


@apps.command("set")
@app_id_argument
@org_option
@secret_option
@name_option
@origin_option
@click.option("--any-origin", is_flag=True, help="Let pages of all origins connect again.")
@prechat_option
@with_settings
def set_(settings: Settings, app_id: int, org: str, any_origin: bool, **options: Any) -> None:
    """Change an app; hubs follow within 2 seconds, for new connections. Origins are replaced, all at once."""
    given = given_options(**options, any_origin=any_origin or None)
    if given.pop("any_origin", False):
        given["origins"] = ()

    def edit(record: Record) -> Record:
        return put_app(record, msgspec.structs.replace(app_of(record, app_id), **given))

    administer(settings, lambda organizations: organizations.edit(org, edit))
    click.echo(f"app {app_id} of organization {org!r} changed")


@apps.command("remove")
@app_id_argument
@org_option
@with_settings
def remove(settings: Settings, app_id: int, org: str) -> None:
    """Remove an app: its pages can't connect any more. Contacts and threads stay."""
    administer(
        settings,
        lambda organizations: organizations.edit(org, lambda record: remove_app(record, app_id)),
    )
    click.echo(f"app {app_id} of organization {org!r} removed")


def _row(app: App) -> dict[str, Any]:
    return {
        "app_id": app.app_id,
        "name": app.name,
        "app_secret": app.secret,
        "origins": app.origins or ["all"],
        "prechat": [field.name + ("" if field.required else ":optional") for field in app.prechat_fields],
    }
