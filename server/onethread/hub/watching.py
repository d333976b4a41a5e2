"""What an inbox's watchers were told of each thread, and what a change of its row means to them: pure.

A hub holds this once for all of its agents. A row that was never told to anybody need not be taken back from
anybody; so nothing is held for each agent but the view that it watches.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from onethread.agents.inbox import Place, shows
from onethread.hub.inbox_store import Listed, RowState, Unlisted
from onethread_protocol.bounds import View

KNOWN: Final = 20_000
"""Rows held, some 6 MB; those that changed longest ago are forgotten. All are compared with the store every
few seconds, which takes some 40 ms of it at this number."""

News: TypeAlias = Literal["shown", "gone"]


class Viewpoint(NamedTuple):
    """What a watcher sees: a view, and of `mine` whose."""

    view: View
    agent: str


class Known(msgspec.Struct):
    """A row as told last. `places` are those at which somebody may have been told it."""

    rev: int
    online: bool
    places: tuple[Place, ...]


class Told:
    """Rows by thread."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._forgetful = False

    def __contains__(self, thread: str) -> bool:
        return thread in self._known

    def __len__(self) -> int:
        return len(self._known)

    def clear(self) -> None:
        """Forget everything: nobody watches any more."""
        self._known.clear()
        self._forgetful = False

    def threads(self) -> list[str]:
        """Return the threads that are known."""
        return list(self._known)

    def page(self, rows: Iterable[Listed]) -> None:
        """Note the rows of a page that one watcher is given."""
        for row in rows:
            known = self._known.get(row.thread)
            if known is None:
                self._note(row.thread, Known(row.rev, row.online, (row.place,)))
            elif row.place not in known.places:
                known.places = (*known.places, row.place)

    def change(
        self, row: Listed | Unlisted, viewpoints: Iterable[Viewpoint]
    ) -> tuple[int, dict[Viewpoint, News]]:
        """Note a row as it is now; the rev to tell it with, and who is to be told what."""
        known = self._known.get(row.thread)
        news: dict[Viewpoint, News] = {}
        for viewpoint in viewpoints:
            if isinstance(row, Listed) and shows(viewpoint.view, viewpoint.agent, row.place):
                news[viewpoint] = "shown"
            elif self._was_shown(known, viewpoint):
                news[viewpoint] = "gone"
        if isinstance(row, Listed):
            self._note(row.thread, Known(row.rev, row.online, (row.place,) if news else ()))
            return row.rev, news
        self._known.pop(row.thread, None)
        return max(row.rev, known.rev if known else 0) + 1, news

    def differ(self, threads: Sequence[str], states: Sequence[RowState]) -> tuple[list[str], list[str]]:
        """Return which of these rows are others than known, and which only seem online: their devices have
        faded unheard."""
        changed, faded = [], []
        for thread, state in zip(threads, states, strict=True):
            known = self._known.get(thread)
            if known is None:
                continue
            if state.rev != known.rev:
                changed.append(thread)
            elif state.online != known.online:
                faded.append(thread)
        return changed, faded

    def _was_shown(self, known: Known | None, viewpoint: Viewpoint) -> bool:
        if known is None:
            return self._forgetful
        return any(shows(viewpoint.view, viewpoint.agent, place) for place in known.places)

    def _note(self, thread: str, known: Known) -> None:
        self._known[thread] = known
        self._known.move_to_end(thread)
        while len(self._known) > KNOWN:
            self._known.popitem(last=False)
            self._forgetful = True
