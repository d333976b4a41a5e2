"""`onethread orgs`: organizations and their policies."""

from __future__ import annotations

from typing import Any, get_args

import click
import msgspec

from onethread.cli.administration import administer
from onethread.cli.options import given_options, json_option, name, show, with_settings
from onethread.identity.organization import IdentityPolicy, OnRefused, Organization, Pinning
from onethread.identity.record import Record
from onethread.settings import Settings
from onethread.store.documents import is_slug
from onethread.values import quoted

# Slots of a cluster: more shards than that can't be spread.
MOST_SHARDS = 16384

identity_option = click.option(
    "--identity",
    type=click.Choice(get_args(IdentityPolicy)),
    help="open: a user_id is believed; sticky (the default): until the contact came with a proof once; "
    "signed: a proof always.",
)
pinning_option = click.option(
    "--pinning",
    type=click.Choice(get_args(Pinning)),
    help="Who pins a security_hash: first_use (the default), the first device that gives one; backend, "
    "only the organization's backend.",
)
on_refused_option = click.option(
    "--on-refused",
    type=click.Choice(get_args(OnRefused)),
    help="What a refused identity gets: clean_chat (the default), an empty chat; close, close code 4403.",
)
name_option = click.option(
    "--name", callback=name, help="Its name as customers see it, where the system speaks."
)


@click.group()
def orgs() -> None:
    """Organizations: the tenants, each with its own apps, keys, contacts and threads."""


def _slug(_context: click.Context, _argument: click.Parameter, given: str) -> str:
    if not is_slug(given):
        raise click.BadParameter(f"{quoted(given)} is not 1 to 64 of a-z, 0-9, '.', '-' and '_'")
    return given


@orgs.command("add")
@click.argument("org", callback=_slug)
@name_option
@identity_option
@pinning_option
@on_refused_option
@click.option(
    "--shards",
    type=click.IntRange(1, MOST_SHARDS),
    help="Over how many of the store's slots it is spread, 1 if not given; it can't be changed later.",
)
@with_settings
def add(settings: Settings, org: str, **options: Any) -> None:
    """Add an organization, known by its domain slug ORG, such as acme."""
    given = {name: value for name, value in options.items() if value is not None}
    organization = Organization(**{"org": org, "name": org, **given})
    administer(settings, lambda organizations: organizations.add(organization))
    click.echo(f"organization {org!r} added; next: onethread apps add --org {org}")


@orgs.command("list")
@json_option
@with_settings
def list_(settings: Settings, as_json: bool) -> None:
    """List all organizations."""
    records = administer(settings, lambda organizations: organizations.all())
    columns = ("org", "name", "identity", "pinning", "on_refused", "shards", "apps")
    show([_row(record) for record in records], columns, as_json)


@orgs.command("set")
@click.argument("org")
@name_option
@identity_option
@pinning_option
@on_refused_option
@with_settings
def set_(settings: Settings, org: str, **options: Any) -> None:
    """Change settings of an organization; hubs follow within 2 seconds, for new connections."""
    given = given_options(**options)

    def edit(record: Record) -> Record:
        organization = msgspec.structs.replace(record.organization, **given)
        return msgspec.structs.replace(record, organization=organization)

    administer(settings, lambda organizations: organizations.edit(org, edit))
    click.echo(f"organization {org!r} changed")


@orgs.command("remove")
@click.argument("org")
@click.option("--yes", is_flag=True, help="Don't ask.")
@with_settings
def remove(settings: Settings, org: str, yes: bool) -> None:
    """Remove an organization with all of its contacts and threads, for good.

    Connections that are open then stay until they end: remove it again if there were some.
    """
    if not yes:
        click.confirm(f"Remove organization {org!r} with all of its contacts and threads?", abort=True)
    keys = administer(settings, lambda organizations: organizations.remove(org))
    click.echo(f"organization {org!r} removed, {keys} keys of the store")


def _row(record: Record) -> dict[str, Any]:
    organization = record.organization
    return {
        "org": organization.org,
        "name": organization.name,
        "identity": organization.identity,
        "pinning": organization.pinning,
        "on_refused": organization.on_refused,
        "shards": organization.shards,
        "apps": sorted(organization.apps),
    }
