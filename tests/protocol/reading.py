"""Reading payloads as the tests compare them."""

import json
from pathlib import Path
from typing import Any

import pytest

from onethread_protocol.codec import Codec
from onethread_protocol.errors import ProtocolError

PROTOCOL = Path(__file__).parents[2] / "protocol"
FILES = ("customer", "agent", "server", "refused", "limits", "raw")


def vectors(name: str) -> list[dict[str, Any]]:
    """The vectors of one committed file."""
    read: list[dict[str, Any]] = json.loads(
        (PROTOCOL / "vectors" / f"{name}.json").read_text(encoding="utf-8")
    )
    return read


def all_vectors() -> list[dict[str, Any]]:
    """The vectors of all committed files."""
    return [vector for name in FILES for vector in vectors(name)]


def payload(vector: dict[str, Any], codec: Codec) -> bytes | None:
    """A vector's bytes in a codec; None where it has none."""
    if codec.binary:
        return bytes.fromhex(vector["msgpack"]) if "msgpack" in vector else None
    if "frame" in vector:
        return json.dumps(vector["frame"], ensure_ascii=False).encode()
    return vector["json"].encode() if "json" in vector else None


def decode(codec: Codec, union: str, data: bytes) -> Any:
    """The frame, by the codec's reader of that union."""
    return getattr(codec, f"decode_{union}")(data)


def refused(codec: Codec, data: bytes, union: str = "customer") -> ProtocolError:
    """The error that the payload gets; the test fails if it gets none."""
    with pytest.raises(ProtocolError) as caught:
        decode(codec, union, data)
    return caught.value


def echo(error: ProtocolError) -> dict[str, str]:
    """What the error gives back of the frame."""
    fields = {"thread": error.thread, "cid": error.cid, "ref": error.ref}
    return {name: value for name, value in fields.items() if isinstance(value, str)}
