"""Ids: how they are spelled, and what one implies of another."""

import os
import re

import pytest

from onethread.contacts.profile import Contact
from onethread.identity import ids
from tests.identity.acme import THREAD


def test_a_thread_names_its_shard() -> None:
    """A thread's id is `th_<shard>_<20 of 0-9a-z>` and gives its shard back."""
    for shard in (0, 1, 15, 4095, 999_999):
        thread = ids.new_thread(shard)
        assert re.fullmatch(rf"th_{shard}_[0-9a-z]{{20}}", thread)
        assert ids.is_thread(thread)
        assert ids.shard_of(thread) == shard


def test_thread_and_contact_imply_each_other() -> None:
    """A contact's id is its thread's with another prefix, both ways."""
    contact = Contact(thread=THREAD, name="Giant Duck (anonym)", created_at=1)
    assert contact.id == f"ct_{THREAD[3:]}"
    assert ids.thread_of(contact.id) == THREAD
    assert ids.suffix_of(THREAD) == "0123456789abcdefghij"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "th_",
        "th_0_",
        "th_0_0123456789abcdefghi",
        "th_0_0123456789abcdefghijk",
        "th_0_0123456789ABCDEFGHIJ",
        "th_00_0123456789abcdefghij",
        "th_-1_0123456789abcdefghij",
        "th_٣_0123456789abcdefghij",
        "th_1000000_0123456789abcdefghij",
        "ct_0_0123456789abcdefghij",
        " th_0_0123456789abcdefghij",
        "th_0_0123456789abcdefghij\n",
    ],
)
def test_what_is_no_thread_id_is_told(text: str) -> None:
    """Only one spelling passes, so that no key of the store is ever made from anything else."""
    assert not ids.is_thread(text)
    for read in (ids.shard_of, ids.suffix_of):
        with pytest.raises(ValueError, match="not a thread id"):
            read(text)


@pytest.mark.parametrize(
    "text", ["", THREAD, "ct_0_x", "ct_th_0_0123456789abcdefghij", "0_0123456789abcdefghij"]
)
def test_what_is_no_contact_id_is_told(text: str) -> None:
    """A contact's id is as strict."""
    with pytest.raises(ValueError, match="not a contact id"):
        ids.thread_of(text)


def test_event_ids_and_epochs_are_fresh() -> None:
    """16 URL-safe characters each, and never the same twice."""
    for new in (ids.new_event_id, ids.new_epoch):
        made = {new() for _ in range(1000)}
        assert len(made) == 1000
        assert all(re.fullmatch(r"[A-Za-z0-9_-]{16}", text) for text in made)
    assert len({ids.new_thread(0) for _ in range(1000)}) == 1000


def test_a_user_id_has_one_shard_for_good() -> None:
    """The shard depends on nothing but user_id and number of shards: these values must never change."""
    assert [ids.shard_for_user(user_id, 16) for user_id in ("12345", "ana", "Žofie 😀")] == [10, 10, 5]
    assert ids.shard_for_user("anybody", 1) == 0
    counts = [0] * 8
    for number in range(8000):
        counts[ids.shard_for_user(str(number), 8)] += 1
    assert min(counts) > 800


def test_event_ids_are_unique_in_a_forked_child_too() -> None:
    """Ids are made ahead, many from one read of randomness: none is given out twice, by parent or child."""
    ids.new_event_id()  # from here on some are ready
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, " ".join(ids.new_event_id() for _ in range(1000)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as lines:
        theirs = lines.read().split()
    os.waitpid(child, 0)
    ours = [ids.new_event_id() for _ in range(1000)]
    assert len({*ours, *theirs}) == 2000
    assert all(re.fullmatch(r"[0-9A-Za-z_-]{16}", event_id) for event_id in ours)
