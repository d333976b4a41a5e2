"""What the processes' own accounting says."""

import os

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


def test_no_process() -> None:
    """A process that is no more has used nothing."""
    assert processes.usage(2**22 + 1) == processes.Usage()
    assert processes.memory(2**22 + 1) == 0
