"""How many connections this machine bears, and what it is that bounds them."""

from __future__ import annotations

import resource
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from loadtest.plan import Shape
from loadtest.schedule import ADDRESSES

DESCRIPTORS: Final = 200
"""File descriptors that a process needs beside its connections."""
MOST: Final = 30_000
"""Connections that are dialled unless more are asked for: at 500 joins a second, a minute."""
BYTES: Final = 64 * 1024
"""Memory for a connection: hub, store and fleet take some 25 kB, the kernel's buffers the rest."""


class TooMany(ValueError):
    """More connections than this process may have files; the message says which limit."""


def fitted(shape: Shape, bounds: Mapping[str, int]) -> Shape:
    """The shape with as many threads as the least of the bounds allows, and that one's name."""
    bound = min(bounds, key=lambda name: bounds[name])
    return replace(shape, threads=max(bounds[bound] // shape.devices, 1), bound=bound)


def bounds(shape: Shape) -> dict[str, int]:
    """How many connections each thing allows on this machine, by a name for people."""
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    found = {
        f"the {MOST:,} that are dialled unless more are asked for": MOST,
        f"ports of {ADDRESSES} loopback addresses": ADDRESSES * (high - low + 1),
        "half of the memory available": _available() // 2 // BYTES,
    }
    if files != resource.RLIM_INFINITY:
        # Each connection is a file of one hub and of one process of the fleet.
        most = (files - DESCRIPTORS) * min(shape.hubs, shape.workers)
        found[f"the limit of {files:,} files a process (ulimit -Hn)"] = most
    return found


def raise_file_limit(connections: int) -> None:
    """Let this process and those that it starts have so many. Raises TooMany."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = connections + DESCRIPTORS
    if hard != resource.RLIM_INFINITY and needed > hard:
        raise TooMany(f"{connections} connections need {needed} files; the limit is {hard} (ulimit -Hn)")
    if soft != resource.RLIM_INFINITY and needed > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def _available() -> int:
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
