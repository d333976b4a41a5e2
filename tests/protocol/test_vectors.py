"""The golden vectors: written by the command, agreed by a second MessagePack, held by both codecs."""

import json
from collections import Counter
from typing import Any

import msgpack
import msgspec
import pytest

from onethread_protocol.codec import CODECS, Codec
from onethread_protocol.errors import ProtocolError
from onethread_protocol.vectors.files import contents
from tests.protocol.reading import FILES, PROTOCOL, all_vectors, decode, echo, payload, vectors
from tests.protocol.shapes import UNIONS, frames

both_codecs = pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
each_file = pytest.mark.parametrize("name", FILES)


def test_files_are_what_the_command_writes() -> None:
    """protocol/vectors holds exactly what `python -m onethread_protocol.vectors` makes of its sources."""
    committed = {path.name: path.read_text(encoding="utf-8") for path in (PROTOCOL / "vectors").iterdir()}
    assert committed == contents()


@each_file
def test_names_tell_vectors_apart(name: str) -> None:
    """A vector is alone in its file with its union and name."""
    counts = Counter((vector["union"], vector["name"]) for vector in vectors(name))
    assert [key for key, count in counts.items() if count > 1] == []


@each_file
def test_second_messagepack_agrees(name: str) -> None:
    """`msgpack`, which shares no code with us, packs each map to the vector's bytes and unpacks it again."""
    for vector in vectors(name):
        if "frame" in vector:
            packed = bytes.fromhex(vector["msgpack"])
            assert msgpack.unpackb(packed) == vector["frame"], vector["name"]
            assert msgpack.packb(vector["frame"]) == packed, vector["name"]


@both_codecs
@each_file
def test_each_vector_is_taken_or_refused_as_it_says(name: str, codec: Codec) -> None:
    """A frame that is taken writes back as the same map; a refused one gets its reason, field and echo."""
    mismatches = []
    for vector in vectors(name):
        data = payload(vector, codec)
        if data is None:
            continue
        expected = (
            {key: vector.get(key) for key in ("reason", "field", "echo")}
            if "reason" in vector
            else vector.get("reads_as", vector.get("frame"))
        )
        got = _outcome(codec, vector["union"], data)
        if got != expected:
            mismatches.append((vector["name"], got, expected))
    assert mismatches == []


def _outcome(codec: Codec, union: str, data: bytes) -> Any:
    try:
        frame = decode(codec, union, data)
    except ProtocolError as error:
        return {"reason": error.reason, "field": error.field, "echo": echo(error)}
    again = codec.encode(frame)
    return msgpack.unpackb(again) if codec.binary else json.loads(again)


@pytest.mark.parametrize("union", UNIONS)
def test_each_frame_and_field_has_vectors(union: str) -> None:
    """Each frame is in the vectors; each field too, there and, where it may be left out, not there."""
    taken: dict[str, list[Any]] = {}
    for vector in all_vectors():
        if vector["union"] == union and "frame" in vector and "reason" not in vector:
            taken.setdefault(vector["frame"]["t"], []).append(vector["frame"])
    for name, cls in frames(union).items():
        assert name in taken
        for field in msgspec.structs.fields(cls):
            there = {field.encode_name in frame for frame in taken[name]}
            assert there == ({True} if field.required else {True, False}), f"{name}.{field.encode_name}"


def test_what_the_vectors_must_show_is_there() -> None:
    """Unknown fields, text beyond ASCII and the first plane, and every kind of 400 are in the vectors."""
    every = all_vectors()
    assert {"bad_frame", "bad_field", "unknown_frame"} == {v["reason"] for v in every if "reason" in v}
    assert sum("unknown field" in vector["name"] for vector in every) >= 40
    text = json.dumps([vector["frame"] for vector in every if "frame" in vector], ensure_ascii=False)
    assert {"ü", "東", "👋"} <= set(text)
