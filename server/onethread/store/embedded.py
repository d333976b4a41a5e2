"""The embedded store: a Valkey server of our own, for whoever has none (DESIGN.md section 3).

It lives in `store/` under the data directory: its append-only files, its log, its socket and two locks. A hub
runs it as its child and ends it when it ends itself. If the hub is killed, the store goes on, in a session of
its own; the next hub on this directory ends that orphan, and starts another on the same files, where every
answered write is. If the store dies under a living hub, the hub hears of it at once and starts it again;
links come back by themselves, since the address stays the same (P8).
"""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from onethread.store.address import unix_url
from onethread.store.embedded_errors import EmbeddedStoreError, StoreDied, StoreUnusable
from onethread.store.embedded_lock import FileLock, lock_for_hub, lock_for_store
from onethread.store.embedded_options import SOCKET
from onethread.store.embedded_process import StoreProcess

_log = logging.getLogger(__name__)

# Before a store that died is started again: doubled each time, up to the longest, as long as none lasts 10 s.
# A full disk ends it at every write, and takes a person to empty.
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 5.0
_STEADY_S = 10.0


class EmbeddedStore:
    """The store of one data directory, which is made (mode 0700) if missing.

    Use it as a context manager: with `async with` the event loop is never blocked, with `with` it needs none.
    `url` is valid before the start, and stays the same. Raises StoreUnusable for a path that no URL can hold.
    """

    def __init__(self, data: Path) -> None:
        self.directory = Path(os.path.abspath(data)) / "store"
        try:
            self.url = unix_url(self.directory / SOCKET)
        except UnicodeEncodeError as error:
            raise StoreUnusable("the path of the data directory is not valid UTF-8") from error
        self._hub_lock: FileLock | None = None
        self._process: StoreProcess | None = None
        self._stopping = threading.Event()
        # One start or stop at a time; a stop first makes a start in another thread give up.
        self._turn = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The id of the store's process, None when it was not started or was stopped."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Returns once the store answers, which takes a big file a while to load; an orphan is ended first.

        Raises StoreInUse or StoreUnusable; then nothing of it runs and no lock is held. May be repeated.
        """
        self._stopping.clear()
        self._start()

    def stop(self) -> None:
        """Ends the store and gives the lock up; when it returns, no process is left. May be repeated."""
        self._stopping.set()
        with self._turn:
            self._end()

    async def ended(self) -> StoreDied | None:
        """Returns as soon as the store has ended: None when `stop` was called, else what to report."""
        process = self._process
        if process is None:
            return None
        await asyncio.wrap_future(process.ended)
        return None if self._stopping.is_set() else process.death()

    async def keep_running(self, report: Callable[[EmbeddedStoreError], None]) -> None:
        """Starts the store again whenever it dies, until `stop` or cancelled; never gives up.

        `report` is given each death and each failed attempt. Cancelled during an attempt, it ends the store.
        """
        clock = asyncio.get_running_loop().time
        pause, began = _FIRST_PAUSE_S, clock()
        while died := await self.ended():
            report(died)
            if clock() - began > _STEADY_S:
                pause = _FIRST_PAUSE_S
            pause, began = await self._start_again(pause, report), clock()

    async def _start_again(self, pause: float, report: Callable[[EmbeddedStoreError], None]) -> float:
        while True:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)
            if self._stopping.is_set():
                return pause
            try:
                await self._start_unblocked()
            except EmbeddedStoreError as error:
                if not self._stopping.is_set():
                    report(error)
            else:
                return pause

    async def _start_unblocked(self) -> None:
        starting = asyncio.ensure_future(asyncio.to_thread(self._start))
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            await asyncio.to_thread(self.stop)
            with suppress(EmbeddedStoreError):
                await starting
            raise

    def _start(self) -> None:
        with self._turn:
            if self._process and not self._process.ended.done():
                return
            try:
                self._launch()
            except OSError as error:
                self._end()
                raise StoreUnusable(f"the store cannot use {self.directory}: {error.strerror}") from error
            except BaseException:
                self._end()
                raise

    def _launch(self) -> None:
        if self._hub_lock is None:
            self.directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.directory.mkdir(mode=0o700, exist_ok=True)
            self.directory.chmod(0o700)
            self._hub_lock = lock_for_hub(self.directory)
        lock, ended = lock_for_store(self.directory)
        if ended:
            _log.warning("ended what was left of an earlier store: pid %s", sorted(ended))
        try:
            self._process = StoreProcess(self.directory, lock.descriptor)
        finally:
            # From here on the store alone holds it.
            lock.close()
        self._process.await_ready(self._stopping)

    def _end(self) -> None:
        process, self._process = self._process, None
        hub_lock, self._hub_lock = self._hub_lock, None
        try:
            if process:
                process.stop()
                # If it was killed, a child that rewrote its files may still hold its lock.
                lock_for_store(self.directory)[0].close()
        finally:
            if hub_lock:
                hub_lock.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        self._stopping.clear()
        await self._start_unblocked()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)


def run_store(data: Path) -> int:
    """Runs the store of `data` in the foreground until SIGTERM, SIGINT or SIGHUP; answers an exit status.

    Prints its URL on a line of its own once it answers; whatever is wrong goes to standard error. 0: it was
    told to stop. 1: it could not be started. A store that dies is started again. Main thread only.
    """
    return asyncio.run(_run(data))


async def _run(data: Path) -> int:
    serving = asyncio.create_task(_serve(data))

    def stop() -> None:
        # Once: a second signal must not cut the stopping short.
        if not serving.cancelling():
            serving.cancel()

    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # What was ignored at start stays ignored, as nohup wants it.
        if signal.getsignal(each) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(each, stop)
    try:
        await serving
    except asyncio.CancelledError:
        return 0
    except EmbeddedStoreError as error:
        _complain(error)
        return 1
    return 0


async def _serve(data: Path) -> None:
    async with EmbeddedStore(data) as store:
        print(store.url, flush=True)
        await store.keep_running(_complain)


def _complain(error: EmbeddedStoreError) -> None:
    print(f"onethread store: {error}", file=sys.stderr, flush=True)
