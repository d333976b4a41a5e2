"""Visitor tokens and clean tokens as a device keeps them (WIRE.md section 8: Refused, Visitor tokens, Carry,
Before the first ready).
"""

from __future__ import annotations

from collections.abc import Mapping

from onethread_client.frames import Ready
from onethread_client.storage import Record, Storage
from onethread_client.wire import Frame

VISITOR = "token.visitor"


def clean_key(identity: str) -> str:
    """Where the clean chat's token of this identity is kept: apart from the visitor's, beside the user_id (as
    a hash).
    """
    return f"token.clean.{identity}"


class Tokens:
    """The tokens of one device. They are read from the storage each time, because another client of the
    device may write.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._sent: Mapping[str, Record] = {}

    def held(self, identity: str) -> bool:
        """Whether an init of this identity would carry a token."""
        return any(self._storage.get(key) for key in (VISITOR, clean_key(identity)))

    def opening(self, identity: str) -> Frame:
        """The token fields of an init of this identity, and remembers that they were sent."""
        keys = {"visitor": VISITOR, "clean": clean_key(identity)}
        held = {name: (key, record) for name, key in keys.items() if (record := self._storage.get(key))}
        self._sent = dict(held.values())
        return {name: record["token"] for name, (_, record) in held.items()}

    def admitted(self, ready: Ready, identity: str) -> bool:
        """Takes a `ready` and keeps its token. False if another client of the device has stored one of
        another thread since the init: that one stays, and this connection, on which nothing was sent, is to
        be dropped for one with it.
        """
        key, token = (clean_key(identity), ready.clean) if ready.refused else (VISITOR, ready.visitor)
        if token is not None:
            stored = self._storage.get(key)
            if stored and stored["thread"] != ready.thread and stored != self._sent.get(key):
                return False
            self._storage.put(key, {"token": token, "thread": ready.thread})
        self._drop_carried(ready)
        return True

    def _drop_carried(self, ready: Ready) -> None:
        """The token sent was for a thread that is now part of this one. A token stored since stays."""
        sent = self._sent.get(VISITOR)
        if sent and sent["thread"] in ready.carried_from and self._storage.get(VISITOR) == sent:
            self._storage.remove(VISITOR)
