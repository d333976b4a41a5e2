"""`onethread webhooks`: URLs that are told what happens in an organization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from onethread.agents.audit import Change
from onethread.cli.administration import Webhooks, administer_webhooks
from onethread.cli.options import given_options, json_option, moment, org_option, show, with_settings
from onethread.hub.clock import now_ms
from onethread.identity.record import Missing
from onethread.settings import Settings
from onethread.webhooks.addresses import Network, UrlError, check_url
from onethread.webhooks.letters import name_of
from onethread.webhooks.outbox import DeadLetter, Standing
from onethread.webhooks.record import EVENT_TYPES, Webhook, change, end, in_order, new_webhook, rotate
from onethread.webhooks.signature import new_secret

MOST = 10_000
"""Dead letters that are shown."""

id_argument = click.argument("id_", metavar="ID")
event_option = click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice(EVENT_TYPES),
    help="An event that it is told of; repeat it for more. All of them if none is given.",
)


@click.group()
def webhooks() -> None:
    """Webhooks: URLs of an organization's backends that are told what happens; see docs/webhooks.md."""


@webhooks.command("add")
@click.argument("url")
@org_option
@event_option
@with_settings
def add(settings: Settings, url: str, org: str, events: Sequence[Any]) -> None:
    """Add a webhook and print its secret, which is shown once. The first one takes two seconds."""
    webhook = new_webhook(_checked(url, settings.webhook_allow_private), events, now_ms())
    administer_webhooks(settings, org, lambda all_: all_.records.add(all_.organization, webhook))
    click.echo(f"id      {webhook.id}")
    click.echo(f"secret  {webhook.secret}")


@webhooks.command("list")
@org_option
@json_option
@with_settings
def list_(settings: Settings, org: str, as_json: bool) -> None:
    """List the webhooks of an organization, and how it stands with them; without their secrets."""

    async def work(all_: Webhooks) -> list[dict[str, Any]]:
        live = (await all_.records.get(org)).live.values()
        return [_row(one, await all_.letters.standing(all_.organization, one.id)) for one in live]

    columns = ("id", "url", "events", "waiting", "dead_letters", "told_at", "failed_at", "failure")
    show(administer_webhooks(settings, org, work), columns, as_json)


@webhooks.command("set")
@id_argument
@org_option
@click.option("--url", help="Where it is told; what waits goes there too.")
@event_option
@with_settings
def set_(settings: Settings, id_: str, org: str, url: str | None, events: Sequence[Any]) -> None:
    """Change a webhook; hubs follow within 2 seconds. Events are replaced, all at once."""
    given = given_options(url=url, events=in_order(events) or None)
    if url is not None:
        _checked(url, settings.webhook_allow_private)

    async def work(all_: Webhooks) -> None:
        await all_.records.edit(all_.organization, lambda before: change(before, id_, **given))

    administer_webhooks(settings, org, work)
    click.echo(f"webhook {id_!r} of organization {org!r} changed")


@webhooks.command("rotate")
@id_argument
@org_option
@with_settings
def rotate_(settings: Settings, id_: str, org: str) -> None:
    """Give a webhook another secret and print it; the one before signs beside it for a day."""
    secret = new_secret()

    async def work(all_: Webhooks) -> None:
        await all_.records.edit(all_.organization, lambda before: rotate(before, id_, secret, now_ms()))

    administer_webhooks(settings, org, work)
    click.echo(f"secret  {secret}")


@webhooks.command("remove")
@id_argument
@org_option
@with_settings
def remove(settings: Settings, id_: str, org: str) -> None:
    """Remove a webhook, with what waits for it and its dead letters."""

    async def work(all_: Webhooks) -> None:
        await all_.records.edit(all_.organization, lambda before: end(before, id_))

    administer_webhooks(settings, org, work)
    click.echo(f"webhook {id_!r} of organization {org!r} removed")


@webhooks.command("dead")
@id_argument
@org_option
@click.option(
    "--limit", type=click.IntRange(1, MOST), default=100, show_default=True, help="How many, the newest."
)
@json_option
@with_settings
def dead(settings: Settings, id_: str, org: str, limit: int, as_json: bool) -> None:
    """List the dead letters of a webhook, newest first: what nobody took in a day, and why."""

    async def work(all_: Webhooks) -> list[DeadLetter]:
        (await all_.records.get(org)).find(id_)
        return (await all_.letters.page(all_.organization, id_, None, limit))[0]

    columns = ("letter", "type", "at", "failed_at", "tries", "failure")
    show([_letter(one) for one in administer_webhooks(settings, org, work)], columns, as_json)


@webhooks.command("replay")
@id_argument
@click.argument("letter", required=False)
@org_option
@with_settings
def replay(settings: Settings, id_: str, letter: str | None, org: str) -> None:
    """Have dead letters told again: LETTER, as `webhooks dead` shows it, or all, and what waits tried now."""

    async def work(all_: Webhooks) -> int:
        (await all_.records.get(org)).find(id_)
        if letter is None:
            replayed = await all_.letters.revive_all(all_.organization, id_)
        elif await all_.letters.revive(all_.organization, id_, letter):
            replayed = 1
        else:
            raise Missing(f"webhook {id_!r} has no dead letter {letter!r}")
        await all_.records.note(org, Change("webhook.replayed", id_))
        return replayed

    click.echo(f"{administer_webhooks(settings, org, work)} of webhook {id_!r} are told again")


def _checked(url: str, allowed: Sequence[Network]) -> str:
    try:
        return check_url(url, allowed)
    except UrlError as error:
        raise click.BadParameter(f"it {error}", param_hint="URL") from None


def _row(webhook: Webhook, standing: Standing) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": webhook.events,
        "waiting": standing.waiting,
        "dead_letters": standing.dead,
        "told_at": moment(standing.told_at),
        "failed_at": moment(standing.failed_at),
        "failure": standing.why,
    }


def _letter(letter: DeadLetter) -> dict[str, Any]:
    return {
        "letter": name_of(letter),
        "type": letter.type,
        "at": moment(letter.at),
        "failed_at": moment(letter.failed_at),
        "tries": letter.tries,
        "failure": letter.why,
    }
