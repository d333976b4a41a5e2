"""Every trial once, small and short, on Onethread itself: the peers' own short run is `make bench-peers`."""

from dataclasses import replace

import pytest

from loadtest.peers.comparison import OURS, outcome
from loadtest.peers.trials import TRIALS
from loadtest.run import run


@pytest.mark.parametrize("name", TRIALS)
async def test_trial(name: str) -> None:
    """It is whole, gives every figure that it promises, and counts nothing of the warming up."""
    trial = TRIALS[name]
    shape = replace(trial.shape, threads=4, seconds=0.5, rate=min(trial.shape.rate, 40), workers=2)
    found = await run(trial.scenario, shape, lambda sample: None)
    assert found.errors == {}
    told = outcome(name, OURS, 1, found)
    assert {figure.name for figure in trial.figures} <= set(told.figures)
    sends = {step.title: step.sends for step in found.steps}
    if name != "join":
        assert sends["warming up"] > 0
        assert found.verdict["sent"] == sends["warming up"] + sends["sending"]
        assert found.latencies["delivery"]["count"] == 3 * sends["sending"]
    if name == "paced":
        assert sends["sending"] == 20
