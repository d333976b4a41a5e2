"""Lua scripts: one job a file under `scripts/`, text they share under `scripts/lib/`.

A script starts with comment lines, its header. It says what is atomic, and

    -- idempotent: yes        (or no) may the link send it again when the answer was lost?
    -- include: NAME          the text of `scripts/lib/NAME.lua` goes before it; any number, in this order

The same line indented, within the script, puts the text in its own place: what only a rare branch needs costs
the others nothing (Lua makes a function anew each time its text is passed). An included file includes nothing
itself.
"""

import hashlib
import re
from collections.abc import Callable
from functools import cache
from itertools import takewhile
from pathlib import Path

import msgspec

_WITHIN = re.compile(r"^[ \t]+-- include: *(\w+)$", re.MULTILINE)
_FOLDER = Path(__file__).with_name("scripts")


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A Lua script as the store runs it; EVALSHA names it by `sha`, lower-case hex."""

    name: str
    body: str
    sha: str
    idempotent: bool


def assemble(name: str, text: str, library: Callable[[str], str]) -> Script:
    """The script of this `text`; `library` gives the text of an include. ValueError: the header is wrong."""
    header = [line.removeprefix("--").strip() for line in takewhile(_is_comment, text.splitlines())]
    said = {"idempotent": [], "include": []}  # type: dict[str, list[str]]
    for line in header:
        word, colon, value = line.partition(":")
        if colon and word in said:
            said[word].append(value.strip())
    if said["idempotent"] not in (["yes"], ["no"]):
        raise ValueError(f"script {name}: its header must have one line `-- idempotent: yes` or `no`")
    within = _WITHIN.sub(lambda line: library(line[1]), text)
    body = "\n".join([*map(library, said["include"]), within])
    sha = hashlib.sha1(body.encode(), usedforsecurity=False).hexdigest()  # EVALSHA's name for it
    return Script(name=name, body=body, sha=sha, idempotent=said["idempotent"] == ["yes"])


@cache
def load(name: str) -> Script:
    """The script of `scripts/<name>.lua`. FileNotFoundError: it or an include is not there; ValueError: the
    header is wrong.
    """
    return assemble(name, _text(name), lambda library: _text(f"lib/{library}"))


def all_scripts() -> tuple[Script, ...]:
    """Every script of the folder, by name."""
    return tuple(load(path.stem) for path in sorted(_FOLDER.glob("*.lua")))


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.lua").read_text(encoding="utf-8")


def _is_comment(line: str) -> bool:
    return line.startswith("--")
