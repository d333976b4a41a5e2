"""Free ports."""

import socket
from contextlib import ExitStack


def free_ports(count: int, apart: int = 1) -> list[int]:
    """So many ports of loopback, this far apart, that nobody listens on."""
    for _ in range(100):
        with ExitStack() as stack:
            first = stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            try:
                for number in range(1, count):
                    stack.enter_context(socket.create_server(("127.0.0.1", first + number * apart)))
            except (OSError, OverflowError):
                continue
            return [first + number * apart for number in range(count)]
    raise AssertionError("no free ports")
