"""People for an organization with very many contacts: made up, the same for the same numbers. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Final

from onethread.contacts.profile import Contact, register
from onethread.identity.ids import new_thread
from onethread_protocol.people import User

GIVEN: Final = (
    "Anna",
    "José",
    "María",
    "Chen",
    "Fatima",
    "Olga",
    "Peter",
    "Aiko",
    "Łukasz",
    "Zoë",
    "John",
    "Mary",
)
FAMILY: Final = (
    "Smith",
    "García",
    "Li",
    "Müller",
    "Rossi",
    "Novák",
    "Silva",
    "Kowalski",
    "Ivanova",
    "Jones",
    "Ba",
)
PLANS: Final = ("free", "silver", "gold")
COMPANIES: Final = 5_000
SHARED_EMAILS: Final = 50
"""One contact in so many has an e-mail that others have too."""


def fields(number: int, chance: random.Random) -> dict[str, Any]:
    """What is given of the person with this number: every field, and two keys of custom_data."""
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    mailbox = f"office{number % 1000}" if number % SHARED_EMAILS == 0 else f"{given}.{family}{number}".lower()
    return {
        "user_id": f"user-{number}",
        "name": f"{given} {family}",
        "email": f"{mailbox}@mail{number % 7}.example",
        "phone": f"+49 15{chance.randrange(10)} {chance.randrange(10**7):07}",
        "company": f"Company {chance.randrange(COMPANIES)}",
        "custom_data": {"plan": chance.choice(PLANS), "seats": number % 500},
    }


def people(count: int, now_ms: int) -> Iterator[Contact]:
    """So many contacts as the API would bring them in, 20 a millisecond."""
    chance = random.Random(count)  # noqa: S311 - the same people every time
    for number in range(count):
        yield register(User(**fields(number, chance)), new_thread(0), now_ms + number // 20)


def questions(count: int) -> dict[str, list[dict[str, str]]]:
    """What is asked of that many, by kind: each a query as `GET /v1/contacts` takes it."""
    chance = random.Random(count + 1)  # noqa: S311 - the same questions every time
    some = [chance.randrange(count) for _ in range(20)]
    return {
        "newest": [{}],
        "1 character": [{"query": letter} for letter in "amu+c1"],
        "3 characters": [{"query": text} for text in ("ann", "use", "+49", "com", "chen"[:3], "off")],
        "6 characters": [
            {"query": text} for text in ("jose g", "user-1", "user-7", "+49151", "compan", "maria ")
        ],
        "whole user_id as a prefix": [{"query": f"user-{number}"} for number in some],
        "whole phone": [{"query": f"+49 15{n % 10} {chance.randrange(10**7):07}"} for n in some],
        "nobody's": [
            {"query": text} for text in ("zzz", "user-x", "anna smith the second of her name", "qwerty")
        ],
        "user_id": [{"user_id": f"user-{number}"} for number in some],
        "email, one's own": [
            {"email": f"{g}.{f}{n}@mail{n % 7}.example".lower()} for n in some for g, f in [("Anna", "Li")]
        ],
        "email, shared": [{"email": f"office{number % 20 * 50}@mail0.example"} for number in some],
        "custom_data, many": [{"custom.plan": plan} for plan in PLANS],
        "custom_data, few": [{"custom.seats": str(number % 500)} for number in some],
        "custom_data, none": [{"custom.plan": "platinum"}],
        "authenticated": [{"authenticated": "true"}, {"authenticated": "false"}],
    }
