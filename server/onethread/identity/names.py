"""Names for people who gave none: two single words, "Giant Duck (anonym)"."""

import hashlib
from typing import Final

_ADJECTIVES: Final = """
Agile Amber Azure Brave Breezy Bright Bronze Calm Candid Cheerful Clever Cosmic Cozy Crimson Crystal Curious
Daring Dapper Eager Elegant Emerald Fancy Fearless Fluffy Friendly Frosty Gentle Giant Gleaming Golden
Graceful Happy Hidden Humble Indigo Jolly Keen Kind Lively Lucky Lunar Magic Mellow Merry Mighty Misty Noble
Nimble Patient Peaceful Playful Polite Proud Purple Quick Quiet Radiant Rapid Royal Ruby Rustic Scarlet
Serene Shiny Silent Silver Smooth Snowy Solar Speedy Stellar Sunny Swift Tiny Tranquil Velvet Vivid Witty
"""
_ANIMALS: Final = """
Albatross Alpaca Antelope Badger Bear Beaver Bison Butterfly Camel Capybara Cardinal Cat Chameleon Cheetah
Chipmunk Cougar Coyote Crane Cricket Deer Dolphin Dove Dragonfly Duck Eagle Elephant Elk Falcon Ferret Finch
Flamingo Fox Gazelle Gecko Giraffe Goose Hamster Hare Hawk Hedgehog Heron Horse Hummingbird Ibis Iguana
Jaguar Kangaroo Kingfisher Kitten Koala Lemur Leopard Lion Llama Lobster Lynx Magpie Marmot Meerkat Moose
Ocelot Octopus Orca Osprey Otter Owl Panda Parrot Pelican Penguin Puffin Rabbit Raccoon Raven Robin Seal
Swan Tiger
"""
ADJECTIVES: Final = tuple(_ADJECTIVES.split())
ANIMALS: Final = tuple(_ANIMALS.split())


def random_name(seed: str) -> str:
    """Return the name that this seed always gives; a thread's random part is the seed, so a name stays."""
    digest = hashlib.sha256(seed.encode()).digest()
    adjective = ADJECTIVES[int.from_bytes(digest[:8]) % len(ADJECTIVES)]
    animal = ANIMALS[int.from_bytes(digest[8:16]) % len(ANIMALS)]
    return f"{adjective} {animal} (anonym)"
