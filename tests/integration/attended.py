"""`python -m tests.integration.attended DIRECTORY` is a real server for tests in another language.

It prints the server's address. Then each line of its standard input, `start`, `stop`, `kill` or
`kill_everything`, is done and answered with the same word. When the input ends, however its reader did,
nothing is left behind.
"""

import asyncio
import sys
from pathlib import Path

from tests.integration.serving import Running


async def main(data: Path) -> None:
    server = Running(data)
    try:
        await server.start()
        print(server.url, flush=True)
        while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
            await getattr(server, word)()
            print(word, flush=True)
    finally:
        await server.end()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
