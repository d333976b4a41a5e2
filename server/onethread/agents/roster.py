"""The agents of an organization: one document, changed by pure functions."""

from typing import Final

import msgspec

from onethread.agents.account import Account, AccountError, folded

MOST: Final = 1_000
"""Accounts of one organization: the document is read whole, and at this number has some 300 kB."""
FORMER: Final = 1_000
"""Names of removed agents that are kept, for the threads that they are still assigned to."""


class Unknown(AccountError):
    """There is no such agent."""


class Taken(AccountError):
    """Another agent has this e-mail."""


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts by id, in the order made; `former` has the names of removed agents by their ids."""

    accounts: dict[str, Account] = {}
    former: dict[str, str] = {}

    def find(self, agent: str) -> Account:
        """Return the account with this id or e-mail. Unknown: there is none."""
        found = self.accounts.get(agent) or self.by_email(agent)
        if found is None:
            raise Unknown(f"there is no agent {agent!r}")
        return found

    def by_email(self, email: str) -> Account | None:
        """Return the account with this e-mail, in whatever case it is written."""
        wanted = folded(email)
        return next((one for one in self.accounts.values() if folded(one.email) == wanted), None)

    def name_of(self, agent: str) -> str:
        """Return the name of an agent, of a removed one too; its id if nothing is known of it."""
        account = self.accounts.get(agent)
        return account.name if account else self.former.get(agent, agent)


def put(roster: Roster, account: Account) -> Roster:
    """Return the roster with a new account, or a known one as it is now.

    Taken: another agent has its e-mail. AccountError: there are as many accounts as there may be.
    """
    other = roster.by_email(account.email)
    if other is not None and other.id != account.id:
        raise Taken(f"the agent {other.id!r} has the e-mail {account.email!r} already")
    accounts = {**roster.accounts, account.id: account}
    if len(accounts) > MOST:
        raise AccountError(f"an organization has at most {MOST} agents")
    return msgspec.structs.replace(roster, accounts=accounts)


def remove(roster: Roster, agent: str) -> Roster:
    """Return the roster without the agent of this id; only its name is kept. Unknown: there is none."""
    gone = roster.find(agent)
    accounts = {id_: account for id_, account in roster.accounts.items() if id_ != gone.id}
    former = list({**roster.former, gone.id: gone.name}.items())[-FORMER:]
    return Roster(accounts=accounts, former=dict(former))
