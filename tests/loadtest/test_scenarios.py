"""Each scenario once, small and short, against a real server: whole, with no error, all accounted for."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loadtest.child import ServerFailed
from loadtest.fleet import Fleet
from loadtest.plan import WHOLE, Part, Scenario, Shape
from loadtest.run import run
from loadtest.scenarios import SCENARIOS
from loadtest.server import Server

ROOT = Path(__file__).parents[2]


EVERY = [(each, part) for each in SCENARIOS.values() for part in each.parts]
DIFFER_IN_SIZE = ("growth", "kept")
"""Their parts are the same when small: one of them is run."""
RUN = [(each, part) for each, part in EVERY if each.name not in DIFFER_IN_SIZE or part is each.parts[-1]]


def named(pairs: list[tuple[Scenario, Part]]) -> list[Any]:
    """Parameters of a test, with the names of scenario and part."""
    return [pytest.param(each, part, id=f"{each.name} {part.title}".strip()) for each, part in pairs]


def small(scenario: Scenario, part: Part = WHOLE) -> Shape:
    """The scenario with few connections, for a moment."""
    shape = scenario.shaped(part, {})
    sizes = {"threads": 6, "devices": 9, "prefill": 70, "rate": 60, "outstanding": 4}
    sizes |= {"seconds": 0.5, "rest": 0.2}
    least = {name: min(getattr(shape, name) or most, most) for name, most in sizes.items()}
    return replace(shape, **{**least, "prefill": min(shape.prefill, 70)}, workers=2)


@pytest.mark.parametrize(("scenario", "part"), named(RUN))
async def test_scenario(scenario: Scenario, part: Part) -> None:
    """Every delivery is accounted for, over two processes, and there is no error."""
    shape = small(scenario, part)
    found = await run(scenario, shape, lambda sample: None, part=part)
    assert found.errors == {}
    assert found.verdict["delivered"] == found.verdict["expected"]
    assert found.verdict["expected"] == found.verdict["sent"] * shape.devices
    steps = scenario.planned(part, shape)
    assert [step.title for step in found.steps] == [step.title for step in steps]
    assert bool(found.verdict["sent"]) == any(step.sends for step in steps)
    joined = [step.joins for step in found.steps if step.joins_count]
    assert joined == [shape.connections] * len(joined)
    assert set(found.kept) >= ({"log", "cids"} if scenario.name == "kept" else set())


@pytest.mark.parametrize(("scenario", "part"), named(EVERY))
def test_steps_are_known(scenario: Scenario, part: Part) -> None:
    """Every step of a scenario is something that a fleet, or the run, does."""
    for step in scenario.planned(part, scenario.shaped(part, {})):
        assert step.does in {"restart", "weigh"} or callable(getattr(Fleet, f"do_{step.does}"))


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_parts_are_compared_with_one_before(scenario: Scenario) -> None:
    """A part is compared with one that ran before it, and each has a title of its own."""
    titles = [part.title for part in scenario.parts]
    assert len(set(titles)) == len(titles)
    for number, part in enumerate(scenario.parts):
        assert part.against in ["", *titles[:number]]


def test_the_wide() -> None:
    """Many connections in the shape of the targets: 3,000 threads of 3, closed and at 3,000 a second."""
    wide = SCENARIOS["wide"]
    closed, offered = (wide.planned(part, wide.shaped(part, {}))[-1] for part in wide.parts)
    assert wide.shape.connections == 9000
    assert (closed.does, closed.options["outstanding"]) == ("flood", 2)
    assert (offered.does, offered.options["rate"]) == ("send", 3000)


async def test_kept_bytes() -> None:
    """A message keeps at least its text and its cid in the store, and what families keep is within it all."""
    scenario = SCENARIOS["kept"]
    shape = replace(scenario.shape, threads=4, prefill=300)
    found = await run(scenario, shape, lambda sample: None)
    kept = found.kept
    assert found.errors == {}
    assert kept["log"] > 77 + 32
    assert kept["cids"] > 32
    assert kept["all"] > kept["log"] + kept["cids"]


async def test_the_slow_are_cut_and_resume() -> None:
    """With enough sent, a peer that does not read is cut, and after its return has missed nothing."""
    # 18 MB: twice what a hub holds for one peer, as the kernel holds some too.
    shape = replace(SCENARIOS["slow"].shape, threads=1, devices=3, seconds=2, rate=1_000, text=9_000)
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
    # Not the fleet: they write contacts as hubs do, to ask for them over HTTP.
    fleet = [path for path in paths if path.name not in {"contacts.py", "people.py"}]
    sources = [path.read_text(encoding="utf-8") for path in fleet]
    imports = [line for text in sources for line in text.splitlines() if line.startswith(("import", "from"))]
    assert not [line for line in imports if "onethread" in line]


async def test_hubs_over_a_store_restart() -> None:
    """Hubs over a store that runs by itself can all be started again: everyone comes back with resume."""
    found = await run(SCENARIOS["return"], replace(small(SCENARIOS["return"]), hubs=2), lambda sample: None)
    assert found.errors == {}


async def test_a_failing_server_is_told(tmp_path: Path) -> None:
    """A server that does not start ends the run with its own words, and at once."""
    with pytest.raises(ServerFailed, match="ONETHREAD_BUFFER"):
        async with asyncio.timeout(60), Server(tmp_path, {"ONETHREAD_BUFFER": "no size"}):
            pass
