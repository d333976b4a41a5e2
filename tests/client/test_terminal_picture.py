"""What `onethread chat` shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from onethread_client.changes import Message, Tick
from onethread_client.events import Author
from onethread_client.terminal import picture
from onethread_client.terminal.editor import Editor

AGENT = Author("agent", "ag_1", "Ana")


@given(st.text(max_size=80))
def test_no_text_reaches_the_terminal_as_a_command(text: str) -> None:
    """Escape sequences, control characters and direction overrides in a message are not obeyed."""
    shown = picture.message(Message(mine=False, text=text, author=AGENT), "here", {}).plain
    assert not {c for c in shown if c < " " and c != "\n"} & set(shown)
    assert not any(0x7F <= ord(c) <= 0x9F or c in "\u202e\u2066" for c in shown)


def test_markup_in_a_message_is_text() -> None:
    """Square brackets are no markup."""
    assert "[bold]x[/bold]" in picture.message(Message(mine=True, text="[bold]x[/bold]"), "here", {}).plain


@pytest.mark.parametrize(
    ("tick", "mark"), [(Tick.QUEUED, "…"), (Tick.ACKED, "✓"), (Tick.READ, "✓✓"), (Tick.FAILED, "✗")]
)
def test_an_own_message_has_a_tick(tick: Tick, mark: str) -> None:
    """How far an own message got is told by its tick."""
    assert picture.message(Message(mine=True, text="x", tick=tick), "here", {}).plain.endswith(f" {mark}")


def test_a_deleted_message_and_an_edited_one_say_so() -> None:
    """A deleted message has no text, an edited one says that it was."""
    assert (
        "deleted" in picture.message(Message(mine=False, text=None, deleted=True, author=AGENT), "", {}).plain
    )
    assert (
        "(edited)" in picture.message(Message(mine=False, text="x", edited=True, author=AGENT), "", {}).plain
    )


def test_an_own_message_names_the_device_it_came_from() -> None:
    """What was said elsewhere says where."""
    elsewhere = Message(mine=True, text="x", device="phone")
    assert picture.message(elsewhere, "here", {"phone": "my\x1bphone"}).plain.startswith(
        "--:-- you (my\ufffdphone)"
    )
    assert "you (elsewhere)" in picture.message(elsewhere, "here", {}).plain
    assert "you x" in picture.message(Message(mine=True, text="x", device="here"), "here", {}).plain


@pytest.mark.parametrize("char", ["\x1b", "\x9b", "\u2028", "\ud800", "\u200b", "\ufeff", "\u202e", "\u2067"])
def test_what_a_terminal_obeys_or_hides_is_replaced(char: str) -> None:
    """A replacement character shows that something was there."""
    assert picture.safe(f"a{char}b", lines=True) == "a\ufffdb"


def test_what_belongs_to_writing_stays() -> None:
    """Joined emoji, accents, line ends and the writing of other scripts are text."""
    text = "👩\u200d🚀 é\u0301 نص\nzweite Zeile"
    assert picture.safe(text, lines=True) == text


def test_who_types_is_named_once() -> None:
    """Two devices of one person are one name."""
    assert picture.typing((AGENT, Author("agent", "ag_2", "Ana"))).plain == "Ana … is typing"
    assert picture.typing(()).plain == ""


@given(st.text(max_size=60), st.integers(min_value=8, max_value=40))
def test_the_prompt_fits_and_shows_the_cursor(text: str, width: int) -> None:
    """However long the line, it takes one line of the screen."""
    editor = Editor()
    editor.feed(text)
    assert cell_len(picture.prompt(editor, width).plain) <= width
