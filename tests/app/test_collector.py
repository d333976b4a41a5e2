"""The collector of reference cycles, once a server has started."""

import subprocess
import sys


def test_what_is_there_is_left_out_and_looks_are_seldom() -> None:
    """After `settle` nothing of before is looked at any more, and cycles of later are still collected."""
    program = """
import gc, weakref
from onethread.collector import YOUNG, settle

class Cycle:
    pass

settle()
assert gc.isenabled() and gc.get_threshold()[0] == YOUNG and gc.get_freeze_count() > 1_000
cycle = Cycle()
cycle.itself = cycle
gone = weakref.ref(cycle)
del cycle
assert gone() is not None
kept = [[] for _ in range(2 * YOUNG)]
assert gone() is None
"""
    subprocess.run([sys.executable, "-c", program], check=True)
