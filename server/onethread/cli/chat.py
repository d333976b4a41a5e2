"""`onethread chat`: a customer in a terminal; the client is an extra, loaded when it is asked for."""

from __future__ import annotations

from typing import Any

import click

from onethread.demo import APP, ORG


@click.command()
@click.option("--user-id", help="Who you are to the organization; a visitor if not given.")
@click.option("--device", default="terminal", show_default=True, help="What this device is called.")
@click.option("--url", default="ws://127.0.0.1:8000/ws", show_default=True, help="Where the server is.")
@click.option("--org", default=ORG, show_default=True, help="The organization to talk to.")
@click.option("--app-id", type=int, default=APP.app_id, show_default=True, help="Its app's app_id.")
@click.option("--app-secret", default=APP.secret, help="Its app's app_secret; the demo's if not given.")
def chat(**options: Any) -> int:
    """Chat as a customer in this terminal; one --user-id is the same conversation on every device."""
    try:
        from onethread_client.terminal import run
    except ModuleNotFoundError as error:
        raise click.ClickException(f"chat needs {error.name!r}: pip install 'onethread[chat]'") from None
    try:
        return run(**options)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
