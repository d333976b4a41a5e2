"""Where a client keeps what must outlive it: tokens, the outbox, and events beside their resume point.

A record is a map of JSON values under a key. Several clients of one device may share a storage, as tabs share
theirs: each entry of the outbox is a record of its own, and a token is compared before it is replaced, so
that none undoes another's work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

Record = Mapping[str, Any]


class Storage(Protocol):
    """Calls are short and made from the event loop. What `put` took survives the process if the storage is a
    lasting one.
    """

    def get(self, key: str) -> Record | None:
        """The record as it is now, whichever client wrote it."""

    def put(self, key: str, record: Record) -> None:
        """Replaces the record, whole or not at all."""

    def remove(self, key: str) -> None:
        """Removes the record; one that is not there is no error."""

    def items(self, prefix: str) -> Iterator[tuple[str, Record]]:
        """The records whose keys begin so."""

    def clear(self) -> None:
        """Removes every record (WIRE.md section 8, Visitor tokens: at logout)."""

    def exclusive(self) -> AbstractAsyncContextManager[object]:
        """Held by one client at a time: a device makes one init without a token at a time (WIRE.md section
        8).
        """


class MemoryStorage:
    """A storage that lasts as long as this object; give one to several clients to make them tabs of one
    device.
    """

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        self._lock = asyncio.Lock()

    def get(self, key: str) -> Record | None:
        return self._records.get(key)

    def put(self, key: str, record: Record) -> None:
        self._records[key] = dict(record)

    def remove(self, key: str) -> None:
        self._records.pop(key, None)

    def items(self, prefix: str) -> Iterator[tuple[str, Record]]:
        yield from [(key, record) for key, record in self._records.items() if key.startswith(prefix)]

    def clear(self) -> None:
        self._records.clear()

    def exclusive(self) -> AbstractAsyncContextManager[object]:
        return self._lock
