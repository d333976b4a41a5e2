"""`onethread chat` against a real server: in a pipe, and on a terminal."""

import asyncio
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.http import request
from tests.integration.serving import Running
from tests.integration.team import Agent
from tests.integration.wire import Customer

PATIENCE = 20.0


def command(server: Running, user_id: str, device: str) -> list[str]:
    """The command line."""
    return [
        *(sys.executable, "-W", "error", "-m", "onethread", "chat"),
        *("--user-id", user_id, "--device", device, "--url", server.url),
    ]


def environ(tmp_path: Path) -> dict[str, str]:
    """Its environment: its own place for what it keeps."""
    return {"PATH": os.environ["PATH"], "XDG_STATE_HOME": str(tmp_path), "TERM": "xterm", "LANG": "C.UTF-8"}


async def test_in_a_pipe_lines_are_messages_and_the_end_waits_for_acks(
    shared_server: Running, user_id: str, tmp_path: Path
) -> None:
    """Every line of standard input is in the thread when the command ends; nothing is printed as an error."""
    done = await asyncio.to_thread(
        subprocess.run,
        command(shared_server, user_id, "pipe"),
        input="one\ntwo ünï 😀\n",
        env=environ(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split(": ", 1)[1] for line in done.stdout.splitlines()] == ["one", "two ünï 😀"]
    async with await Customer.join(shared_server.url, user_id) as customer:
        assert customer.ready["head"] == 2


class Terminal:
    """A chat on a pseudo-terminal."""

    def __init__(self, server: Running, user_id: str, device: str, tmp_path: Path) -> None:
        self._ours, theirs = pty.openpty()
        os.set_blocking(self._ours, False)
        self.process = subprocess.Popen(
            command(server, user_id, device),
            env=environ(tmp_path),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""

    def type(self, keys: str) -> None:
        """Type."""
        os.write(self._ours, keys.encode())

    async def shows(self, which: Callable[[str], bool]) -> None:
        """Return when the screen has shown it."""
        async with asyncio.timeout(PATIENCE):
            while not which(self.shown):
                try:
                    self.shown += os.read(self._ours, 65536).decode(errors="replace")
                except BlockingIOError:
                    await asyncio.sleep(0.02)

    async def end(self) -> int:
        """Press ^C; the exit status."""
        if self.process.poll() is None:
            self.type("\x03")
        status = await asyncio.to_thread(self.process.wait, PATIENCE)
        os.close(self._ours)
        return status


async def test_two_terminals_of_one_person_are_one_conversation(
    shared_server: Running, user_id: str, tmp_path: Path
) -> None:
    """Typed on one terminal it is read on the other; opened again, that one shows what it missed."""
    home = Terminal(shared_server, user_id, "home desktop", tmp_path)
    work = Terminal(shared_server, user_id, "work laptop", tmp_path)
    try:
        await home.shows(lambda shown: "live" in shown)
        await work.shows(lambda shown: "live" in shown)
        home.type("hello from home\r")
        await work.shows(lambda shown: "hello from home" in shown)
        await home.shows(lambda shown: "✓" in shown)
        assert await work.end() == 0
        home.type("you missed this\r")
        await home.shows(lambda shown: "you missed this" in shown)
        work = Terminal(shared_server, user_id, "work laptop", tmp_path)
        await work.shows(lambda shown: "you missed this" in shown and "hello from home" in shown)
    finally:
        statuses = [await home.end(), await work.end()]
    assert statuses == [0, 0]


def plain(shown: str) -> str:
    """What was shown, without what turns colours on and off and moves the cursor."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)


async def test_the_terminal_shows_an_agent_who_reads_types_and_answers(
    shared_server: Running, user_id: str, tmp_path: Path
) -> None:
    """One tick once it is stored, two once agents have read it; who is typing, and what the agent says."""
    login = {"org": "demo", "email": "ana@demo.test", "password": "demo-password"}
    token = (await request(shared_server, "POST", "/v1/sessions", login)).json["token"]
    async with (
        await Agent.dial(shared_server.url) as ana,
        await Customer.join(shared_server.url, user_id) as beside,
    ):
        await ana.begin("demo", token)
        await ana.next("ready")
        home = Terminal(shared_server, user_id, "home desktop", tmp_path)
        try:
            await home.shows(lambda shown: "live" in shown)
            home.type("is anybody there?\r")
            await home.shows(lambda shown: "is anybody there? ✓" in plain(shown))
            assert "✓✓" not in home.shown
            await ana.send({"t": "read", "thread": beside.thread, "seq": 1})
            await home.shows(lambda shown: "is anybody there? ✓✓" in plain(shown))
            await ana.send({"t": "typing", "thread": beside.thread, "on": True})
            await home.shows(lambda shown: "Ana … is typing" in plain(shown))
            await ana.do("note", beside.thread, text="hush, a note")
            await ana.do("send", beside.thread, text="I am")
            await home.shows(lambda shown: "Ana I am" in plain(shown))
            assert "hush" not in home.shown
        finally:
            assert await home.end() == 0


@pytest.mark.parametrize(("option", "value"), [("--user-id", "x" * 256), ("--url", "nonsense")])
async def test_bad_input_is_one_clear_line(
    shared_server: Running, user_id: str, tmp_path: Path, option: str, value: str
) -> None:
    """What can't be used is refused with a sentence, no traceback, exit status not 0."""
    done = await asyncio.to_thread(
        subprocess.run,
        [*command(shared_server, user_id, "d"), option, value],
        input="",
        env=environ(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
