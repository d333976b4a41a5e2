"""The names of a thread's keys in the store (DESIGN.md section 3)."""

from typing import Any


class ThreadKeys:
    """The names of a thread's keys in the store: they share the hash tag of organization and shard.

    Only the channel is held, by which every push is found; the others are spelled when asked for, as ten
    names would be 800 bytes of each thread hosted. `packed` is the store's: what it packs for each append.
    """

    __slots__ = ("channel", "org", "packed", "thread")

    def __init__(self, org: str, thread: str) -> None:
        self.org = org
        self.thread = thread
        self.channel = f"{self.prefix}{thread}".encode()
        self.packed: Any = None

    @property
    def prefix(self) -> str:
        """What every key of the thread's organization and shard begins with."""
        return f"{{{self.org}:{self.thread.split('_', 2)[1]}}}:"

    @property
    def suffix(self) -> str:
        """What the ids of thread and contact share."""
        return self.thread[3:]

    @property
    def log(self) -> str:
        """The events."""
        return self.of("log")

    @property
    def meta(self) -> str:
        """Epoch, counts, read positions and what else there is one of."""
        return self.of("meta")

    @property
    def cids(self) -> str:
        """Author and cid to seq."""
        return self.of("cids")

    @property
    def contact(self) -> str:
        """The contact whose thread it is."""
        return f"{self.prefix}contact:ct_{self.suffix}"

    @property
    def contacts(self) -> str:
        """The shard's contacts, by creation."""
        return f"{self.prefix}contacts"

    @property
    def inbox(self) -> str:
        """What the views of the shard's inbox begin with."""
        return f"{self.prefix}inbox"

    def of(self, part: str) -> str:
        """The key of a part of the thread."""
        return f"{self.prefix}{self.thread}:{part}"


def prefix_of(org: str, shard: int) -> str:
    """Return what every key of an organization's shard begins with; the braces put them into one slot."""
    return f"{{{org}:{shard}}}:"
