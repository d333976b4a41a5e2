"""Whose admission has ended."""

import pytest

from onethread.hub.ending import device_mark, ended
from onethread_protocol.codes import Close


@pytest.mark.parametrize("means", ["none", "open", "pinned", "signed"])
def test_nobody_ends_without_a_mark(means: str) -> None:
    """An admission holds whatever ended before it was given, or ended for others."""
    assert ended(means, 3, "laptop", {}) is None
    earlier = {means: 3, "moved": 2, device_mark("laptop"): 1}
    assert ended(means, 3, "laptop", earlier) is None
    others = {device_mark("phone"): 9, "another": 9}
    assert ended(means, 3, "laptop", others) is None


@pytest.mark.parametrize(
    ("mark", "code"),
    [("open", Close.NOT_ADMITTED), ("moved", Close.MOVED), (device_mark("laptop"), Close.NORMAL)],
)
def test_what_is_marked_later_ends(mark: str, code: Close) -> None:
    """A mark of a higher number than the admission's ends it, with the code of its reason."""
    assert ended("open", 3, "laptop", {mark: 4}) is code


def test_a_move_goes_before_everything() -> None:
    """A connection to a thread that moved is told so, whatever else ended: it is to come again."""
    marks = {"moved": 4, "open": 5, device_mark("laptop"): 6}
    assert ended("open", 3, "laptop", marks) is Close.MOVED


def test_a_device_can_not_pose_as_a_means() -> None:
    """A device whose id is the name of a means ends nobody else with its logout."""
    assert ended("open", 0, "laptop", {device_mark("open"): 1}) is None
