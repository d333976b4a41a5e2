"""What the terminal shows, as rich texts: pure. Nothing that somebody wrote reaches the terminal as a
command."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from rich.cells import cell_len
from rich.text import Text

from onethread_client.changes import Message, State, Tick
from onethread_client.events import Author
from onethread_client.look import Look
from onethread_client.terminal.editor import Editor

TICKS: Final = {
    Tick.QUEUED: ("…", "dim"),
    Tick.ACKED: ("✓", "green"),
    Tick.READ: ("✓✓", "bold cyan"),
    Tick.FAILED: ("✗", "bold red"),
}
STATES: Final = {
    State.LIVE: ("●", "green"),
    State.STOPPED: ("●", "red"),
    State.CLOSED: ("●", "red"),
}
NAME: Final = 24
"""Columns of an author's name at most."""


def safe(text: str, *, lines: bool = False) -> str:
    """Return the text without what a terminal would obey: control characters, and those that turn or hide
    text.

    With `lines`, line ends stay; without, they become spaces.
    """
    kept = []
    for char in text.replace("\r\n", "\n"):
        if char in "\n\t":
            kept.append("\n" if lines and char == "\n" else " ")
        elif unicodedata.category(char) in _OBEYED or char in _HIDING:
            kept.append("\N{REPLACEMENT CHARACTER}")
        else:
            kept.append(char)
    return "".join(kept)


_OBEYED: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, halves of characters, and the line ends of Unicode."""
_HIDING: Final = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x200B, 0xFEFF]))
"""Characters that turn the direction of what follows, or show nothing at all."""


def header(look: Look, state: State) -> Text:
    """Return the first line: the connection, who one is, devices, what is unread, and what there is to
    say."""
    mark, colour = STATES.get(state, ("●", "yellow"))
    online = sum(bool(device["online"]) for device in look.devices)
    said = [safe(str(look.contact.get("name", ""))), f"{online} online" if online else ""]
    said.append(
        "refused: a clean chat" if look.refused else look.identity if look.identity != "none" else "visitor"
    )
    unread = look.unread
    said.append(f"{unread}{'+' if unread == 100 else ''} unread" if unread else "")
    return Text.assemble((mark, colour), f" {state} ", ("· ".join(f"{one} " for one in said if one), "dim"))


def message(shown: Message, device: str, devices: Mapping[str, str]) -> Text:
    """Return one message: time, author, text and ticks. `devices` are one's own by id, with their names."""
    at = datetime.fromtimestamp(shown.at / 1000).strftime("%H:%M") if shown.at else "--:--"  # noqa: DTZ006 - local
    text = Text.assemble(
        (f"{at} ", "dim"), (_name(shown, device, devices), "bold green" if shown.mine else "bold blue"), " "
    )
    if shown.deleted or shown.text is None:
        text.append("deleted", "dim italic")
    else:
        text.append(safe(shown.text, lines=True))
    if shown.edited:
        text.append(" (edited)", "dim")
    if shown.tick is not None:
        mark, style = TICKS[shown.tick]
        text.append(f" {mark}", style)
    if shown.failure is not None:
        text.append(f" {safe(shown.failure.message)}", "red")
    return text


def typing(typists: tuple[Author, ...]) -> Text:
    """Return who types."""
    names = ", ".join(dict.fromkeys(safe(author.name) for author in typists))
    return Text(f"{names} … is typing" if names else "", "dim italic")


def prompt(editor: Editor, width: int) -> Text:
    """Return the line being typed, as much of it around the cursor as fits, with the cursor as a block."""
    before, after = safe(editor.text[: editor.cursor]), safe(editor.text[editor.cursor :])
    room = max(width - 4, 1)
    while cell_len(before) > room:
        before = before[1:]
    under, rest = (after[:1] or " "), after[1:]
    while rest and cell_len(before + under + rest) > room:
        rest = rest[:-1]
    return Text.assemble(("> ", "bold"), before, (under, "reverse"), rest, no_wrap=True)


def _name(shown: Message, device: str, devices: Mapping[str, str]) -> str:
    if shown.mine:
        elsewhere = safe(devices.get(shown.device or "", "elsewhere"))[:NAME]
        return "you" if shown.device in (None, device) else f"you ({elsewhere})"
    return safe(shown.author.name)[:NAME] if shown.author else ""
