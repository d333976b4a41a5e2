"""The demo organization: the same everywhere, so that pages and commands can be tried without setting up."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

import msgspec

from onethread.identity.credentials import LOOPBACK
from onethread.identity.organization import App, Organization
from onethread.store.organizations import Exists, Organizations, Record

ORG: Final = "demo"
APP: Final = App(app_id=1, secret="demo-secret", name="Demo", origins=(LOOPBACK,))  # noqa: S106 - public
KID: Final = "1"
IDENTITY_KEY: Final = "demo-identity-key-of-32-bytes-or-more"
API_KEY: Final = "demo-api-key"


async def ensure(organizations: Organizations) -> None:
    """Make the demo organization, every setting at its default, if it is not there.

    If it is, its credentials are put back and what an administrator set stays. Any number of hubs may do so
    at once. Raises StoreError.
    """
    with suppress(Exists):
        await organizations.add(Organization(org=ORG, name="Demo"))
    await organizations.edit(ORG, _with_credentials)
    with suppress(Exists):
        await organizations.add_api_key(ORG, "demo", API_KEY)


def _with_credentials(record: Record) -> Record:
    demo = record.organization
    app = msgspec.structs.replace(demo.apps.get(APP.app_id, APP), secret=APP.secret)
    # Beside the demo's own key one more may be valid: the newest.
    others = {kid: key for kid, key in demo.identity_keys.items() if kid != KID}
    newest = dict(list(others.items())[-1:])
    return msgspec.structs.replace(
        record,
        organization=msgspec.structs.replace(
            demo, apps={**demo.apps, APP.app_id: app}, identity_keys={KID: IDENTITY_KEY, **newest}
        ),
    )
