"""A server for test_server.py: run as a process, drained by a signal. Prints its port, then each step."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from onethread.gateway.edge import Edge
from onethread.gateway.endpoint import Endpoint
from onethread.gateway.proxies import TrustedProxies
from onethread.gateway.server import Server, config
from onethread.hub.peer import Peer
from tests.gateway.harness import Echo, packed


def say(step: str) -> None:
    """Tell the test."""
    sys.stdout.write(step + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until signalled; a drain says goodbye to each, or takes forever if asked to."""
    edge = Edge(bound=2**20, heartbeat=25.0, connections_per_address=0)
    sessions: list[Echo] = []

    def open_session(peer: Peer) -> Echo:
        sessions.append(Echo(peer))
        return sessions[-1]

    async def drain() -> None:
        say("draining")
        for session in sessions:
            session.peer.write(packed(session.peer, b"bye"))
            session.peer.close(1012)
        if "forever" in sys.argv:
            await asyncio.Event().wait()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with edge:
            yield
        say("lifespan over")

    class Telling(Server):
        """Says where it listens."""

        async def startup(self, sockets: None = None) -> None:
            await super().startup(sockets)
            say(str(self.servers[0].sockets[0].getsockname()[1]))

    endpoint = Endpoint(edge, open_session, TrustedProxies())
    app = Starlette(routes=endpoint.routes(), lifespan=lifespan)
    Telling(config(app, endpoint, host="127.0.0.1", port=0), edge, drain).run()


if __name__ == "__main__":
    main()
