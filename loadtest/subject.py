"""What is put under load: a server that a run starts for itself, and the dialect in which it is spoken to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from loadtest.server import Server


class Served(Protocol):
    """A server and its store, running inside `async with`; no process is left behind.

    `hub` and `store` are the ids of the processes whose CPU time and memory are theirs.
    """

    @property
    def url(self) -> str:
        """Where devices connect."""

    @property
    def hub(self) -> int:
        """The process that holds the connections."""

    @property
    def store(self) -> int:
        """The process that keeps the threads."""

    async def restart(self) -> None:
        """Stop the server and start it again on the same data and port."""

    def log(self) -> str:
        """Everything that it has logged."""

    async def __aenter__(self) -> Self:
        """Start it; raises ServerFailed."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""


@dataclass(frozen=True)
class Subject:
    """A kind of server. `dialect` is a name in DIALECTS; `serve` takes a data folder and settings."""

    name: str
    dialect: str
    serve: Callable[[Path, dict[str, str]], Served]


@dataclass(frozen=True)
class Placement:
    """On which CPUs server and store run, and on which the fleet; empty: wherever the kernel puts them."""

    server: frozenset[int] = frozenset()
    fleet: frozenset[int] = frozenset()


ANYWHERE: Final = Placement()
ONETHREAD: Final = Subject("onethread", "onethread", Server)
