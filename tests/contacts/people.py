"""A contact whose profile is changed, and who changes it."""

from typing import Any

import pytest
from msgspec.structs import replace

from onethread.contacts.profile import Contact, admit
from onethread.identity.decision import Admit
from onethread.identity.proofs import Claims
from onethread_protocol.errors import ProtocolError
from onethread_protocol.people import User
from tests.identity.acme import ANA, NOW, THREAD

GIVEN = User(
    name="Ana", email="ana@acme.test", phone="+49 1", company="Acme", custom_data={"plan": "gold", "seats": 5}
)
OPEN = Admit(user_id=ANA, means="open")


def signed(**claims: Any) -> Admit:
    """An admission by a token of these claims."""
    return Admit(user_id=ANA, means="signed", mark_signed=True, claims=Claims(**claims))


def known(**fields: Any) -> Contact:
    """The contact of a first init with GIVEN, these fields set."""
    contact = admit(None, OPEN, GIVEN, THREAD, NOW)
    return replace(contact, **fields)


def refusal(change: Any) -> tuple[int, str, str | None]:
    """Code, reason and field of the error that the change raises."""
    with pytest.raises(ProtocolError) as caught:
        change()
    return caught.value.code, caught.value.reason, caught.value.field
