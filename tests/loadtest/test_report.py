"""The page that shows runs."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from loadtest.__main__ import write
from loadtest.plots import Line, decades, distribution, over_time, steps
from loadtest.report import page
from tests.loadtest.recorded import recorded

VOID = {"meta"}
PARTS = [
    recorded(scenario="hubs", part="one hub", compared=("hub_us_per_message",)),
    recorded(scenario="hubs", part="two hubs", against="one hub", compared=("hub_us_per_message",)),
]


class Balance(HTMLParser):
    """The elements of a page, and those that were not closed in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Balance:
    balance = Balance()
    balance.feed(html)
    assert balance.open == []
    return balance


def test_self_contained() -> None:
    """The page is whole HTML that runs no script and loads nothing."""
    html = page([recorded(), recorded(scenario="idle"), *PARTS])
    found = read(html).found
    assert not {"script", "link", "img", "iframe"} & set(found)
    assert not re.search(r"https?:|url\(|@import|src=", html)
    assert found.count("section") == 3


def test_plots_of_a_run() -> None:
    """A run is drawn as latency over time and by share, CPU, memory, messages a second and joins."""
    found = read(page([recorded()]))
    assert found.found.count("svg") == 6
    for title in ("Latency over time", "Latency distribution", "CPU, share of one core", "Resident memory"):
        assert title in found.text


def test_a_run_without_messages() -> None:
    """A run in which nothing was sent shows no plots of messages and claims no deliveries."""
    none = {"sent": 0, "expected": 0, "delivered": 0, "faults": {}}
    found = read(page([recorded(samples=[], latencies={}, curves={}, steps=[], verdict=none)]))
    assert found.found.count("svg") == 3
    assert "deliveries once" not in found.text


def test_parts_are_side_by_side() -> None:
    """The runs of one scenario are a table, bars, and each by itself for whoever unfolds it."""
    found = read(page(PARTS))
    assert "40.0 µs (1.00×)" in found.text
    assert found.found.count("details") == 2 + 2  # each part, and what is folded in it
    assert found.found.count("svg") == 1 + 2 * 6


def test_small_families_have_no_bars() -> None:
    """What next to nothing of a message is kept in is in the table only."""
    kept = {"all": 300.0, "log": 230.0, "inbox": 2.0}
    none = {"sent": 0, "expected": 0, "delivered": 0, "faults": {}}
    runs = [recorded(scenario="kept", part=part, kept=kept, verdict=none, curves={}) for part in ("a", "b")]
    text = read(page(runs)).text
    assert text.count("log, a message") == 2
    assert text.count("inbox, a message") == 1


def test_a_verdict_on_all() -> None:
    """First of all the page says whether every delivery is accounted for, and how many there were."""
    text = read(page([recorded(), recorded(scenario="hot")])).text
    assert "Every delivery accounted for" in text
    assert "60deliveries" in text
    bad = page([recorded(), recorded(scenario="idle", errors={"a gap": 2})])
    assert "Not every delivery is accounted for" in read(bad).text
    assert '<a href="#run-1" class=bad>idle</a>' in bad


def test_errors_are_shown() -> None:
    """What went wrong stands where the good word would, as text, not as markup."""
    text = read(page([recorded(errors={"a <b>gap</b>": 2})])).text
    assert "2 × a <b>gap</b>" in text
    assert "0 errors" not in text


def test_files(tmp_path: Path) -> None:
    """JSON holds the figures, and whether there were errors, beside all that was seen."""
    numbers, report = write([recorded(errors={"a gap": 2})], tmp_path / "new")
    (found,) = json.loads(numbers.read_text())
    assert found["errors"] == {"a gap": 2}
    assert found["figures"]["hub_us_per_message"] == pytest.approx(40)
    assert len(found["samples"]) == 3
    assert report.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_line_is_broken_where_nothing_came() -> None:
    """A moment without a value leaves a gap in the line."""
    drawn = over_time([Line("p50", [(0, 1.0), (1, None), (2, 3.0), (3, 4.0)], 0)], str)
    (path,) = re.findall(r'<path d="([^"]+)"', drawn)
    assert re.findall("[ML]", path) == ["M", "M", "L"]


def test_each_nine_is_as_wide() -> None:
    """From 90% to 99% is as far as from 99% to 99.9%."""
    drawn = distribution([Line("acks", [(0, 1), (90, 10), (99, 20), (99.9, 30)], 0)], str)
    a, b, c, d = (float(x) for x in re.findall(r'<circle cx="([0-9.]+)"', drawn))
    assert b - a == pytest.approx(c - b, abs=0.2)
    assert c - b == pytest.approx(d - c, abs=0.2)


def test_ticks() -> None:
    """Ticks are round and reach around the values."""
    assert steps(97) == [0, 20, 40, 60, 80, 100]
    assert steps(0) == [0, 1]
    assert decades(150, 20_000) == [100, 1000, 10_000, 100_000]
    assert decades(150, 400) == [100, 200, 500]
    assert decades(0, 0) == [1, 2]
