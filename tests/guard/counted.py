"""`python counted.py FILE ARGUMENT…` is `onethread ARGUMENT…` in a process that counts what it does.

SIGUSR1 begins to count the calls of the loop's thread, and ends it; SIGUSR2 looks at memory. After each
signal FILE holds as JSON what was found, under a number that rises. Counters, not clocks: a machine that is
slow or busy finds the same.
"""

import gc
import json
import os
import signal
import sys
import tracemalloc
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from onethread.cli import run


class Counting:
    """Counts calls of Python functions and of builtins; looks at blocks and bytes of memory."""

    def __init__(self, told: Path) -> None:
        self._told = told
        self._number = 0
        self._calls: Counter[CodeType | str] | None = None

    def calls(self, number: int, frame: FrameType | None) -> None:
        """Begin to count, or end it and tell how often each function was called, by name."""
        if self._calls is None:
            self._calls = Counter()
            self._tell({})
            sys.setprofile(self._called)
            return
        sys.setprofile(None)
        calls, self._calls = self._calls, None
        named: Counter[str] = Counter()
        for called, count in calls.items():
            named[_named(called)] += count
        self._tell({"calls": named})

    def memory(self, number: int, frame: FrameType | None) -> None:
        """Tell how many blocks there are, garbage aside, and how many bytes more than at the first look."""
        if not tracemalloc.is_tracing():
            tracemalloc.start()
        gc.collect()
        now, most = tracemalloc.get_traced_memory()
        self._tell({"blocks": sys.getallocatedblocks(), "bytes": now, "most": most})
        tracemalloc.reset_peak()

    def _called(self, frame: FrameType, event: str, called: Any) -> None:
        if self._calls is None:
            return
        if event == "call":
            self._calls[frame.f_code] += 1
        elif event == "c_call":
            self._calls[called.__qualname__] += 1

    def _tell(self, found: dict[str, Any]) -> None:
        self._number += 1
        whole = self._told.with_suffix(".part")
        whole.write_text(json.dumps({"number": self._number, **found}))
        os.replace(whole, self._told)


def _named(called: CodeType | str) -> str:
    if isinstance(called, str):
        return f"builtin {called}"
    return f"{called.co_filename.rpartition('onethread/')[2]}:{called.co_firstlineno} {called.co_qualname}"


def main() -> None:
    """Serve, and count when asked to."""
    counting = Counting(Path(sys.argv[1]))
    signal.signal(signal.SIGUSR1, counting.calls)
    signal.signal(signal.SIGUSR2, counting.memory)
    sys.exit(run(sys.argv[2:]))


if __name__ == "__main__":
    main()
