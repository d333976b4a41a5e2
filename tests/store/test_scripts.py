"""The scripts and their headers."""

import hashlib
from pathlib import Path

import pytest

from onethread.store import scripts
from onethread.store.link import Link
from onethread.store.scripts import Script, all_scripts, assemble, load

FOLDER = Path(scripts.__file__).with_name("scripts")


def library(name: str) -> str:
    """The text of an include, for tests."""
    return f"local {name} = 1"


def test_a_header_says_what_may_be_sent_again() -> None:
    """Yes or no, as the script declares it; comments after the header say nothing."""
    assert assemble("test", "-- idempotent: yes\nreturn 1", library).idempotent
    assert not assemble("test", "-- What it does: this.\n-- idempotent: no\nreturn 1", library).idempotent
    assert not assemble("test", "-- idempotent: no\nreturn 1\n-- idempotent: yes", library).idempotent


@pytest.mark.parametrize(
    "text",
    [
        "return 1",
        "-- idempotent:\nreturn 1",
        "-- idempotent: maybe\nreturn 1",
        "-- idempotent: yes\n-- idempotent: no\nreturn 1",
        "return 1\n-- idempotent: yes",
    ],
)
def test_a_header_that_does_not_say_is_refused(text: str) -> None:
    """A script without a plain answer is none: it is never guessed."""
    with pytest.raises(ValueError, match="script test"):
        assemble("test", text, library)


def test_includes_stand_before_the_script_in_their_order() -> None:
    """Their text, then the script's own, which is the body that the sha names."""
    text = "-- idempotent: yes\n-- include: b\n-- include: a\nreturn a + b"
    script = assemble("test", text, library)
    assert script.body == f"local b = 1\nlocal a = 1\n{text}"
    assert script.sha == hashlib.sha1(script.body.encode(), usedforsecurity=False).hexdigest()


def test_an_include_within_a_script_stands_in_its_own_place() -> None:
    """Indented, in a branch: its text takes the line's place and nothing goes before the script."""
    text = "-- idempotent: yes\nif KEYS[1] then\n  -- include: a\n  return a\nend"
    body = "-- idempotent: yes\nif KEYS[1] then\nlocal a = 1\n  return a\nend"
    assert assemble("test", text, library).body == body


def test_a_script_that_is_not_there_is_an_error() -> None:
    """It is named by its file."""
    with pytest.raises(FileNotFoundError):
        load("no_such_script")


def test_all_are_found() -> None:
    """Each file of the folder once, under its own name, with a sha of its own."""
    found = all_scripts()
    assert {script.name for script in found} == {path.stem for path in FOLDER.glob("*.lua")}
    assert len({script.sha for script in found}) == len(found) > 0
    assert found[0] is load(found[0].name)


@pytest.mark.parametrize("script", all_scripts(), ids=lambda script: script.name)
def test_each_says_what_is_atomic(script: Script) -> None:
    """In its header, for whoever reads it."""
    lines = (FOLDER / f"{script.name}.lua").read_text(encoding="utf-8").splitlines()
    header = "\n".join(line for line in lines if line.startswith("--"))
    assert "atomic" in header.lower()


def test_what_is_included_includes_nothing() -> None:
    """An include in an included file would be passed over in silence."""
    for path in (FOLDER / "lib").glob("*.lua"):
        assert "-- include:" not in path.read_text(encoding="utf-8")


async def test_the_store_takes_each_by_its_sha(store_url: str) -> None:
    """Every script compiles, and the store names it as this package does."""
    async with Link(store_url) as link:
        await link.ready()
        for script in all_scripts():
            assert await link.command("SCRIPT", "LOAD", script.body) == script.sha.encode()
