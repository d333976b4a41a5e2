"""As many connections as the machine bears."""

import resource
from dataclasses import replace

import pytest

from loadtest.capacity import DESCRIPTORS, MOST, TooMany, bounds, fitted, raise_file_limit
from loadtest.plan import Shape

SHAPE = Shape(threads=0, devices=3, seconds=1)


@pytest.mark.parametrize(
    ("found", "threads", "bound"),
    [
        ({"files": 19_800, "memory": 100_000}, 6600, "files"),
        ({"files": 19_800, "memory": 50}, 16, "memory"),
        ({"files": 2}, 1, "files"),
    ],
)
def test_the_least_bound_counts(found: dict[str, int], threads: int, bound: str) -> None:
    """As many whole threads as the least bound allows, at least one; and it is named."""
    shape = fitted(SHAPE, found)
    assert (shape.threads, shape.bound) == (threads, bound)
    assert replace(shape, threads=0, bound="") == SHAPE


def test_bounds_of_this_machine() -> None:
    """Files, ports, memory and patience bound it; two hubs and two processes have twice the files."""
    one, two = bounds(SHAPE), bounds(replace(SHAPE, hubs=2, workers=2))
    assert all(each > 0 for each in one.values())
    assert MOST in one.values()
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files != resource.RLIM_INFINITY:
        (name,) = (name for name in one if f"{files:,} files" in name)
        assert (one[name], two[name]) == (files - DESCRIPTORS, 2 * (files - DESCRIPTORS))


def test_more_than_there_are_files() -> None:
    """More connections than a process may have files are refused, with the limit's name."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert before[1] != resource.RLIM_INFINITY
    with pytest.raises(TooMany, match=f"the limit is {before[1]} "):
        raise_file_limit(before[1])
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before
