"""The store's protocol (RESP2): replies from bytes, and error answers as errors.py has them."""

from collections.abc import Callable
from typing import Any, cast

import hiredis

from onethread.store.errors import CommandError, ScriptError, StoreError, StoreUnavailable

pack = cast("Callable[[tuple[bytes | str | int | float, ...]], bytes]", hiredis.pack_command)
"""A command's words as the store reads them. TypeError: a word of another type; UnicodeEncodeError: a lone
surrogate.
"""


def evalsha(name: str, count: int, words: bytes) -> bytes:
    """The call of the script `name` (40 characters); `words` are the number of keys, the keys and the
    arguments, packed, `count` in all. Some of the last may be missing yet.
    """
    return b"*%d\r\n$7\r\nEVALSHA\r\n$40\r\n%b\r\n%b" % (count + 2, name.encode(), words)


def pack_words(*values: bytes | str | int | float) -> bytes:
    """Words without the count that a command begins with."""
    packed = pack(values)
    return packed[packed.index(b"\n") + 1 :]


PENDING = object()
"""What a reader's `gets()` gives while no whole reply has come."""

# The store refused before anything ran. In a script too: OOM, MISCONF, READONLY and NOREPLICAS come only at
# its first write.
_REFUSED = frozenset(
    {
        "BUSY",
        "CLUSTERDOWN",
        "LOADING",
        "MASTERDOWN",
        "MISCONF",
        "NOREPLICAS",
        "OOM",
        "READONLY",
        "TRYAGAIN",
    }
)

# In a call, `*N`, `$7`, `EVALSHA`, `$40`, name: the first `$40` stands before the name.
_BEFORE_NAME = b"\r\n$40\r\n"
_NAME_LENGTH = 40


class NoScript(StoreUnavailable):
    """The store does not know the script; nothing ran."""


class BrokenStream(Exception):
    """What came is no RESP: the bytes after it mean nothing."""


def reader() -> Any:
    """A reader of replies: bytes, integers, None, lists, and StoreError instances (given, not raised; inside
    lists too).

    `gets()` raises BrokenStream.
    """
    return hiredis.Reader(protocolError=BrokenStream, replyError=refusal, notEnoughData=PENDING)


def refusal(message: str) -> StoreError:
    """The error that stands for the store's answer `-message`."""
    code = message.partition(" ")[0]
    if code == "NOSCRIPT":
        return NoScript(message)
    if code in _REFUSED:
        return StoreUnavailable(message)
    if " script: " in message or "Error compiling script" in message:
        return ScriptError(message)
    return CommandError(message)


def renamed(packed: bytes, name: str) -> bytes:
    """The packed EVALSHA, its script named `name` (40 characters) in place of the name it had."""
    start = packed.index(_BEFORE_NAME) + len(_BEFORE_NAME)
    return packed[:start] + name.encode() + packed[start + _NAME_LENGTH :]
