"""Which scripts the store holds for one connection, and under which names. Pure.

The order of calls is kept through a SCRIPT FLUSH, because

- all scripts of a connection are loaded together, in one transaction, with nothing in flight. So a flush
  finds all of them or none, and from then on every call that is in flight is refused with NOSCRIPT: none
  overtakes an earlier one;
- they are loaded again under new names, the text ended by a comment that no other hub uses. Loaded under the
  old names, they would let the rest of another hub's refused calls through, ahead of the first ones.

On a new connection they have the plain names again, which hubs share: the store keeps every text until it is
flushed. (What is left: a hub that connects, or uses a script for the first time, in the very milliseconds in
which another has calls refused.)
"""

import hashlib
import secrets

from onethread.store import resp
from onethread.store.errors import StoreError
from onethread.store.scripts import Script


class LoadedScripts:
    """`names` has, by a script's `sha`, what EVALSHA calls it here; scripts not in it are to be loaded first.

    `known` are all scripts this hub has used, on earlier connections too, by `sha`. `refused` has why a
    script doesn't compile, `trouble` why the last transaction as a whole was refused.
    """

    def __init__(self, known: dict[str, Script]) -> None:
        self.known = known
        self._ending = ""
        self.names: dict[str, str] = {}
        self.refused: dict[str, StoreError] = {}
        self.trouble = ""

    def flushed(self) -> None:
        """The store has lost them."""
        self._ending = f"\n-- {secrets.token_hex(8)}"
        self.names.clear()
        self.refused.clear()

    def transaction(self) -> list[bytes]:
        """The packed commands that load every known script at once; the last one's reply is for `loaded`."""
        bodies = {sha: script.body + self._ending for sha, script in self.known.items()}
        for sha, body in bodies.items():
            self.names[sha] = hashlib.sha1(body.encode(), usedforsecurity=False).hexdigest()
        loads = [resp.pack(("SCRIPT", "LOAD", body)) for body in bodies.values()]
        return [resp.pack(("MULTI",)), *loads, resp.pack(("EXEC",))]

    def loaded(self, reply: object) -> None:
        """Notes the transaction's answer: for each script its name, or an error."""
        self.trouble = str(reply) if isinstance(reply, StoreError) else ""
        answers = reply if isinstance(reply, list) else []
        for sha, answer in zip(self.names, answers, strict=False):
            if isinstance(answer, StoreError):
                self.refused[sha] = answer
