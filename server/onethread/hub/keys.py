"""The names of a thread's keys in the store (DESIGN.md section 3)."""


class ThreadKeys:
    """The names of a thread's keys in the store, made once: they share the hash tag of organization and
    shard."""

    __slots__ = ("channel", "cids", "contact", "contacts", "inbox", "log", "meta", "org", "prefix", "thread")

    def __init__(self, org: str, thread: str) -> None:
        shard = thread.split("_", 2)[1]
        self.org = org
        self.thread = thread
        self.prefix = prefix_of(org, int(shard))
        self.channel = f"{self.prefix}{thread}"
        self.log = f"{self.channel}:log"
        self.meta = f"{self.channel}:meta"
        self.cids = f"{self.channel}:cids"
        self.contact = f"{self.prefix}contact:ct_{self.suffix}"
        self.contacts = f"{self.prefix}contacts"
        self.inbox = f"{self.prefix}inbox"

    @property
    def suffix(self) -> str:
        """What the ids of thread and contact share."""
        return self.thread[3:]

    def of(self, part: str) -> str:
        """Return the key of a part of the thread that is not on the hot path."""
        return f"{self.channel}:{part}"


def prefix_of(org: str, shard: int) -> str:
    """Return what every key of an organization's shard begins with; the braces put them into one slot."""
    return f"{{{org}:{shard}}}:"
