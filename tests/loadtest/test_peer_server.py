"""What runs a peer, and the script that every peer runs, on a real store."""

import os
from pathlib import Path

import pytest
import redis
from click.testing import CliRunner

from loadtest.child import ServerFailed
from loadtest.peers.__main__ import peers
from loadtest.peers.server import HERE, PeerServer, Recipe
from loadtest.processes import bound

PROC = Path("/proc")
SERVER = ("{python}", "-m", "http.server", "--bind", "127.0.0.1", "{port}")


def told(pid: int, what: str) -> bytes:
    return (PROC / str(pid) / what).read_bytes()


def alive(pid: int) -> bool:
    return (PROC / str(pid)).exists()


async def test_peer_server(tmp_path: Path) -> None:
    """A peer takes connections, and it and its store are told apart; neither outlives the end."""
    async with PeerServer(Recipe("go_hub", SERVER, "/ws"), tmp_path) as server:
        assert server.url.startswith("ws://127.0.0.1:")
        assert server.url.endswith("/ws")
        assert b"http.server" in told(server.hub, "cmdline")
        assert b"valkey" in told(server.store, "cmdline")
        assert b"NODE_ENV=production" in told(server.hub, "environ").split(b"\0")
        before = server.hub, server.store
        await server.restart()
        assert not {server.hub, server.store} & set(before)
        last = server.hub, server.store
    assert not [pid for pid in (*before, *last) if alive(pid)]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("{python}", "-c", "raise SystemExit('no such setting')"), "no such setting"),
        (("./no-such-program",), "./no-such-program did not start: No such file"),
    ],
)
async def test_a_peer_that_does_not_start(tmp_path: Path, command: tuple[str, ...], said: str) -> None:
    """It ends the run at once, with the peer's own words."""
    with pytest.raises(ServerFailed, match=said):
        async with PeerServer(Recipe("go_hub", command, "/ws"), tmp_path):
            pass


def test_append(store_url: str) -> None:
    """A cid is stored once, seq is dense from 1 and in the event, which is published if that is asked for."""
    with redis.Redis.from_url(store_url, decode_responses=True) as store, store.pubsub() as heard:
        heard.subscribe("peers:channel")
        assert heard.get_message(timeout=5)["type"] == "subscribe"
        append = store.register_script((HERE / "append.lua").read_text())
        keys = ["peers:log", "peers:cids"]
        assert append(keys=keys, args=["a", '{"text":"1"}', ""]) == [1, 0]
        assert append(keys=keys, args=["b", '{"text":"2"}', "peers:channel"]) == [2, 0]
        assert append(keys=keys, args=["a", '{"text":"1"}', "peers:channel"]) == [1, 1]
        assert store.lrange("peers:log", 0, -1) == ['{"seq":1,"text":"1"}', '{"seq":2,"text":"2"}']
        assert heard.get_message(timeout=5)["data"] == '{"seq":2,"text":"2"}'
        assert heard.get_message(timeout=0) is None
        store.delete(*keys)


def test_bound() -> None:
    """Bound processes stay where they are put, and it is over at the end."""
    before = os.sched_getaffinity(0)
    one = {min(before)}
    with bound(one):
        assert os.sched_getaffinity(0) == one
        with bound(set()):
            assert os.sched_getaffinity(0) == one
    assert os.sched_getaffinity(0) == before


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--peers", "onethread,nobody"], "'nobody' is none of onethread, onethread-json, socketio"),
        (["--trials", "huge"], "'huge' is none of small, large, paced, join"),
        (["--server-cpus", "a"], "'a' is no list of CPUs like 0,1"),
        (["--fleet-cpus", "4096"], "'4096': there are ["),
    ],
)
def test_bad_options(asked: list[str], said: str) -> None:
    """What is not known is refused, with what there is."""
    done = CliRunner().invoke(peers, asked)
    assert done.exit_code == 2
    assert said in " ".join(done.output.replace("│", " ").split())


def test_markdown_of_the_last_run(tmp_path: Path) -> None:
    """`--markdown` prints what the last run has written, and runs nothing."""
    (tmp_path / "comparison.md").write_text("| a | b |\n")
    assert CliRunner().invoke(peers, ["--markdown", "--out", str(tmp_path)]).output == "| a | b |\n"
    none = CliRunner().invoke(peers, ["--markdown", "--out", str(tmp_path / "other")])
    assert none.exit_code == 1
    assert "there was no run" in none.output
