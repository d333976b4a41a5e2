"""The ids that the server gives out: threads, contacts, events, epochs.

A thread's id names its shard and a contact's id is its thread's with another prefix, so that either leads to
all keys of both without a look-up (DESIGN.md section 3).
"""

import base64
import hashlib
import os
import re
import secrets
import string
from typing import Final

_ALPHABET: Final = string.digits + string.ascii_lowercase
_SPELLED: Final = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in range(256)).encode()
_SUFFIX: Final = 20  # of 36 characters: 103 bits, so that nobody guesses a thread or meets another's
_THREAD: Final = re.compile(rf"th_(0|[1-9][0-9]{{0,5}})_([0-9a-z]{{{_SUFFIX}}})")
_READY: Final = 256
"""Event ids made of one read of the kernel's randomness. A read costs 0.7 µs of 12 bytes and 12 of 3,072."""

_CUTS: Final = [slice(i, i + 16) for i in range(0, 16 * _READY, 16)]

_ready: list[str] = []
os.register_at_fork(after_in_child=_ready.clear)  # what the parent gives out is not the child's to give


def new_thread(shard: int) -> str:
    """Return a fresh thread id `th_<shard>_<20 of 0-9a-z>`."""
    number, letters = secrets.randbelow(len(_ALPHABET) ** _SUFFIX), []
    for _ in range(_SUFFIX):
        number, letter = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[letter])
    return f"th_{shard}_{''.join(letters)}"


def derived_thread(shard: int, seed: str, number: int) -> str:
    """Return the thread id that a secret seed and a number always give: who makes it again makes no other."""
    digest = hashlib.sha256(f"{seed} {number}".encode()).digest()
    return f"th_{shard}_{digest[:_SUFFIX].translate(_SPELLED).decode()}"


def new_import() -> str:
    """Return a fresh id of an import."""
    return f"im_{''.join(secrets.choice(_ALPHABET) for _ in range(_SUFFIX))}"


def is_thread(text: str) -> bool:
    """Tell whether `text` is spelled like a thread id; not whether there is such a thread."""
    return _THREAD.fullmatch(text) is not None


def shard_of(thread: str) -> int:
    """Return the shard that holds the thread, its contact and their indexes. ValueError: no thread id."""
    return int(_parts(thread)[1])


def suffix_of(thread: str) -> str:
    """Return the random part of a thread's id. ValueError: no thread id."""
    return _parts(thread)[2]


def thread_of(contact: str) -> str:
    """Return the id of the contact's thread. ValueError: no contact id."""
    thread = f"th_{contact.removeprefix('ct_')}"
    if not contact.startswith("ct_") or not is_thread(thread):
        raise ValueError("not a contact id")
    return thread


def new_event_id() -> str:
    """Return a fresh event id: 16 URL-safe characters, 96 random bits."""
    if not _ready:
        text = base64.urlsafe_b64encode(os.urandom(12 * _READY)).decode()
        _ready.extend(map(text.__getitem__, _CUTS))
    return _ready.pop()


def new_epoch() -> str:
    """Return a fresh epoch: 16 URL-safe characters, 96 random bits."""
    return secrets.token_urlsafe(12)


def shard_for_user(user_id: str, shards: int) -> int:
    """Return the shard of the contact with this `user_id`: the same in every process and for good."""
    digest = hashlib.sha256(user_id.encode()).digest()
    return int.from_bytes(digest[:8]) % shards


def _parts(thread: str) -> tuple[str, str, str]:
    found = _THREAD.fullmatch(thread)
    if found is None:
        raise ValueError("not a thread id")
    return found[0], found[1], found[2]
