"""The docs are complete: every setting, command, option and metric has its entry, and no other has one."""

import re
import tomllib
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import click
import pytest

from onethread import metrics
from onethread.api.problems import REASONS
from onethread.cli import onethread
from onethread.contacts.csv.columns import STAND_INS, SYNONYMS
from onethread.hub.pace import ACTS
from onethread.hub.rate import HOLD
from onethread.identity.tokens import TOKEN_LIFETIME_MS
from onethread.settings import SETTINGS
from onethread.webhooks.payload import MEANINGS
from onethread.webhooks.schedule import DELAYS
from onethread_protocol.bounds import NESTING

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def commands(group: click.Group = onethread, words: str = "onethread") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{words} {name}")
        else:
            yield f"{words} {name}", command


def section(words: str) -> str:
    """What docs/commands.md says of one command."""
    parts = re.split(r"^##+ ", (DOCS / "commands.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return next(part for part in parts if part.startswith(f"`{words}`\n"))


def test_settings() -> None:
    """docs/settings.md has a row for each setting, in order, with the default and the meaning in the code."""
    rows = [
        line for line in (DOCS / "settings.md").read_text(encoding="utf-8").splitlines() if "| `ONE" in line
    ]
    assert rows == [
        f"| `{each.variable}` | {f'`{each.default}`' if each.default else 'none'} | {each.meaning} |"
        for each in SETTINGS
    ]


@pytest.mark.parametrize(("words", "command"), list(commands()), ids=[words for words, _ in commands()])
def test_options(words: str, command: click.Command) -> None:
    """Each command's section has each of its options and no other, and shows its arguments."""
    text = section(words)
    options = {option for each in command.params if isinstance(each, click.Option) for option in each.opts}
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `--")]
    assert set(re.findall(r"`(--[a-z-]+)`", " ".join(rows))) == options
    arguments = [each.name or "" for each in command.params if isinstance(each, click.Argument)]
    usage = " ".join(["", *(name.strip("_").upper() for name in arguments)])
    assert f"`{words}{usage.rstrip()}`" in text


def test_no_other_commands() -> None:
    """docs/commands.md describes the commands there are, each once."""
    headings = re.findall(
        r"^### `(.+)`$", (DOCS / "commands.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert sorted(headings) == sorted(words for words, _ in commands())


def test_metrics() -> None:
    """docs/metrics.md has a row for each metric, by the name that Prometheus sees, with its meaning."""
    rows = re.findall(
        r"^\| `(onethread_\w+)` \| [^|]+ \| (.+) \|$", (DOCS / "metrics.md").read_text(), re.MULTILINE
    )
    counters = [*metrics.COUNTS.values(), metrics.REFUSED, metrics.CLOSED]
    expected = [*metrics.GAUGES.values(), *metrics.TIMES.values()]
    expected += [(f"{name}_total", meaning) for name, meaning in counters]
    assert sorted(rows) == sorted(expected)


def test_reasons() -> None:
    """docs/http.md has a row for each reason, with its status and meaning, in order."""
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \| (.+) \|$", (DOCS / "http.md").read_text(), re.MULTILINE)
    assert rows == [(str(row.status), reason, row.meaning) for reason, row in REASONS.items()]


def test_the_wires_numbers() -> None:
    """protocol/README.md has the numbers that the code has, where they are in no frame's bounds."""
    page = " ".join((ROOT / "protocol" / "README.md").read_text(encoding="utf-8").split())
    default = {each.field: each.default for each in SETTINGS}
    promised = [
        f"It lives {TOKEN_LIFETIME_MS // 86_400_000} days",
        f"{default['sends_per_second']} commands a second",
        f"{default['send_burst']} at once",
        f"a limit of their own, {['', '', 'two', 'three', 'four', 'five'][ACTS]} times as high",
        f"refused in the same way for about {'a second' if HOLD == 1 else HOLD}",
        f"nested {NESTING} levels deep",
    ]
    assert [text for text in promised if text not in page] == []


def test_webhook_events() -> None:
    """docs/webhooks.md has a row for each event, with when it is told, in order, and of each further try."""
    text = (DOCS / "webhooks.md").read_text()
    rows = re.findall(r"^\| `(\w+\.\w+)` \| (.+) \|$", text, re.MULTILINE)
    assert rows == list(MEANINGS.items())
    unit = {"s": 1, "min": 60, "h": 3600}
    tries = [
        tuple(sum(int(n) * unit[u] for n, u in re.findall(r"(\d+) (h|min|s)", cell)) for cell in row)
        for row in re.findall(r"^\| \d+ \| (.+) \| (.+) \|$", text, re.MULTILINE)
    ]
    assert tries == list(zip(DELAYS, accumulate(DELAYS), strict=True))


def test_import_columns() -> None:
    """docs/import.md has a row for each field of a CSV file, with all names that its column may have."""
    rows = re.findall(r"^\| `(\w+)` \| (`.+) \|$", (DOCS / "import.md").read_text(), re.MULTILINE)
    named = {field: re.findall(r"`(\w+)`", names) for field, names in rows if field in SYNONYMS}
    assert named == {field: [*names, *STAND_INS.get(field, ())] for field, names in SYNONYMS.items()}


def test_changelog() -> None:
    """The changelog begins with the version that pyproject.toml names."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert first is not None
    assert first[1] == version


def test_make_targets() -> None:
    """README.md names each target of the Makefile that a person calls."""
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert phony is not None
    readme = (ROOT / "README.md").read_text()
    assert [target for target in phony[1].split() if f"make {target}" not in readme] == []


@pytest.mark.parametrize("page", [ROOT / "README.md", *DOCS.glob("*.md")], ids=lambda page: page.name)
def test_links(page: Path) -> None:
    """Each link to a file leads to one, and each page of docs/ is reached from README.md."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
    if page.parent == DOCS:
        assert f"docs/{page.name}" in (ROOT / "README.md").read_text()
