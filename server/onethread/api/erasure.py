"""`DELETE /v1/contacts/{id}`: a person is erased, by an administrator and for good."""

from __future__ import annotations

from starlette.responses import Response

from onethread.agents.audit import Change
from onethread.api.administration import LogOf, actor_of
from onethread.api.contacts import unknown_contact
from onethread.api.operation import Call, Contract, Noun, done
from onethread.hub.erasure import Erasure
from onethread.hub.profiles import Unknown


class ErasureOperations(Noun):
    """The row of the table, and what it does."""

    def __init__(self, erasure: Erasure, logs: LogOf) -> None:
        self._erasure = erasure
        self._logs = logs

    @Contract(
        method="DELETE",
        path="/v1/contacts/{id}",
        summary="Erase a person for good: profile, thread, tokens, and whatever leads to them.",
        scope="admin",
        answers={204: None},
        reasons=("unknown_contact",),
    )
    async def _erase(self, call: Call) -> Response:
        contact, organization = call.path["id"], call.organization
        try:
            await self._erasure.check(organization, contact)
            # First, so that nobody is erased without a line in the audit log.
            noted = Change("contact.erased", contact)
            await self._logs(actor_of(call.caller)).note(organization.org, noted)
            await self._erasure.run(organization, contact)
        except Unknown:
            raise unknown_contact(contact) from None
        return done()
