"""How a command gets a password: never from its command line, where `ps` and the shell's history show it."""

from __future__ import annotations

import os
import sys
from typing import Final

import click

from onethread.agents.account import AccountError
from onethread.agents.passwords import check_password

VARIABLE: Final = "ONETHREAD_AGENT_PASSWORD"


def read_password() -> str:
    """The password that the environment variable gives, a person types twice, or standard input begins with.

    ClickException: it can't be one; it is not quoted.
    """
    given = os.environ.get(VARIABLE)
    if given is not None:
        where = VARIABLE
    elif sys.stdin.isatty():
        where, given = "the password", click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        where, given = "the password on standard input", sys.stdin.readline().rstrip("\r\n")
    try:
        return check_password(given)
    except AccountError as error:
        raise click.ClickException(f"{where} {error}") from None
