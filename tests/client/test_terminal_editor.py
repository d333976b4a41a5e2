"""The line that a person types in `onethread chat`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread_client.terminal.editor import Editor

LEFT, UP, DOWN, HOME = "\x1b[D", "\x1b[A", "\x1b[B", "\x1b[H"


def typed(*parts: str) -> tuple[Editor, list[str]]:
    """An editor after these reads, and the lines it submitted."""
    editor, lines = Editor(), []
    for part in parts:
        lines += editor.feed(part).submitted
    return editor, lines


def test_a_line_is_submitted_with_return_without_the_blanks_around_it() -> None:
    """Return submits what was typed; an empty line is nothing."""
    assert typed("  hello \r", "\r", "   \r")[1] == ["hello"]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("abc" + LEFT + LEFT + "x", "axbc"),
        ("abc" + HOME + "x", "xabc"),
        ("abc\x7f", "ab"),
        ("one two\x17", "one "),
        ("one\x15", ""),
        ("abc\x01\x0b", ""),
        ("e\u0301\x7f", ""),
        ("abc" + LEFT + "\x1b[3~", "ab"),
        ("a\x07\x00b", "ab"),
        ("a👩\u200d🚀\x7f", "a"),
        ("a👍\U0001f3fd" + LEFT + "x", "ax👍\U0001f3fd"),
        ("🇩🇪🇫🇷" + LEFT + "x", "🇩🇪x🇫🇷"),
        ("🇩🇪🇫🇷" + LEFT + LEFT + "\x1b[3~", "🇫🇷"),
        ("1\ufe0f\u20e3\x7f", ""),
    ],
)
def test_keys_edit_the_line(keys: str, text: str) -> None:
    """Keys do what a shell's do; characters that a terminal would obey are no text."""
    assert typed(keys)[0].text == text


def test_page_up_and_page_down_scroll() -> None:
    """Each press is a page; they cancel each other."""
    assert Editor().feed("\x1b[5~\x1b[5~\x1b[6~").pages == 1


def test_a_paste_with_line_ends_is_one_message() -> None:
    """A bracketed paste submits nothing by itself, even when the reads cut it in the middle."""
    editor, lines = typed("\x1b[20", "0~one\rtwo", "\nthree\x1b[201", "~")
    assert (editor.text, lines) == ("one\ntwo\nthree", [])
    assert typed("\x1b[200~a\rb\x1b[201~\r")[1] == ["a\nb"]


def test_history_goes_back_and_the_draft_is_kept() -> None:
    """Up brings earlier lines, down the ones after, and at last what was being typed."""
    editor, _ = typed("one\r", "two\r", "draft", UP, UP)
    assert editor.text == "one"
    editor.feed(DOWN + DOWN)
    assert editor.text == "draft"


def test_ctrl_c_quits_and_ctrl_d_only_an_empty_line() -> None:
    """^C quits whatever is typed; ^D, as in a shell, only with nothing typed."""
    assert Editor().feed("abc\x03").quit
    assert Editor().feed("\x04").quit
    assert not Editor().feed("abc\x04").quit


@given(st.lists(st.text(alphabet=st.sampled_from("ab \x1b[200~1;HDAO\r\x7f\x17é😀\u0301"), max_size=12)))
def test_whatever_is_typed_the_cursor_is_in_the_line(parts: list[str]) -> None:
    """No keys, however cut, break the editor."""
    editor, _ = typed(*parts)
    assert 0 <= editor.cursor <= len(editor.text)
    assert "\x1b" not in editor.text
