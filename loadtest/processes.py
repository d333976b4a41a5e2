"""What the kernel accounts to processes: CPU time and memory (Linux)."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

_TICK: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds used so far (user and system, all threads) and resident bytes."""

    cpu: float = 0.0
    rss: int = 0


def parse_stat(stat: str) -> tuple[int, Usage]:
    """The parent's id and the usage in a /proc/PID/stat (proc(5)); a name may hold blanks and brackets."""
    fields = stat.rpartition(")")[2].split()
    return int(fields[1]), Usage((int(fields[11]) + int(fields[12])) / _TICK, int(fields[21]) * _PAGE)


def usage(pid: int) -> Usage:
    """What a process has used; nothing when it is no more."""
    try:
        _, told = parse_stat(Path(f"/proc/{pid}/stat").read_text())
        return replace(told, cpu=clocked(pid))
    except (FileNotFoundError, ProcessLookupError):
        return Usage()
    except OSError:
        return told


def clocked(pid: int) -> float:
    """CPU seconds by the process's own clock: in nanoseconds, where /proc/PID/stat counts in ticks of 10 ms.

    It counts all threads, also those that have ended. OSError when the kernel has no such clock for it.
    """
    # What clock_getcpuclockid(3) answers; Python has that call for threads only.
    return time.clock_gettime(~pid << 3 | 2)


def memory(pid: int) -> int:
    """Anonymous memory in bytes: what it has written, without files mapped; 0 when it is no more.

    Not the proportional set size: of one Python with others beside it, that falls as they start.
    """
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    lines = rollup.splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Anonymous:")), 0)


def children(pid: int) -> list[int]:
    """The ids of a process's children."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent, _ = parse_stat(path.read_text())
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid:
            found.append(int(path.parent.name))
    return found


@contextmanager
def bound(cpus: Set[int]) -> Iterator[None]:
    """What is started inside runs on these CPUs only, whatever it starts in its turn; empty: on any.

    It has to be said before a process begins: what it makes of the number of its CPUs, it makes at its start.
    """
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
