"""What the processes' own accounting says."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loadtest import processes

STAT = "42 (a (name) b) S 7 42 42 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 1 0 9 1000 256 1 0 0 0 0"


def test_stat() -> None:
    """Parent, CPU seconds and resident bytes are read behind a name that holds blanks and brackets."""
    parent, usage = processes.parse_stat(STAT)
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    assert (parent, usage.cpu, usage.rss) == (7, 200 / ticks, 256 * page)


def test_this_process() -> None:
    """A living process has memory and a parent that lists it among its children."""
    assert processes.usage(os.getpid()).rss > 0
    assert processes.memory(os.getpid()) > 0
    assert os.getpid() in processes.children(os.getppid())


def test_cpu_is_finer_than_ticks() -> None:
    """CPU time of another process is in nanoseconds, all its threads together, and what ticks say is near."""
    script = "import threading as t; a = t.Thread(target=sum, args=(range(10**6),)); a.start(); a.join(); "
    script += "print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        used = processes.usage(child.pid).cpu
        _, ticked = processes.parse_stat(Path(f"/proc/{child.pid}/stat").read_text())
        assert used == pytest.approx(ticked.cpu, abs=0.03)
        assert used * 100 % 1 > 0
        child.communicate(b"\n")


def test_cpu_by_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel refuses a process's clock, ticks are taken."""

    def refuse(clock: int) -> float:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(time, "clock_gettime", refuse)
    assert processes.usage(os.getpid()).cpu > 0


def test_no_process() -> None:
    """A process that is no more has used nothing."""
    assert processes.usage(2**22 + 1) == processes.Usage()
    assert processes.memory(2**22 + 1) == 0
