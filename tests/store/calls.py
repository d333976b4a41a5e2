"""What was asked of a store, counted by itself."""

from collections import Counter

from onethread.store.link import Link


async def calls(link: Link) -> Counter[str]:
    """How often each command has run, those within scripts too."""
    stats = (await link.command("INFO", "commandstats")).decode().splitlines()
    lines = [line.removeprefix("cmdstat_").split(":calls=") for line in stats if ":calls=" in line]
    counts = Counter({name: int(rest.split(",")[0]) for name, rest in lines})
    # Beside what is counted: the look itself, and the question every second whether there are webhooks.
    return counts - Counter({"info": counts["info"], "get": counts["get"]})
