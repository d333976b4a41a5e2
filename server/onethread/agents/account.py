"""An agent's account, as the store keeps it."""

import re
import secrets
import string
from typing import Final

import msgspec

from onethread_protocol.bounds import AgentRole
from onethread_protocol.people import AgentView

_ALPHABET: Final = string.digits + string.ascii_lowercase
_ID: Final = 16  # of 36 characters: ids of agents are no secret, they only must not meet
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+")

NAME: Final = 255
"""Characters of a name (WIRE.md section 1)."""
EMAIL: Final = 320
"""Characters of an e-mail (WIRE.md section 1)."""


class AccountError(ValueError):
    """An account that can't be made so, with a sentence that says why."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An agent of one organization. `password` is the argon2 hash; `created_at` is in milliseconds.

    A session is good for the `generation` it was opened in: a new password begins the next one.
    """

    id: str
    name: str
    email: str
    role: AgentRole
    password: str
    created_at: int
    generation: int = 0

    def __repr__(self) -> str:
        """Leave the person and the hash out: a repr ends up in logs and exception texts."""
        return f"Account(id={self.id!r})"


def new_agent_id() -> str:
    """Return a fresh agent id: `ag_` and 16 of 0-9a-z."""
    return f"ag_{''.join(secrets.choice(_ALPHABET) for _ in range(_ID))}"


def folded(email: str) -> str:
    """Return an e-mail as two are compared: mailboxes that differ in case only don't exist in practice."""
    return email.strip().casefold()


def check_email(email: str) -> str:
    """Return the e-mail without surrounding spaces. AccountError: it is none."""
    email = email.strip()
    if not _EMAIL.fullmatch(email) or len(email) > EMAIL:
        raise AccountError(f"is no e-mail of up to {EMAIL} characters, such as ana@shop.example")
    return email


def check_name(name: str) -> str:
    """Return the name. AccountError: it is empty or too long."""
    if not name.strip() or len(name) > NAME:
        raise AccountError(f"has {len(name)} characters, 1 to {NAME} are allowed, not only spaces")
    return name


def agent_view(account: Account) -> AgentView:
    """Return the agent as `ready` and the API tell of it."""
    return AgentView(id=account.id, name=account.name, email=account.email, role=account.role)
