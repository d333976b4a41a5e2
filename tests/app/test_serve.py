"""`onethread serve` and `onethread store` as processes: started, asked, ended."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from onethread.store.embedded import EmbeddedStore
from tests.app.free import free_ports
from tests.store.link_store import Valkey

ROOT = Path(__file__).parent.parent.parent
Serve = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def environ(data: Path) -> dict[str, str]:
    """This process's environment with no setting but the data folder."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ONETHREAD_") and name != "PORT"
    }
    return {**ours, "ONETHREAD_DATA": str(data)}


@contextmanager
def running(words: list[str], environ: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A process with its standard output in a pipe; asked to end, and awaited, at the end of the block."""
    process = subprocess.Popen(
        words, env=environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield process
        finally:
            process.terminate()


def onethread(*words: str) -> list[str]:
    return [sys.executable, "-m", "onethread", *words]


def base_url(process: "subprocess.Popen[str]") -> str:
    """Wait until the server is ready; its address for HTTP."""
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.fullmatch(r"Onethread is ready at ws(://127\.0\.0\.1:\d+)/ws\n", line)
    assert found, (line, process.stderr and process.stderr.read())
    return f"http{found[1]}"


def get(url: str) -> tuple[int, str]:
    try:
        with urlopen(url, timeout=30) as answer:  # noqa: S310 - an address of our own
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def becomes_ready(url: str) -> bool:
    """Whether `/readyz` says so, within the 10 s that a hub may take to reach its store."""
    for _ in range(100):
        if get(f"{url}/readyz")[0] == 200:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("options", [[], ["--workers", "2"]], ids=["one process", "two workers"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_from_start_to_end(
    environ: dict[str, str], data: Path, options: list[str], number: signal.Signals
) -> None:
    """It says when it is ready, answers, ends with exit code 0 when asked to, and leaves no store behind."""
    with running(onethread("serve", "--port", "0", *options), environ) as server:
        url = base_url(server)
        assert get(f"{url}/healthz") == (200, "ok\n")
        assert becomes_ready(url)
        assert "onethread_connections 0.0" in get(f"{url}/metrics")[1]
        assert get(f"{url}/nothing")[0] == 404
        server.send_signal(number)
        out, err = server.communicate()
    assert (server.returncode, out, err) == (0, "", "")
    with EmbeddedStore(data):
        pass


def test_the_demo_prints_what_to_try(environ: dict[str, str]) -> None:
    """With --demo two commands are printed, for two devices of one customer, that name the address."""
    with running(onethread("serve", "--demo", "--port", "0"), environ) as server:
        url = base_url(server).replace("http", "ws")
        assert server.stdout is not None
        printed = ""
        while printed.count(" chat --user-id") < 2:
            printed += server.stdout.readline()
        server.terminate()
        server.communicate()
    assert printed.count('chat --user-id 12345 --device "') == 2
    assert printed.count(f"--url {url}/ws") == 2
    assert '"home desktop"' in printed
    assert '"work laptop"' in printed


def test_the_demo_is_there(environ: dict[str, str]) -> None:
    """With --demo the demo organization is in the store when the server says that it is ready."""
    with running(onethread("serve", "--demo", "--port", "0", "--workers", "2"), environ) as server:
        base_url(server)
        listed = subprocess.run(
            onethread("orgs", "list", "--json"), env=environ, capture_output=True, text=True, check=True
        )
        server.terminate()
        server.communicate()
    assert [org["org"] for org in json.loads(listed.stdout)] == ["demo"]


def test_port_comes_from_the_environment(environ: dict[str, str]) -> None:
    """PORT is heeded, an option counts before it; an error names the one that gave the port."""
    (port,) = free_ports(1)
    with running(onethread("serve"), {**environ, "PORT": str(port)}) as server:
        assert base_url(server) == f"http://127.0.0.1:{port}"
        for more, given, named in (
            ([], {"PORT": str(port)}, "PORT"),
            ([], {"PORT": "1", "ONETHREAD_PORT": str(port)}, "ONETHREAD_PORT"),
            (["--port", str(port)], {"PORT": "1"}, "--port"),
        ):
            with running(onethread("serve", *more), {**environ, **given}) as second:
                _, err = second.communicate()
            assert (second.returncode, err) == (2, f"onethread: {named}: '{port}' is in use\n")
        server.terminate()
        server.communicate()


def test_a_mistyped_setting_is_logged(environ: dict[str, str]) -> None:
    """A variable that no setting reads is told once, as a JSON line, and the server runs."""
    with running(onethread("serve", "--port", "0"), {**environ, "ONETHREAD_HEARTBEET": "5"}) as server:
        base_url(server)
        server.terminate()
        _, err = server.communicate()
    (line,) = map(json.loads, err.splitlines())
    assert (line["event"], line["variable"], line["level"]) == (
        "unknown_setting",
        "ONETHREAD_HEARTBEET",
        "warning",
    )


@pytest.mark.parametrize("options", [[], ["--workers", "2"]], ids=["one process", "two workers"])
def test_a_store_that_is_away_is_said(environ: dict[str, str], tmp_path: Path, options: list[str]) -> None:
    """It serves without its store and says so; that it is ready it says when the store has come."""
    store = Valkey(tmp_path)
    words = onethread("serve", "--port", "0", *options)
    with running(words, {**environ, "ONETHREAD_REDIS_URL": store.url}) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.fullmatch(r"Onethread is at ws(://127\.0\.0\.1:\d+)/ws, but not ready: (.+)\n", line)
        assert found, line
        assert store.path in found[2]
        assert (get(f"http{found[1]}/healthz")[0], get(f"http{found[1]}/readyz")[0]) == (200, 503)
        with store:
            assert base_url(server) == f"http{found[1]}"
            assert becomes_ready(f"http{found[1]}")
            server.terminate()
            assert server.communicate()[0] == ""
    assert server.returncode == 0


def test_a_store_of_another_key_that_comes_late_ends_it(environ: dict[str, str], tmp_path: Path) -> None:
    """A hub with another server key would refuse what the others signed: it ends as it would at its start."""
    with Valkey(tmp_path) as store:
        assert store.ask("SET onethread:server_key another") == b"+OK\r\n"
    with running(onethread("serve", "--port", "0"), {**environ, "ONETHREAD_REDIS_URL": store.url}) as server:
        assert server.stdout is not None
        assert "but not ready" in server.stdout.readline()
        with store:
            out, err = server.communicate(timeout=60)
    assert (server.returncode, out) == (2, "")
    assert err.splitlines()[-1] == (
        "onethread: ONETHREAD_SECRET_KEY: the store was made with another server key"
    )


def test_two_hubs_on_one_store(environ: dict[str, str]) -> None:
    """The Procfile's store and hubs run together under honcho, and all end when it is asked to."""
    base = free_ports(3, apart=100)[0]
    words = [sys.executable, "-m", "honcho", "start", "--no-colour", "--port", str(base)]
    with running(words, environ) as manager:
        assert manager.stdout is not None
        ready: set[str] = set()
        for line in manager.stdout:
            if match := re.search(r"Onethread is ready at ws(://\S+)/ws", line):
                ready.add(f"http{match[1]}")
            if len(ready) == 2:
                break
        assert ready == {f"http://127.0.0.1:{base + 100}", f"http://127.0.0.1:{base + 200}"}
        assert all(becomes_ready(url) for url in ready)
        manager.terminate()
        manager.communicate()
    for port in (base + 100, base + 200):
        with socket.socket() as client:
            assert client.connect_ex(("127.0.0.1", port)) != 0
