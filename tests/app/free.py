"""Free ports."""

import secrets
import socket
from contextlib import ExitStack

_FIRST, _BELOW = 20_000, 32_000


def free_ports(count: int, apart: int = 1) -> list[int]:
    """So many ports of loopback, this far apart, that nobody listens on.

    They lie below those that the kernel gives to whoever asks for any, so tests beside this one get others.
    """
    for _ in range(100):
        # No number of `random`: that is the same in all processes of a run.
        first = _FIRST + secrets.randbelow(_BELOW - _FIRST)
        ports = [first + number * apart for number in range(count)]
        with ExitStack() as stack:
            try:
                for port in ports:
                    stack.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            return ports
    raise AssertionError("no free ports")
