"""protocol/schema.json: written by the command, and of one mind with the codecs."""

import json

import pytest

from onethread_protocol import schema
from tests.protocol.json_schema import Schema
from tests.protocol.reading import FILES, PROTOCOL, vectors
from tests.protocol.shapes import UNIONS, frames

SCHEMA = Schema(json.loads((PROTOCOL / "schema.json").read_text(encoding="utf-8")))
UNSAID = ("of 32 KiB and a byte", "custom_data of 101 keys", "data.key 2^53")
"""What a schema can't say of custom_data: its length encoded, that null counts as no key, which numbers are
floats."""


def test_file_is_what_the_command_writes() -> None:
    """protocol/schema.json is what `python -m onethread_protocol.schema` makes of the structs."""
    assert (PROTOCOL / "schema.json").read_text(encoding="utf-8") == schema.text()


@pytest.mark.parametrize("union", UNIONS)
def test_each_union_lists_its_frames(union: str) -> None:
    """Each frame is in its union's schema under its `t`."""
    assert set(SCHEMA.whole["$defs"][union]["discriminator"]["mapping"]) == set(frames(union))


@pytest.mark.parametrize("name", FILES)
def test_schema_agrees_with_the_vectors(name: str) -> None:
    """The schema takes every frame that the vectors take, and refuses every one that they refuse."""
    for vector in vectors(name):
        if "frame" not in vector or vector["union"] not in UNIONS or vector["name"].endswith(UNSAID):
            continue
        taken = SCHEMA.accepts(vector["union"], vector["frame"])
        assert taken == ("reason" not in vector), vector["name"]
