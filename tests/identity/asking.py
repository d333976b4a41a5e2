"""Asking who an init is: the two steps of the decision in one call, and what the answers look like."""

from typing import Any

from onethread.identity.decision import Known, Outcome, Presented, Refused, Reject, decide, read
from onethread.identity.organization import Organization
from onethread_protocol.customer import Init
from onethread_protocol.people import User
from tests.identity.acme import ACME, ANA, EPOCH, MINT, NOW, THREAD

VISITOR = MINT.visitor("acme", THREAD, EPOCH, NOW)
CLEAN = MINT.clean("acme", THREAD, EPOCH, ANA, NOW)
PIN = MINT.pin("acme", ANA, "hash")
PINNED = Known(pin=PIN)
SIGNED = Known(signed=True)


def present(frame: Init, organization: Organization = ACME) -> Presented:
    """What an init from a good app presents."""
    presented = read(frame, organization, None, MINT, NOW)
    assert isinstance(presented, Presented)
    return presented


def outcome(
    frame: Init, known: Known | None = None, organization: Organization = ACME, stands: bool = True
) -> Outcome:
    """How an init ends that meets this in the store."""
    return decide(present(frame, organization), known, visitor_stands=stands)


def rejection(frame: Init, organization: Organization | None = ACME, origin: str | None = None) -> Any:
    """The code, reason and close code of an init that is rejected before the store is asked."""
    rejected = read(frame, organization, origin, MINT, NOW)
    assert isinstance(rejected, Reject)
    return rejected.code, rejected.reason, rejected.close


def ana(**fields: Any) -> User:
    """Ana's user map."""
    return User(user_id=ANA, **fields)


def refused(why: Any, user_id: str | None = ANA) -> Refused:
    """A refusal that goes on in a new clean chat."""
    return Refused(why, user_id, None, None)
