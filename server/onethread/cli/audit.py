"""`onethread audit`: what was changed by administrators, when and by whom."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from onethread.agents.audit import KEPT, Act
from onethread.cli.administration import administer_agents
from onethread.cli.options import json_option, org_option, show, with_settings
from onethread.settings import Settings


@click.command()
@org_option
@click.option(
    "--limit", type=click.IntRange(1, KEPT), default=100, show_default=True, help="How many, the newest."
)
@json_option
@with_settings
def audit(settings: Settings, org: str, limit: int, as_json: bool) -> None:
    """Show the audit log of an organization, newest first: who changed what, and when.

    It has ids and names of fields, neither secrets nor people's data; the newest 10,000 acts are kept.
    """
    acts = administer_agents(settings, lambda accounts: accounts.acts(org, limit))
    columns = ("at", "by", "action", "subject", "fields")
    show([_row(act) for act in acts], columns, as_json)


def _row(act: Act) -> dict[str, object]:
    at = datetime.fromtimestamp(act.at / 1000, UTC)
    return {
        "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "by": f"{act.by.type} {act.by.id}".rstrip(),
        "action": act.action,
        "subject": act.subject,
        "fields": list(act.fields),
    }
