"""The vector files: their names and texts."""

import json
from typing import Any

import msgspec

from onethread_protocol.vectors import (
    agent_examples,
    customer_examples,
    derive,
    limits,
    raw,
    server_examples,
)
from onethread_protocol.vectors.derive import Vector

EXAMPLES = {
    "customer": customer_examples.EXAMPLES,
    "agent": agent_examples.EXAMPLES,
    "server": server_examples.EXAMPLES,
}


def contents() -> dict[str, str]:
    """File name to text. One vector is one line, so that a change shows as one."""
    refused = [vector for union in ("customer", "agent") for vector in derive.refused(union, EXAMPLES[union])]
    files = {union: derive.accepted(union, examples) for union, examples in EXAMPLES.items()}
    files |= {"refused": refused, "limits": limits.vectors(), "raw": raw.vectors()}
    return {f"{name}.json": _lines([_with_bytes(vector) for vector in file]) for name, file in files.items()}


def _with_bytes(vector: Vector) -> Vector:
    """A vector given as a map gets its MessagePack beside it."""
    if "frame" not in vector:
        return vector
    return {**vector, "msgpack": msgspec.msgpack.encode(vector["frame"]).hex()}


def _lines(vectors: list[Any]) -> str:
    lines = (json.dumps(vector, ensure_ascii=False, separators=(", ", ": ")) for vector in vectors)
    return "[\n" + ",\n".join(lines) + "\n]\n"
