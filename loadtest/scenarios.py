"""The scenarios, as data: which steps, in which order, with which figures unless others are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from loadtest.plan import Part, Scenario, Shape, Step

TAIL: Final = 50
"""Events that an init without `tail` is told (protocol/README.md)."""
COMPARED_S: Final = 4.0
"""Seconds between two comparisons of all positions (server/README.md): a rest of that length has one."""
HEARTBEAT_S: Final = 25.0
"""Seconds between two pings to each connection; each is pinged once in a rest of that length."""


COSTS: Final = ("messages_per_second", "hub_us_per_message", "store_us_per_message")
AT_REST: Final = ("hub_share_at_rest", "store_share_at_rest")


def _join(shape: Shape, title: str = "joining") -> list[Step]:
    """All connect; each gets the replay that the filled log gives."""
    join = Step("join", title, {"replayed": min(shape.prefill, TAIL)}, joins=True)
    filling = Step("fill", f"filling the logs with {shape.prefill:,} messages", {"events": shape.prefill})
    return [filling, join] if shape.prefill else [join]


def _hold(seconds: float) -> Step:
    return Step("hold", "at rest", {"seconds": seconds}, rests=True)


def _open(shape: Shape) -> Step:
    options = {"rate": shape.rate, "seconds": shape.seconds}
    return Step("send", f"sending {shape.rate:g} a second", options, sends=True)


def _closed(shape: Shape) -> Step:
    options = {"outstanding": shape.outstanding, "seconds": shape.seconds}
    return Step("flood", f"{shape.outstanding} outstanding each", options, sends=True)


def _rotating(shape: Shape) -> Step:
    options = {"outstanding": shape.outstanding, "seconds": shape.seconds}
    return Step("rotate", f"{shape.outstanding} outstanding in all", options, sends=True)


def _steady(shape: Shape) -> list[Step]:
    return [*_join(shape), _open(shape)]


def _flood(shape: Shape) -> list[Step]:
    return [*_join(shape), _closed(shape)]


def _storm(shape: Shape) -> list[Step]:
    return [*_join(shape, "all joining at once"), Step("hold", "settling", {"seconds": 0.5})]


def _return(shape: Shape) -> list[Step]:
    half = replace(shape, seconds=shape.seconds / 2)
    return [
        *_join(shape),
        _open(half),
        Step("speak", "everyone says something"),
        Step("restart", "the server restarts"),
        Step("return", "all coming back with resume", joins=True),
        _open(half),
    ]


def _slow(shape: Shape) -> list[Step]:
    return [
        *_join(shape),
        Step("deafen", "1% stop reading", {"share": 0.01}),
        _open(shape),
        Step("listen", "they read again and resume"),
    ]


def _growth(shape: Shape) -> list[Step]:
    return [*_join(shape), _hold(shape.rest), _rotating(shape)]


def _inbox(shape: Shape) -> list[Step]:
    watching = Step("watch", f"{shape.agents} agents come", {"agents": shape.agents})
    return [*_join(shape), watching, _open(shape), Step("watched", "all rows are told")]


def _kept(shape: Shape) -> list[Step]:
    return [
        Step("fill", "everyone has been there", {"events": 0}),
        Step("weigh", "weighing the threads"),
        *_join(shape),
        Step("leave", "all leaving"),
        Step("weigh", "weighing them filled"),
    ]


SCENARIOS: Final = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            "steady",
            "Open loop: messages fall due at a rate; latency counts from then, so that no stall is hidden.",
            Shape(threads=100, devices=3, seconds=10, rate=1000),
            _steady,
        ),
        Scenario(
            "flood",
            "Closed loop: every connection keeps some messages unacknowledged, as fast as it is answered.",
            Shape(threads=100, devices=3, seconds=10, outstanding=2),
            _flood,
        ),
        Scenario(
            "wide",
            "9,000 connections, 3,000 threads of 3: a closed loop, then 3,000 messages a second offered.",
            Shape(threads=3000, devices=3, seconds=10, outstanding=2, rate=3000),
            _flood,
            parts=(Part("closed loop"), Part("open loop", steps=_steady)),
            compared=(*COSTS, "hub_us_per_join", "hub_bytes_per_connection"),
        ),
        Scenario(
            "storm",
            "All connect and init at once, and each gets a replay of 50 events.",
            Shape(threads=500, devices=3, seconds=1, dials=1500, prefill=TAIL),
            _storm,
        ),
        Scenario(
            "return",
            "The server restarts with messages under way; all resume and repeat what was not acked.",
            Shape(threads=300, devices=3, seconds=4, rate=500),
            _return,
        ),
        Scenario(
            "idle",
            "As many connections as the machine bears, that only stay: what one weighs in hub and store.",
            Shape(threads=0, devices=3, seconds=0, rest=HEARTBEAT_S),
            lambda shape: [*_join(shape), _hold(shape.rest)],
        ),
        Scenario(
            "hot",
            "One thread with 500 devices: every message goes to all of them.",
            Shape(threads=1, devices=500, seconds=10, rate=40),
            _steady,
        ),
        Scenario(
            "slow",
            "One peer in a hundred stops reading: it is cut, nobody else feels it, it resumes without a gap.",
            # Some 8 MB for each: the kernel takes up to 4 MB (tcp_wmem) before the server's own buffer fills.
            Shape(threads=2, devices=50, seconds=10, rate=200, text=8000),
            _slow,
            {"ONETHREAD_BUFFER": "256KiB"},
            least=2,
        ),
        Scenario(
            "inbox",
            "5,000 busy threads, first with nobody who watches the inbox, then with 50 agents who do.",
            Shape(threads=5000, devices=1, seconds=10, rate=500),
            _inbox,
            parts=(
                Part("nobody watches", {"agents": 0}),
                Part("50 agents watch", {"agents": 50}, "nobody watches"),
            ),
            compared=("hub_us_per_message", "store_us_per_message"),
        ),
        Scenario(
            "growth",
            "The cost of a message with ever more threads, and in ever longer ones: it must not grow.",
            # One device a thread, so that 10,000 threads need no more than 10,000 files. The same number of
            # messages on the way in all, so that hub and store gather as many in one turn. A message in each
            # thread at least: the first one also makes its contact one who wrote, and is no measure.
            Shape(threads=100, devices=1, seconds=6, outstanding=100, rest=COMPARED_S),
            _growth,
            parts=(
                Part("100 threads", {"threads": 100, "prefill": 1}),
                Part("1,000 threads", {"threads": 1000, "prefill": 1}, "100 threads"),
                Part("10,000 threads", {"threads": 10_000, "prefill": 1}, "100 threads"),
                Part("10 messages in each", {"threads": 10, "prefill": 10}),
                Part("10,000 messages in each", {"threads": 10, "prefill": 10_000}, "10 messages in each"),
            ),
            compared=(*COSTS, *(f"{name}_beyond_rest" for name in COSTS[1:]), *AT_REST),
        ),
        Scenario(
            "kept",
            "What a message weighs in the store for good, in short threads and in long ones.",
            Shape(threads=100, devices=1, seconds=0),
            _kept,
            parts=(
                Part("threads of 100", {"threads": 200, "prefill": 100}),
                Part("threads of 10,000", {"threads": 2, "prefill": 10_000}),
            ),
        ),
        Scenario(
            "hubs",
            "One hub, then two over one store: what it costs that events pass between hubs.",
            Shape(threads=100, devices=3, seconds=10, outstanding=2),
            _flood,
            parts=(
                Part("one hub", {"hubs": 1, "spread": False}),
                Part("two hubs, threads whole", {"hubs": 2, "spread": False}, "one hub"),
                Part("two hubs, devices spread", {"hubs": 2, "spread": True}, "one hub"),
            ),
            compared=COSTS,
        ),
    )
}
