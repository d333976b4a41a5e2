"""`onethread keys`: keys of an organization's backends, which prove who a customer is or open the API."""

from __future__ import annotations

import secrets
from typing import Any

import click
import msgspec

from onethread.cli.administration import administer
from onethread.cli.options import given_options, json_option, long_secret, org_option, show, with_settings
from onethread.cli.options import name as name_
from onethread.identity.organization import SCOPES, Scope
from onethread.identity.record import (
    Missing,
    Record,
    add_identity_key,
    put_identity_key,
    remove_identity_key,
)
from onethread.settings import Settings
from onethread.values import quoted

KIND = click.Choice(["identity", "api"])
KID_CHARACTERS = 64

kind_argument = click.argument("kind", type=KIND)
scope_option = click.option(
    "--scope",
    type=click.Choice(SCOPES),
    help="API keys: what it may do, each with those before it; write if not given.",
)
key_option = click.option(
    "--key",
    callback=long_secret,
    help="The key itself, at least 32 bytes; '-' reads it from standard input.",
)


def _kid(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    if given is not None and not 1 <= len(given) <= KID_CHARACTERS:
        raise click.BadParameter(f"{quoted(given)} does not have 1 to {KID_CHARACTERS} characters")
    return given


@click.group()
def keys() -> None:
    """Keys of an organization's backends: identity keys and API keys.

    An identity key signs user_hash and tokens, by which customers prove who they are; two can be valid at a
    time, so that one can be replaced by the other. An API key is for HTTP; it is stored as a hash and shown
    once.
    """


@keys.command("add")
@kind_argument
@org_option
@key_option
@click.option("--kid", callback=_kid, help="Identity keys: its name in tokens; the next number if not given.")
@click.option("--name", callback=name_, help="API keys: what it is for.")
@scope_option
@with_settings
def add(
    settings: Settings,
    kind: str,
    org: str,
    key: str | None,
    kid: str | None,
    name: str | None,
    scope: Scope | None,
) -> None:
    """Add a key, a random one unless it is given, and print it."""
    if kind == "api":
        _only("identity", kid=kid)
        api_key, clear = administer(
            settings,
            lambda organizations: organizations.add_api_key(org, name or "", key, scope=scope or "write"),
        )
        click.echo(f"id   {api_key.id}")
        click.echo(f"key  {clear}")
        return
    _only("api", name=name, scope=scope)
    chosen = key or secrets.token_urlsafe(32)

    record = administer(
        settings,
        lambda organizations: organizations.edit(
            org, lambda record: add_identity_key(record, kid, chosen)[0]
        ),
    )
    click.echo(f"kid  {list(record.organization.identity_keys)[-1]}")
    click.echo(f"key  {chosen}")


@keys.command("list")
@org_option
@json_option
@with_settings
def list_(settings: Settings, org: str, as_json: bool) -> None:
    """List the keys of an organization, without the keys themselves."""
    record = administer(settings, lambda organizations: organizations.get(org))
    rows: list[dict[str, Any]] = [
        {"kind": "identity", "id": kid, "name": "", "scope": ""} for kid in record.organization.identity_keys
    ]
    rows += [
        {"kind": "api", "id": key.id, "name": key.name, "scope": key.scope}
        for key in record.api_keys.values()
    ]
    show(rows, ("kind", "id", "name", "scope"), as_json)


@keys.command("set")
@kind_argument
@click.argument("id_", metavar="ID")
@org_option
@key_option
@click.option("--name", callback=name_, help="API keys: what it is for.")
@scope_option
@with_settings
def set_(
    settings: Settings,
    kind: str,
    id_: str,
    org: str,
    key: str | None,
    name: str | None,
    scope: Scope | None,
) -> None:
    """Change an identity key's key, or an API key's name or scope, by kid or id as `keys list` has it."""
    if kind == "api":
        _only("identity", key=key)
        given = given_options(name=name, scope=scope)
    else:
        _only("api", name=name, scope=scope)
        given_options(key=key)

    def edit(record: Record) -> Record:
        _find(record, kind, id_)
        if key is not None:
            return put_identity_key(record, id_, key)
        changed = msgspec.structs.replace(record.api_keys[id_], **given)
        return msgspec.structs.replace(record, api_keys={**record.api_keys, id_: changed})

    administer(settings, lambda organizations: organizations.edit(org, edit))
    click.echo(f"{kind} key {id_!r} of organization {org!r} changed")


@keys.command("remove")
@kind_argument
@click.argument("id_", metavar="ID")
@org_option
@with_settings
def remove(settings: Settings, kind: str, id_: str, org: str) -> None:
    """Remove a key, by the kid or id that `keys list` shows; what it signed is refused from then on."""

    if kind == "api":
        administer(settings, lambda organizations: organizations.remove_api_key(org, id_))
    else:
        administer(
            settings,
            lambda organizations: organizations.edit(org, lambda record: remove_identity_key(record, id_)),
        )
    click.echo(f"{kind} key {id_!r} of organization {org!r} removed")


def _only(kind: str, **options: str | None) -> None:
    for name, value in options.items():
        if value is not None:
            raise click.UsageError(f"--{name} is for {kind} keys only", click.get_current_context())


def _find(record: Record, kind: str, id_: str) -> None:
    known = record.api_keys if kind == "api" else record.organization.identity_keys
    if id_ not in known:
        raise Missing(f"organization {record.organization.org!r} has no {kind} key {id_!r}")
