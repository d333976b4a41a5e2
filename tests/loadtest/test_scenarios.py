"""Each scenario once, small and short, against a real server: whole, with no error, all accounted for."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from loadtest.child import ServerFailed
from loadtest.fleet import Fleet
from loadtest.run import run
from loadtest.scenarios import SCENARIOS, Shape
from loadtest.server import Server

ROOT = Path(__file__).parents[2]


def small(name: str) -> Shape:
    """The scenario with few connections, for a moment."""
    shape = SCENARIOS[name].shape
    threads, devices, prefill = min(shape.threads, 6), min(shape.devices, 9), min(shape.prefill, 70)
    return replace(
        shape,
        threads=threads,
        devices=devices,
        prefill=prefill,
        seconds=1,
        rate=min(shape.rate, 60),
        workers=2,
    )


@pytest.mark.parametrize("name", SCENARIOS)
async def test_scenario(name: str) -> None:
    """Every delivery is accounted for, over two processes, and there is no error."""
    shape = small(name)
    found = await run(SCENARIOS[name], shape, lambda sample: None)
    assert found.errors == {}
    assert found.verdict["delivered"] == found.verdict["expected"]
    assert found.verdict["expected"] == found.verdict["sent"] * shape.devices
    assert bool(found.verdict["sent"]) == (name not in {"storm", "idle"})
    assert [step.title for step in found.steps] == [step.title for step in SCENARIOS[name].steps(shape)]
    joined = [step.joins for step in found.steps if step.joins_count]
    assert joined == [shape.connections] * len(joined)


@pytest.mark.parametrize("name", SCENARIOS)
def test_steps_are_known(name: str) -> None:
    """Every step of a scenario is something that a fleet, or the server, does."""
    for step in SCENARIOS[name].steps(SCENARIOS[name].shape):
        assert step.does == "restart" or callable(getattr(Fleet, f"do_{step.does}"))


async def test_the_slow_are_cut_and_resume() -> None:
    """With enough sent, a peer that does not read is cut, and after its return has missed nothing."""
    shape = replace(SCENARIOS["slow"].shape, threads=1, devices=3, seconds=2, rate=600, text=9000)
    found = await run(SCENARIOS["slow"], shape, lambda sample: None)
    assert found.errors == {}
    assert found.cut == 1
    assert found.verdict["delivered"] == found.verdict["expected"] == 3 * found.verdict["sent"]


def test_command(tmp_path: Path) -> None:
    """The command prints the figures and where the report is, writes it, and leaves with 0."""
    asked = ("--threads", "2", "--devices", "2", "--seconds", "0.5", "--rate", "20", "--out", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "loadtest", "steady", *asked],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "20 of 20" in done.stdout.replace("\n", " ")
    assert str(tmp_path / "report.html") in done.stdout
    (found,) = json.loads((tmp_path / "report.json").read_text())
    assert found["verdict"]["delivered"] == 20


def test_independent() -> None:
    """The fleet imports nothing of the server, the protocol package or the client."""
    paths = [*(ROOT / "loadtest").glob("*.py"), *(ROOT / "loadtest" / "peers").glob("*.py")]
    sources = [path.read_text(encoding="utf-8") for path in paths]
    imports = [line for text in sources for line in text.splitlines() if line.startswith(("import", "from"))]
    assert not [line for line in imports if "onethread" in line]


@pytest.mark.parametrize("spread", [False, True])
async def test_several_hubs(spread: bool) -> None:
    """Over two hubs and one store all is accounted for, with threads whole on a hub and spread over both."""
    shape = replace(small("flood"), hubs=2, spread=spread, prefill=70)
    found = await run(SCENARIOS["flood"], shape, lambda sample: None)
    assert found.errors == {}
    assert found.verdict["delivered"] == found.verdict["expected"] == 3 * found.verdict["sent"] > 0


async def test_hubs_over_a_store_restart() -> None:
    """Hubs over a store that runs by itself can all be started again: everyone comes back with resume."""
    found = await run(SCENARIOS["return"], replace(small("return"), hubs=2), lambda sample: None)
    assert found.errors == {}


async def test_a_failing_server_is_told(tmp_path: Path) -> None:
    """A server that does not start ends the run with its own words, and at once."""
    with pytest.raises(ServerFailed, match="ONETHREAD_BUFFER"):
        async with asyncio.timeout(60), Server(tmp_path, {"ONETHREAD_BUFFER": "no size"}):
            pass
