"""A parent of two workers, in a process of its own, for tests that kill it."""

import asyncio
import os
import sys

from onethread.listening import listen
from onethread.workers import Pool, running, until_signalled


async def main(command: list[str]) -> None:
    listener = listen("127.0.0.1", 0)
    print(listener.getsockname()[1], flush=True)
    pool = Pool(
        count=2,
        listener=listener,
        environ=dict(os.environ),
        drain=1.0,
        ready=lambda index, _: print("ready", index, flush=True),
        command=command,
    )
    async with running(pool):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(until_signalled(main(sys.argv[1:])))
