"""Random names: "two single words", kept for good."""

import re

from onethread.identity.names import ADJECTIVES, ANIMALS, random_name


def test_there_are_enough_words() -> None:
    """At least 60 adjectives by 60 animals, each once, each a single capitalized word; the seed's own among
    them.
    """
    for words in (ADJECTIVES, ANIMALS):
        assert len(set(words)) == len(words) >= 60
        assert all(re.fullmatch(r"[A-Z][a-z]+", word) for word in words)
    assert "Giant" in ADJECTIVES
    assert "Duck" in ANIMALS


def test_a_name_is_in_the_seeds_style() -> None:
    """Every name looks like "Giant Duck (anonym)"."""
    for number in range(500):
        adjective, animal, suffix = random_name(str(number)).split(" ")
        assert adjective in ADJECTIVES
        assert animal in ANIMALS
        assert suffix == "(anonym)"


def test_a_seed_keeps_its_name() -> None:
    """The same seed gives the same name in every process: two hubs never call one unstored visitor
    differently.
    """
    assert random_name("0123456789abcdefghij") == "Swift Antelope (anonym)"


def test_names_differ() -> None:
    """Of 200 visitors most have a name of their own."""
    assert len({random_name(str(number)) for number in range(200)}) > 180
