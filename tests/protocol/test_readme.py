"""protocol/README.md: everything on the wire has its entry, and every example is a vector."""

import json
import re
from collections import Counter

import msgspec
import pytest

from onethread_protocol import events, inbox, people, server
from onethread_protocol.codes import CLOSES, ERRORS
from onethread_protocol.customer import Resume
from onethread_protocol.vectors import readme
from tests.protocol.reading import PROTOCOL, vectors
from tests.protocol.shapes import UNIONS, all_structs, frames

PAGE = (PROTOCOL / "README.md").read_text(encoding="utf-8")
CHAPTERS = {"customer": "Customer frames", "agent": "Agent frames", "server": "Server frames"}
MAPS = {
    people.Device: "`device`",
    people.DevicePresence: "`device`",
    people.User: "`user`",
    people.UserEdit: "`user`",
    people.FirstPage: "`page`",
    people.CurrentPage: "`page`",
    people.Author: "`from`",
    people.Named: "People",
    people.AgentPresence: "People",
    people.AgentView: "People",
    people.ContactView: "`contact`",
    inbox.RowContact: "`contact`",
    Resume: "`resume` and `at`",
    server.LogPosition: "`resume` and `at`",
    server.PrechatForm: "`prechat`",
    server.AskedField: "`prechat`",
    server.ReadPositions: "`read`",
    inbox.Row: "`row`",
}
KINDS = {cls: cls.__struct_config__.tag for cls in all_structs() if issubclass(cls, events.EventBase)}
FRAMES = [(union, name) for union in UNIONS for name in frames(union)]


def chapter(title: str) -> str:
    """The text under a heading of the second level."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"no chapter {title}"
    return found[1]


def section(title: str, name: str) -> str:
    """The text under a heading of the third level in that chapter."""
    found = re.search(rf"^### {re.escape(name)}\n(.*?)(?=^### |\Z)", chapter(title), re.MULTILINE | re.DOTALL)
    assert found, f"no section {name} in {title}"
    return found[1]


def entries(text: str) -> set[str]:
    """The names in the first column of a text's tables."""
    cells = re.findall(r"^\| ([^|]*) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def missing(cls: type[msgspec.Struct], text: str) -> set[str]:
    """The fields of a struct that have no entry in the text."""
    return {field.encode_name for field in msgspec.structs.fields(cls)} - entries(text)


@pytest.mark.parametrize(("union", "name"), FRAMES)
def test_each_frame_has_its_section(union: str, name: str) -> None:
    """A frame has a heading, an entry for each field, here or among those of many frames, and an example."""
    text = section(CHAPTERS[union], f"`{name}`")
    assert missing(frames(union)[name], text + chapter("Fields of many frames")) == set()
    assert f"<!-- example: {union} {name}" in text


@pytest.mark.parametrize("cls", sorted(KINDS, key=str))
def test_each_kind_of_event_has_its_section(cls: type[msgspec.Struct]) -> None:
    """A kind has a heading and an example, and each of its fields has an entry."""
    text = section("Events", f"`{KINDS[cls]}`")
    common = chapter("Events").partition("###")[0]
    assert missing(cls, text + common) == set()
    assert re.search(rf"<!-- example: server event, (deleted )?{KINDS[cls]}", text)


def test_each_map_has_its_section() -> None:
    """Every map inside a frame, at any depth, has a section with an entry for each of its fields."""
    tops = {cls for union in UNIONS for cls in frames(union).values()}
    inner = all_structs() - tops - set(KINDS) - {inbox.LastSaid}
    assert inner == set(MAPS)
    assert {cls.__name__: missing(cls, section("Maps", name)) for cls, name in MAPS.items()} == {
        cls.__name__: set() for cls in MAPS
    }
    last = re.search(r"^\| `last` \|(.*)$", section("Maps", "`row`"), re.MULTILINE)
    assert last
    assert {field.encode_name for field in msgspec.structs.fields(inbox.LastSaid)} <= set(
        re.findall(r"`(\w+)`", last[1])
    )


def test_no_section_is_about_what_is_not_there() -> None:
    """Each heading in the frames' chapters is a frame of that union."""
    for union, title in CHAPTERS.items():
        headings = re.findall(r"^### `(\w+)`$", chapter(title), re.MULTILINE)
        assert headings == list(frames(union))


@pytest.mark.parametrize("reason", ERRORS)
def test_each_reason_has_its_entry(reason: str) -> None:
    """A reason stands in the table with its code and what becomes of an outbox entry."""
    row = ERRORS[reason]
    assert f"| {row.code} | `{reason}` | {row.meaning} | {row.entry} |" in chapter("Errors")
    assert f"*{row.entry}*" in chapter("Errors")


@pytest.mark.parametrize("code", CLOSES)
def test_each_close_code_has_its_entry(code: int) -> None:
    """A close code stands in the table with its answer to "may I reconnect?", which is explained."""
    row = CLOSES[code]
    assert f"| {code:d} | `{row.name}` | {row.meaning} | {row.reconnect} |" in chapter("Close codes")
    assert f"*{row.reconnect}*" in chapter("Close codes")


def test_examples_are_vectors() -> None:
    """Every JSON block on the page is named, and is that vector's frame."""
    blocks = re.findall(r"(?:<!-- example: (\w+) ([^>]+?) -->\n)?```json\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == PAGE.count("```json")
    held = {(union, vector["name"]): vector["frame"] for union in UNIONS for vector in vectors(union)}
    for union, name, block in blocks:
        assert json.loads(block) == held[union, name], (union, name)


def test_page_is_what_the_command_writes() -> None:
    """Examples and tables are as `python -m onethread_protocol.vectors` lays them out."""
    assert readme.up_to_date(PAGE) == PAGE


def test_links_lead_somewhere() -> None:
    """Each link within the page names a heading, the second one of a name by its number."""
    seen: Counter[str] = Counter()
    anchors = set()
    for heading in re.findall(r"^##+ (.*)$", PAGE, re.MULTILINE):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        anchors.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    assert set(re.findall(r"\(#([^)]+)\)", PAGE)) <= anchors
