"""How a contact is found in the store, and what a write of one tells others."""

import hashlib

import msgspec

from onethread.contacts.profile import Contact
from onethread.contacts.search import refiled
from onethread.hub.keys import prefix_of
from onethread.hub.log import Writing
from onethread.webhooks.payload import profile_of


def user_index(org: str, shard: int, user_id: str) -> str:
    """Return the key that leads from a user_id to its contact; the id is in it only hashed."""
    return f"{prefix_of(org, shard)}user:{_digest(user_id)}"


def import_index(org: str, shard: int, import_key: str) -> str:
    """Return the key that leads from an import_key to its contact, likewise."""
    return f"{prefix_of(org, shard)}imported:{_digest(import_key)}"


def index_of(org: str, shard: int, user_id: str | None, import_key: str | None) -> str:
    """Return the key that leads to the contact of a user_id, else of an import_key; "" without either."""
    if user_id:
        return user_index(org, shard, user_id)
    return import_index(org, shard, import_key) if import_key else ""


def packed_filing(before: Contact | None, after: Contact) -> bytes:
    """Return what a script files anew and files no more (scripts/lib/search.lua); b"" for no change."""
    filing = refiled(before, after)
    return msgspec.msgpack.encode(filing) if filing.added or filing.removed else b""


def is_told(before: Contact | None, contact: Contact) -> bool:
    """Tell whether this contact is another than before to those who are told of it from outside."""
    return before is None or profile_of(before) != profile_of(contact)


def news(writing: Writing) -> str:
    """Return which event the write is to webhooks; "" for none."""
    if writing.version == 0:
        return "contact.created"
    return "contact.updated" if is_told(writing.before, writing.contact) else ""


def as_proved(contact: Contact, has_written: bool) -> Contact:
    """Return the contact as its thread proves it: who has a message in it wrote one."""
    return msgspec.structs.replace(contact, wrote=True) if has_written and not contact.wrote else contact


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
