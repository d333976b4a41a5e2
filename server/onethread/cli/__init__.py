"""The command line: `onethread COMMAND`.

Whatever goes wrong is said in one line on standard error that names the option or variable and quotes the
value. Exit codes: 0 done, 1 it failed, 2 it was asked wrongly (options, settings), 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from onethread.agents.account import AccountError
from onethread.cli.agents import agents
from onethread.cli.apps import apps
from onethread.cli.audit import audit
from onethread.cli.chat import chat
from onethread.cli.contacts import contacts
from onethread.cli.doctor import doctor
from onethread.cli.keys import keys
from onethread.cli.orgs import orgs
from onethread.cli.serve import serve, store
from onethread.cli.webhooks import webhooks
from onethread.env_file import EnvFileError
from onethread.identity.record import OrganizationError
from onethread.settings import SettingsError
from onethread.store.embedded_errors import EmbeddedStoreError
from onethread.store.errors import StoreError

FAILED, USAGE, INTERRUPTED = 1, 2, 130


@click.group()
@click.version_option(package_name="onethread")
def onethread() -> None:
    """One customer, one thread, on every device.

    Settings are environment variables, see docs/settings.md; `onethread COMMAND --help` tells of a command.
    """


for command in (serve, store, doctor, orgs, apps, keys, agents, contacts, webhooks, audit, chat):
    onethread.add_command(command)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; return its exit code."""
    try:
        result = onethread.main(list(arguments), prog_name="onethread", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return USAGE
    except click.UsageError as error:
        help_of = error.ctx.command_path if error.ctx else "onethread"
        return _failed(f"{error.format_message()} (see {help_of} --help)", USAGE)
    except click.ClickException as error:
        return _failed(error.format_message(), error.exit_code)
    except EnvFileError as error:
        return _failed(f"--env-file: {error}", USAGE)
    except SettingsError as error:
        return _failed(str(error), USAGE)
    except (AccountError, EmbeddedStoreError, OrganizationError, StoreError) as error:
        return _failed(str(error), FAILED)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone; without this the interpreter would complain of it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return result if isinstance(result, int) else 0


def main() -> None:
    """Run this process's command line and end the process."""
    sys.exit(run(sys.argv[1:]))


def _failed(message: str, code: int) -> int:
    click.echo(f"onethread: {message}", err=True)
    return code
