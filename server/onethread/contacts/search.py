"""How contacts are found: the terms that each is filed under, and what a search asks for. Pure.

Every contact is filed under a term for each of its fields and keys of custom_data, by
store/scripts/lib/search.lua. A term's first letter says what it is of:

    t<text>      name, e-mail, user_id, company, a phone that is no number: folded, TERM characters of it; and
                 once more with plain letters, if it has others
    p<digits>    a phone number without what separates its digits
    a0, a1       whether it is authenticated
    d<digest>    a key of custom_data with its value
    e<digest>    the e-mail, found without a walk: who else has it is asked for every contact shown

A search is a look-up of terms that begin so, and a check of what it finds: of long texts, and of terms that
another version of Unicode has left behind, only the profile itself can tell.
"""

import hashlib
import re
import unicodedata
from typing import Final, TypeAlias

import msgspec

from onethread.contacts.profile import Contact, Scalar

TERM: Final = 32
"""Characters of a text that are filed: enough to tell UUIDs and most e-mails apart."""

_DROPPED: Final = frozenset({"Mn", "Me", "Cf", "Cc"})
"""Accents, marks around characters, and what can't be seen, right-to-left marks among it."""
_NUMBER: Final = re.compile(r"\+?[0-9 ()./-]*")
_INTERNATIONAL: Final = ("+", "00")
"""How a phone number begins that has its country's code."""
_PLAIN: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
)
"""Letters that Unicode does not take apart, as people without the key for them type them."""
_SEPARATORS: Final = str.maketrans("", "", " ()./-")


class Everyone(msgspec.Struct, frozen=True):
    """All contacts."""


class ByPrefix(msgspec.Struct, frozen=True):
    """Those whose name, e-mail, user_id, phone or company begins so, case and accents aside."""

    text: str


class ByEmail(msgspec.Struct, frozen=True):
    """Those with this e-mail, in whatever case it is written."""

    email: str


class ByAuthenticated(msgspec.Struct, frozen=True):
    """Those who are authenticated, or are not."""

    authenticated: bool


class ByCustomData(msgspec.Struct, frozen=True):
    """Those whose custom_data has this value, written as text, under this key."""

    key: str
    value: str


Filter: TypeAlias = Everyone | ByPrefix | ByEmail | ByAuthenticated | ByCustomData


class Filing(msgspec.Struct, frozen=True, array_like=True):
    """What a change of a contact does to the terms that it is filed under."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


def refiled(before: Contact | None, after: Contact | None) -> Filing:
    """Return what is filed anew and what no more; None is a contact that isn't there."""
    old = terms(before) if before else frozenset[str]()
    new = terms(after) if after else frozenset[str]()
    return Filing(tuple(sorted(new - old)), tuple(sorted(old - new)))


def terms(contact: Contact) -> frozenset[str]:
    """Return every term that the contact is filed under."""
    texts = (contact.name, contact.email, contact.user_id or "", contact.company)
    found = {_text_term(folded) for text in texts if text for folded in folds(text)}
    if contact.phone:
        found |= _phone_terms(contact.phone)
    if contact.email:
        found.add(email_term(contact.email))
    found.add(_authenticated_term(contact.authenticated))
    found |= {_custom_term(key, text_of(value)) for key, value in contact.custom_data.items()}
    return frozenset(found)


def prefixes(wanted: Filter) -> tuple[str, ...]:
    """Return how the terms begin of which one at least is filed for whoever is wanted; of everyone none."""
    match wanted:
        case ByPrefix(text):
            return _prefixes_of(text)
        case ByEmail(email):
            return (email_term(email),)
        case ByAuthenticated(authenticated):
            return (_authenticated_term(authenticated),)
        case ByCustomData(key, value):
            return (_custom_term(key, value),)
    return ()


def holds(wanted: Filter, contact: Contact) -> bool:
    """Tell whether the contact is one of those wanted."""
    match wanted:
        case ByPrefix(text):
            return _begins(contact, text)
        case ByEmail(email):
            return bool(contact.email) and same_email(contact.email) == same_email(email)
        case ByAuthenticated(authenticated):
            return contact.authenticated is authenticated
        case ByCustomData(key, value):
            return key in contact.custom_data and text_of(contact.custom_data[key]) == value
    return True


def fold(text: str) -> str:
    """Return a text as searches compare it: no case, no accents, nothing invisible, single spaces."""
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in _DROPPED)
    return " ".join(text.casefold().split())


def folds(text: str) -> set[str]:
    """Return a text folded, and with plain letters: what either spelling of a search is compared with."""
    folded = fold(text)
    return {folded, folded.translate(_PLAIN)}


def same_email(email: str) -> str:
    """Return an e-mail as two are compared: mailboxes that differ in case only don't exist in practice."""
    return email.strip().casefold()


def email_term(email: str) -> str:
    """Return the term that all contacts with this e-mail share."""
    return "e" + _digest(same_email(email))


def text_of(value: Scalar) -> str:
    """Return a value of custom_data as a filter writes it: 42 and 42.0 are one number, true is `true`."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _begins(contact: Contact, text: str) -> bool:
    wanted = tuple(folds(text) - {""})  # of a text that is only marks nothing is left
    texts = (contact.name, contact.email, contact.user_id or "", contact.phone, contact.company)
    if any(folded.startswith(wanted) for each in texts for folded in folds(each)):
        return True
    number = _digits(fold(contact.phone))
    return bool(number) and number.startswith(_spellings(_digits(fold(text))))


def _prefixes_of(text: str) -> tuple[str, ...]:
    begins = {_text_term(folded) for folded in folds(text)}
    return (*sorted(begins), *(f"p{number[:TERM]}" for number in _spellings(_digits(fold(text)))))


def _text_term(folded: str) -> str:
    return f"t{folded[:TERM]}"


def _phone_terms(phone: str) -> set[str]:
    number = _digits(fold(phone))
    return {f"p{number[:TERM]}"} if number else {_text_term(folded) for folded in folds(phone)}


def _digits(folded: str) -> str:
    """Return a phone number without separators; "" of a text that is none."""
    bare = folded.translate(_SEPARATORS) if _NUMBER.fullmatch(folded) else ""
    return bare if bare.strip("+") else ""


def _spellings(number: str) -> tuple[str, ...]:
    """Return how a number may begin that begins so: the plus may be left out, or be written 00."""
    if not number:
        return ()
    code = next((sign for sign in _INTERNATIONAL if number.startswith(sign) and number != sign), None)
    if code is None:
        return (number, f"+{number}")
    return tuple(sign + number.removeprefix(code) for sign in _INTERNATIONAL)


def _authenticated_term(authenticated: bool) -> str:
    return "a1" if authenticated else "a0"


def _custom_term(key: str, value: str) -> str:
    return "d" + _digest(f"{key}\0{value}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
