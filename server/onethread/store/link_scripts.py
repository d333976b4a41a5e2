"""Which scripts the store holds for one connection, and under which names. No I/O: requests and replies are
values here.

The order of calls is kept through a SCRIPT FLUSH, of all hubs at once, because

- all scripts of a connection are loaded together, in one transaction, with nothing in flight. So a flush
  finds all of them or none, and from then on every call that is in flight is refused with NOSCRIPT: none
  overtakes an earlier one;
- a name is loaded once and never again. Loaded once more, by whichever hub, it would let the rest of another
  hub's refused calls through, ahead of the first ones. So each load has an ending of its own, a comment below
  the text, and whoever needs scripts that are gone loads them under another one.

The store keeps every text until it is flushed. So hubs share: who has loaded notes the ending in a hash of
the store, by the set of scripts, and who connects takes it from there, if all of them still are in the store.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable

from onethread.store import resp
from onethread.store.errors import StoreError
from onethread.store.scripts import Script

ENDINGS = "onethread:scripts"
"""The hash: set of scripts to the ending of their last load. One entry for each release that was ever run."""

Question = tuple[bytes, Callable[[object], None]]
"""A packed command, and who takes its reply."""


class LoadedScripts:
    """`names` has, by a script's `sha`, what EVALSHA calls it here; scripts not in it are to be found or
    loaded first.

    `known` are all scripts this hub has used, on earlier connections too, by `sha`. `refused` has why a
    script doesn't compile, `trouble` why the last transaction as a whole was refused.
    """

    def __init__(self, known: dict[str, Script]) -> None:
        self.known = known
        self.names: dict[str, str] = {}
        self.refused: dict[str, StoreError] = {}
        self.trouble = ""
        self._asked: str | None = None  # the set of scripts that the store was asked about last
        self._found: dict[str, str] = {}

    def flushed(self) -> None:
        """The store has lost them: what is noted of them there is out of date."""
        self.names.clear()
        self.refused.clear()
        self._found = {}
        self._asked = self._set()

    def question(self) -> Question | None:
        """What to ask before all known scripts have names, nothing else in flight; None when no answer could
        help: then `transaction` is next, unless `complete`.
        """
        if self._asked != self._set():
            self._asked, self._found = self._set(), {}
            return resp.pack(("HGET", ENDINGS, self._asked)), self._told
        if self._found:
            return resp.pack(("SCRIPT", "EXISTS", *self._found.values())), self._seen
        return None

    @property
    def complete(self) -> bool:
        """Whether every known script has a name."""
        return self.names.keys() == self.known.keys()

    def transaction(self) -> list[bytes]:
        """The packed commands that load every known script at once under names that nobody ever had, and
        note them; the last but one's reply is for `loaded`.
        """
        ending = secrets.token_hex(8)
        bodies = {sha: _ended(script, ending) for sha, script in self.known.items()}
        self.names.update(_names(bodies.items()))
        loads = [resp.pack(("SCRIPT", "LOAD", body)) for body in bodies.values()]
        # Noted outside of the transaction: a store that takes no writes runs the reading ones all the same.
        note = resp.pack(("HSET", ENDINGS, self._set(), ending))
        return [resp.pack(("MULTI",)), *loads, resp.pack(("EXEC",)), note]

    def loaded(self, reply: object) -> None:
        """Notes the transaction's answer: for each script its name, or an error."""
        self.trouble = str(reply) if isinstance(reply, StoreError) else ""
        answers = reply if isinstance(reply, list) else []
        for sha, answer in zip(self.known, answers, strict=False):
            if isinstance(answer, StoreError):
                self.refused[sha] = answer

    def _told(self, reply: object) -> None:
        """Takes the ending that was noted for these scripts, if one was."""
        if isinstance(reply, bytes):
            ending = reply.decode("ascii", "replace")
            self._found = _names((sha, _ended(script, ending)) for sha, script in self.known.items())

    def _seen(self, reply: object) -> None:
        """Takes the names that were found, if the store has all of them."""
        found, self._found = self._found, {}
        if isinstance(reply, list) and all(reply) and found.keys() == self.known.keys():
            self.names.update(found)

    def _set(self) -> str:
        return hashlib.sha256(" ".join(sorted(self.known)).encode()).hexdigest()[:32]


def _ended(script: Script, ending: str) -> str:
    return f"{script.body}\n-- {ending}"


def _names(bodies: Iterable[tuple[str, str]]) -> dict[str, str]:
    """EVALSHA's name for each text."""
    return {sha: hashlib.sha1(body.encode(), usedforsecurity=False).hexdigest() for sha, body in bodies}
