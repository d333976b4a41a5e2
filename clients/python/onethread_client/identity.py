"""Under whose name things are kept: the identity of an init, and the threads that each identity was given
(WIRE.md section 8).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from onethread_client.frames import Ready
from onethread_client.storage import Storage

VISITOR = "visitor"


def identity_of(user: Mapping[str, object] | None, token: str | None) -> str:
    """The key of the identity that an init claims: a hash of its `user_id`, or of the token's; `VISITOR`
    without either.

    The token's claim is read without any check: it only names a drawer of this client's own.
    """
    user_id = (user or {}).get("user_id")
    claimed = user_id if user_id is not None else _subject(token) or token
    return VISITOR if claimed is None else "user-" + hashlib.sha256(f"{claimed}".encode()).hexdigest()[:32]


def _subject(token: str | None) -> str | None:
    try:
        claims = json.loads(base64.urlsafe_b64decode((token or "").split(".")[1] + "=="))
        subject = claims["sub"]
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return None
    return subject if isinstance(subject, str) else None


@dataclass(frozen=True, slots=True)
class Given:
    """The thread an identity was admitted to, that of its clean chat, and whether the last `ready` was
    refused.
    """

    admitted: str | None = None
    clean: str | None = None
    refused: bool = False

    @property
    def last(self) -> str | None:
        """The thread of the last `ready`."""
        return self.clean if self.refused else self.admitted


class Threads:
    """The threads given so far, kept in the storage. A clean chat is told apart from its owner's thread."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def expected(self, identity: str) -> str | None:
        """The thread that the next `ready` of this identity will most likely bring."""
        return self._given(identity).last

    def take(self, identity: str, ready: Ready) -> str | None:
        """Takes a `ready`; answers the thread that this identity, refused or not as now, was given before."""
        given = self._given(identity)
        if ready.refused:
            previous, given = given.clean, replace(given, clean=ready.thread, refused=True)
        else:
            previous, given = given.admitted, replace(given, admitted=ready.thread, refused=False)
        record = {"admitted": given.admitted, "clean": given.clean, "refused": given.refused}
        self._storage.put(f"identity.{identity}", record)
        return previous

    def _given(self, identity: str) -> Given:
        record = self._storage.get(f"identity.{identity}") or {}
        return Given(record.get("admitted"), record.get("clean"), bool(record.get("refused")))
