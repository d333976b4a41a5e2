"""What can go wrong between a hub and its store.

StoreError
├── StoreUnavailable   it did not happen: never sent, or refused before it began
├── UnknownOutcome     it was sent and no answer came: it may have happened
└── CommandError       the store answered with an error (`-ERR …`)
    └── ScriptError    … raised inside a script; what the script wrote before it stays

What calls the store gets these and no other: errors of `redis`, `hiredis` and the socket are translated in
this package. Texts hold no arguments and no credentials.
"""

from onethread.hub.log import StoreFailure


class StoreError(StoreFailure):
    """The store did not do what it was asked, or nobody knows whether it did."""


class StoreUnavailable(StoreError):
    """Nothing was changed, and it may be repeated: no link, too much in flight, or a store that refuses for
    now (it loads its file, is a replica, out of memory …).
    """


class UnknownOutcome(StoreError):
    """Sent, and lost before the answer. Repeat only what looks for its own first time (DESIGN.md P2)."""


class CommandError(StoreError):
    """The store's own error answer; `code` is its first word, such as `WRONGTYPE`. Repeating is no use."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.code = message.partition(" ")[0]


class ScriptError(CommandError):
    """A script broke off, or could not be compiled."""
